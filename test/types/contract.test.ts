// Owns the tests of the public types. The compiler is the test: what must not compile stands under @ts-expect-error, and a
// wrong type of a result does not fit `same`. Nothing here runs.

/* eslint-disable @typescript-eslint/no-unused-vars -- what is only looked at by the compiler is never used */

import type { Socket as NetSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ReadableStream, WritableStream } from 'node:stream/web';
import { test } from 'node:test';
import * as promises from 'berkeley';
import * as streams from 'berkeley/streams';
import * as sync from 'berkeley/sync';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type IsAny<T> = 0 extends 1 & T ? true : false;
/** Compiles only when both are exactly the same type. */
function same<A, B>(_: Equal<A, B>): void {}

type SyncConn = sync.Conn<'sync'>;
type AsyncConn = promises.Conn<'async'>;

export function results(): void {
  same<ReturnType<SyncConn['read']>, Buffer | null>(true);
  same<ReturnType<AsyncConn['read']>, Promise<Buffer | null>>(true);
  same<ReturnType<SyncConn['readInto']>, number>(true);
  same<ReturnType<AsyncConn['readInto']>, Promise<number>>(true);
  same<ReturnType<SyncConn['readLine']>, string | null>(true);
  same<ReturnType<SyncConn['write']>, number>(true);
  same<ReturnType<SyncConn['close']>, void>(true);
  same<ReturnType<AsyncConn['close']>, Promise<void>>(true);
  same<ReturnType<typeof sync.lookup>, sync.Address[]>(true);
  same<ReturnType<typeof promises.lookup>, Promise<promises.Address[]>>(true);
  same<ReturnType<sync.Listener<'sync'>['tryAccept']>, SyncConn | null>(true);
  same<ReturnType<promises.Listener<'async'>['accept']>, Promise<AsyncConn>>(true);
  same<ReturnType<typeof sync.pair>, [SyncConn, SyncConn]>(true);
  same<ReturnType<typeof sync.share>, SyncConn>(true);
  same<ReturnType<sync.Socket<'sync'>['recvFrom']>, sync.Datagram | null>(true);
  same<ReturnType<promises.Socket<'async'>['recvMsg']>, Promise<promises.Datagram | null>>(true);
  same<ReturnType<promises.Socket<'async'>['recvMany']>, Promise<promises.Datagram[]>>(true);
  same<ReturnType<sync.Socket<'sync'>['sendMany']>, number>(true);
  same<ReturnType<SyncConn['writeFile']>, number>(true);
  same<ReturnType<promises.Socket<'async'>['sendFile']>, Promise<number>>(true);
  same<ReturnType<typeof sync.relay>, sync.Relayed>(true);
  same<ReturnType<typeof promises.relay>, Promise<promises.Relayed>>(true);
  same<sync.Datagram['meta']['fds'], number[] | undefined>(true);
  same<sync.Datagram['meta']['timestamp'], bigint | undefined>(true);
}

export async function numbersAndFrames(blocking: SyncConn, asynchronous: AsyncConn): Promise<void> {
  const small = blocking.readNum('i32le');
  const large = await asynchronous.readNum('u64');
  same<typeof small, number>(true);
  same<typeof large, bigint>(true);
  blocking.writeNum('i64', 5n);
  // @ts-expect-error: 64 bits are a bigint
  blocking.writeNum('i64', 5);
  // @ts-expect-error: 32 bits are a number
  blocking.writeNum('i32', 5n);
  // @ts-expect-error: one byte has no order
  blocking.readNum('u8le');
  same<ReturnType<SyncConn['readText']>, string | null>(true);
  const lines = blocking.framed(promises.codecs.lines());
  for (const line of lines) same<typeof line, string>(true);
  const frames = asynchronous.framed(promises.codecs.lengthPrefixed());
  for await (const frame of frames) same<typeof frame, Buffer>(true);
  same<ReturnType<typeof frames.read>, Promise<Buffer | null>>(true);
  same<ReturnType<typeof lines.write>, void>(true);
  // @ts-expect-error: lines are strings
  lines.write(Buffer.from('x'));
  const own: promises.Codec<number> = {
    maxFrame: 1,
    encode: (n) => Buffer.of(n),
    decode: (b) => ({ value: b[0]!, used: 1 }),
  };
  blocking.framed(own).write(5);
  const frame = blocking.framed(own).read();
  same<typeof frame, number | null>(true);
}

export function asStreams(asynchronous: AsyncConn, blocking: SyncConn, stream: Duplex): void {
  const duplex: Duplex = streams.toDuplex(asynchronous, { allowHalfOpen: true });
  duplex.end();
  same<ReturnType<typeof streams.toDuplex>['conn'], AsyncConn | null>(true);
  streams.toDuplex(promises.connect('h:1'));
  same<ReturnType<typeof streams.fromDuplex>, AsyncConn>(true);
  streams.fromDuplex(stream);
  same<ReturnType<typeof streams.toNetSocket>, NetSocket>(true);
  const { readable, writable, closed } = streams.toWeb(asynchronous);
  same<typeof readable, ReadableStream<Uint8Array>>(true);
  same<typeof writable, WritableStream<Uint8Array>>(true);
  same<typeof closed, Promise<void>>(true);
  // @ts-expect-error: the blocking colour has no streams
  streams.toDuplex(blocking);
  // @ts-expect-error: the blocking colour has no streams
  streams.toNetSocket(blocking);
}

export function noAny(conn: SyncConn, error: promises.SocketError, address: promises.Address): void {
  same<IsAny<(typeof conn)[keyof typeof conn]>, false>(true);
  same<IsAny<(typeof error)['code']>, false>(true);
  same<IsAny<(typeof address)[keyof typeof address]>, false>(true);
  same<IsAny<(typeof promises.constants)[string]>, false>(true);
  same<IsAny<ReturnType<sync.Socket<'sync'>['getOption']>>, false>(true);
  same<IsAny<(typeof promises.features)[string]>, false>(true);
}

export async function iterating(asynchronous: AsyncConn, synchronous: SyncConn): Promise<void> {
  for await (const piece of asynchronous) same<typeof piece, Buffer>(true);
  for (const piece of synchronous) same<typeof piece, Buffer>(true);
  // @ts-expect-error: the promise colour has no blocking iteration
  for (const _ of asynchronous) break;
  for await (const conn of await promises.listen(0)) same<typeof conn, AsyncConn>(true);
  for (const conn of sync.listen(0)) same<typeof conn, SyncConn>(true);
}

export function events(conn: SyncConn, other: AsyncConn): void {
  const off = conn.on('read', (event) => {
    same<typeof event, { readonly bytes: number; readonly total: number; readonly wanted?: number }>(true);
  });
  same<typeof off, () => void>(true);
  other.on('closed', (info) => same<typeof info, sync.CloseInfo>(true));
  other.on('tlsDone', (facts) => same<typeof facts, promises.TlsFacts>(true));
  // @ts-expect-error: there is no such event
  conn.on('data', () => undefined);
  same<'session' extends keyof promises.TlsFacts ? true : false, false>(true);
  same<ReturnType<typeof conn.events>, promises.EventQueue | null>(true);
  const queue: sync.EventQueue = conn.events();
  other.events(queue);
  const one = queue.shift();
  if (one?.event === 'sent') same<typeof one.wanted, number>(true);
  if (one?.event === 'resolved') same<typeof one.address, promises.Address | undefined>(true);
  sync.connect('h:1', { queue, on: { connecting: ({ attempt }) => same<typeof attempt, number>(true) } });
  sync.listen(0, { queue });
  // @ts-expect-error: a queue comes from eventQueue()
  sync.listen(0, { queue: [] });
}

export function options(socket: sync.Socket<'sync'>): void {
  same<ReturnType<typeof keepAlive>, boolean>(true);
  function keepAlive() {
    return socket.getOption(sync.options.SO_KEEPALIVE);
  }
  const linger = socket.getOption(sync.options.SO_LINGER);
  same<typeof linger, number | null>(true);
  const congestion = socket.getOption(sync.options.TCP_CONGESTION);
  same<typeof congestion, string>(true);
  socket.setOption(sync.options.SO_LINGER, null);
  // @ts-expect-error: a flag is a boolean
  socket.setOption(sync.options.SO_KEEPALIVE, 1);
  // @ts-expect-error: a size is no string
  socket.setOption(sync.options.SO_RCVBUF, '4096');
  // @ts-expect-error: only times may be null
  socket.setOption(sync.options.SO_RCVBUF, null);
  // @ts-expect-error: there is no such token
  const nowhere: keyof sync.OptionTable = 'SO_NOWHERE';
  sync.connect('h:1', { options: [[sync.options.TCP_USER_TIMEOUT, 5]] });
  // @ts-expect-error: the value of a setting has the type of its option
  sync.connect('h:1', { options: [[sync.options.TCP_USER_TIMEOUT, true]] });
  const raw = socket.getsockopt(1, 2);
  same<typeof raw, number>(true);
  const bytes = socket.getsockopt(1, 2, 8);
  same<typeof bytes, Buffer>(true);
}

export function wrongUses(conn: SyncConn, asynchronous: AsyncConn): void {
  // @ts-expect-error: a unit is ms, s, m or h
  conn.read(1, { timeout: '5 seconds' });
  // @ts-expect-error: a limit has a unit
  conn.read(1, { timeout: '5' });
  same<ReturnType<SyncConn['readHttpHead']>, sync.HttpHead | null>(true);
  same<ReturnType<AsyncConn['writeHttpRequest']>, Promise<number>>(true);
  conn.writeHttpRequest({
    method: 'GET',
    path: '/',
    headers: { a: 'x', b: 1, c: true, d: ['x', 'y'] },
    body: Buffer.alloc(1),
  });
  conn.writeHttpResponse({ status: 200, headers: [['a', 'x']] as const, body: 'x' });
  // @ts-expect-error: a request has a path
  conn.writeHttpRequest({ method: 'GET' });
  // @ts-expect-error: a status is a number
  conn.writeHttpResponse({ status: '200' });
  // @ts-expect-error: a header has a value
  conn.writeHttpResponse({ status: 200, headers: { a: null } });
  // @ts-expect-error: data is text or bytes
  conn.write(5);
  // @ts-expect-error: there are three ways to shut down
  conn.shutdown('both');
  // @ts-expect-error: the peer is what it is
  conn.remoteAddr = conn.localAddr;
  // @ts-expect-error: an address does not change
  conn.localAddr.port = 1;
  // @ts-expect-error: a promise is no Buffer
  const _: Buffer | null = asynchronous.read();
  // @ts-expect-error: one colour is not the other
  const __: SyncConn = asynchronous;
  // @ts-expect-error: a family has a name or a number
  sync.socket('ipx');
  // @ts-expect-error: a target has a port
  sync.connect({ host: 5, port: 80 });
  // @ts-expect-error: the resolver of the blocking colour gives values
  sync.connect('h:1', { lookup: { lookup: () => Promise.resolve([]) } });
  sync.connect('h:1', { lookup: sync });
  void promises.connect('h:1', { lookup: promises });
  // @ts-expect-error: poll knows its events
  conn.socket.poll({ reed: true });
}

test('the public types say what the contract says', () => undefined);
