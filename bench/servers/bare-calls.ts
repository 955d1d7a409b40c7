// Owns the least that an echo can cost from JavaScript with this addon: its receiving and sending functions, called from the
// reactor's callback on memory that it knows already. No buffer is passed, no limit, no order, no error. With the argument `await`,
// each message is a promise that somebody awaits. What berkeley costs beyond that is the library's; the rest is Node's.

import { listen, type SyncConn } from 'berkeley/sync';
import { createRequire } from 'node:module';
import { serve } from './support.js';

interface Addon {
  readonly constants: Readonly<Record<'EPOLLIN' | 'EPOLLOUT' | 'EPOLLRDHUP' | 'MSG_DONTWAIT' | 'MSG_NOSIGNAL', number>>;
  setSlab(slab: Uint8Array): void;
  recvSlab(fd: number, offset: number, length: number, flags: number): number;
  sendSlab(fd: number, offset: number, length: number, flags: number): number;
  reactorStart(mode: 'uv', batch: Int32Array, state: Int32Array, onReady: (count: number) => void): number;
  reactorAdd(fd: number, token: number, generation: number, events: number): number;
  reactorSync(): void;
}

// This file runs as build/bench/servers/bare-calls.js.
const addon = createRequire(import.meta.url)('../../../native/build/Release/berkeley.node') as Addon;
const { EPOLLIN, EPOLLOUT, EPOLLRDHUP, MSG_DONTWAIT, MSG_NOSIGNAL } = addon.constants;
const FLAGS = MSG_DONTWAIT | MSG_NOSIGNAL;
const BUFFER = 64 * 1024;
const awaits = process.argv[2] === 'await';

/** By the descriptor: whom a message is for, while somebody awaits one. */
const waiting: (((received: number) => void) | undefined)[] = [];
const held = new Set<SyncConn>();
const batch = new Int32Array(3 * 24);
const state = new Int32Array(2);

addon.setSlab(Buffer.allocUnsafeSlow(BUFFER));
const listener = listen('127.0.0.1:0');
const listening = listener.sockets[0]!.fd;
addon.reactorStart('uv', batch, state, onReady);
addon.reactorAdd(listening, listening, 0, EPOLLIN);
state[0] = 1;
addon.reactorSync();
serve(listener.address.port!, () => held.size);

function onReady(count: number): void {
  for (let i = 0; i < count * 3; i += 3) {
    const fd = batch[i]!;
    if (fd === listening) accept();
    else if (fd >= 0 && batch[i + 2]! & EPOLLIN) receive(fd);
  }
}

function accept(): void {
  for (let conn; (conn = listener.tryAccept()) !== null;) {
    const { fd } = conn.socket;
    held.add(conn);
    addon.reactorAdd(fd, fd, 0, EPOLLIN | EPOLLOUT | EPOLLRDHUP);
    if (awaits) void echo(fd);
  }
}

function receive(fd: number): void {
  const received = addon.recvSlab(fd, 0, BUFFER, FLAGS);
  if (!awaits) {
    if (received > 0) addon.sendSlab(fd, 0, received, FLAGS);
    return;
  }
  const wake = waiting[fd];
  waiting[fd] = undefined;
  wake?.(received);
}

/** All messages of the benchmark are alike, so it does no harm that those of a batch lie on one another. */
async function echo(fd: number): Promise<void> {
  for (let n; (n = await new Promise<number>((wake) => (waiting[fd] = wake))) > 0;) addon.sendSlab(fd, 0, n, FLAGS);
}
