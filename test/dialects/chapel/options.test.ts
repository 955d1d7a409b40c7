// Options by number, Nagle's algorithm and delayed acknowledgements. The kernel is the judge; Python reads some of them back.

import assert from 'node:assert/strict';
import { endianness } from 'node:os';
import test, { type TestContext } from 'node:test';
import {
  BlockingIoError,
  connect,
  getSockOpt,
  IllegalArgumentError,
  IPPROTO_TCP,
  listen,
  setSockOpt,
  SO_ACCEPTCONN,
  SO_ERROR,
  SO_KEEPALIVE,
  SO_LINGER,
  SO_RCVBUF,
  SO_RCVTIMEO,
  SO_REUSEADDR,
  SO_SECINFO,
  SO_SNDTIMEO,
  SOL_SOCKET,
  SystemError,
  TCP_NODELAY,
  TCP_QUICKACK,
  TimeoutError,
  type tcpConn,
  type tcpListener,
  udpSocket,
} from 'berkeley/dialects/chapel';
import { give } from './children/give.js';
import { fails, here, sharing, took } from './kit.js';

const SETTING = 'Failed to set socket option';
const GETTING = 'Failed to get socket option';

function all(t: TestContext): { server: tcpListener; client: tcpConn; conn: tcpConn; udp: udpSocket } {
  const server = listen(here(0));
  const client = connect(server.addr);
  const conn = server.accept();
  const udp = new udpSocket();
  t.after(() => {
    for (const one of [client, conn, server, udp]) one[Symbol.dispose]();
  });
  return { server, client, conn, udp };
}

/** The struct of two native longs or ints. */
function two(long: boolean, first: number, second: number): Buffer {
  const values = long ? new BigInt64Array([BigInt(first), BigInt(second)]) : new Int32Array([first, second]);
  return Buffer.from(values.buffer);
}

test('an int goes in and comes out, of every kind of socket', (t) => {
  const { server, client, conn, udp } = all(t);
  for (const socket of [server, client, conn, udp]) {
    assert.equal(getSockOpt(socket, SOL_SOCKET, SO_KEEPALIVE), 0);
    // socket(7): any number but 0 is on.
    setSockOpt(socket, SOL_SOCKET, SO_KEEPALIVE, 7);
    assert.equal(getSockOpt(socket, SOL_SOCKET, SO_KEEPALIVE), 1);
    setSockOpt(socket, SOL_SOCKET, SO_KEEPALIVE, 0);
    assert.equal(getSockOpt(socket, SOL_SOCKET, SO_KEEPALIVE), 0);
    setSockOpt(socket, SOL_SOCKET, SO_RCVBUF, 10_000);
    assert.equal(getSockOpt(socket, SOL_SOCKET, SO_RCVBUF), 20_000);
    assert.equal(getSockOpt(socket, SOL_SOCKET, SO_ERROR), 0);
  }
  assert.equal(getSockOpt(server, SOL_SOCKET, SO_ACCEPTCONN), 1);
  assert.equal(getSockOpt(client, SOL_SOCKET, SO_ACCEPTCONN), 0);
});

test('another process sees the option', async (t) => {
  const { server } = all(t);
  const { python, door, taken } = await sharing(t);
  give(door, server.socketFd);
  await taken();
  setSockOpt(server, SOL_SOCKET, SO_LINGER, two(false, 1, 5));
  assert.equal(
    await python.value('shared.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8).hex()'),
    two(false, 1, 5).toString('hex'),
  );
  server.setNagle(false);
  assert.equal(await python.value('shared.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)'), 1);
  await python.run('shared.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 0)');
  assert.equal(getSockOpt(server, IPPROTO_TCP, TCP_NODELAY), 0);
});

test('bytes go in and come out as the C struct: SO_LINGER 8 bytes, a time limit 16', (t) => {
  const { client } = all(t);
  setSockOpt(client, SOL_SOCKET, SO_LINGER, two(false, 1, 30));
  assert.deepEqual(getSockOpt(client, SOL_SOCKET, SO_LINGER, 8), two(false, 1, 30));
  // Only what the kernel has written comes back, and of a struct without buflen the first int.
  assert.deepEqual(getSockOpt(client, SOL_SOCKET, SO_LINGER, 1024), two(false, 1, 30));
  assert.deepEqual(getSockOpt(client, SOL_SOCKET, SO_LINGER, 4), two(false, 1, 30).subarray(0, 4));
  assert.equal(getSockOpt(client, SOL_SOCKET, SO_LINGER, 0).length, 0);
  assert.equal(getSockOpt(client, SOL_SOCKET, SO_LINGER), 1);
  setSockOpt(client, SOL_SOCKET, SO_LINGER, two(false, 0, 0));
  if (endianness() === 'LE') {
    setSockOpt(client, SOL_SOCKET, SO_RCVTIMEO, Buffer.from('010000000000000020a1070000000000', 'hex'));
    assert.equal(getSockOpt(client, SOL_SOCKET, SO_RCVTIMEO, 16).toString('hex'), '010000000000000020a1070000000000');
  }
});

test('what the kernel refuses is a SystemError with the words of its errno', (t) => {
  const { client, udp } = all(t);
  const refused = (call: () => unknown, message: string): unknown => fails(call, SystemError, message);
  refused(() => setSockOpt(client, SOL_SOCKET, SO_RCVTIMEO, Buffer.alloc(8)), `Invalid argument (${SETTING})`);
  refused(
    () => setSockOpt(client, SOL_SOCKET, SO_RCVTIMEO, two(true, 0, 1_000_000)),
    `Numerical argument out of domain (${SETTING})`,
  );
  refused(
    () => setSockOpt(client, SOL_SOCKET, SO_RCVTIMEO, two(true, 0, -1)),
    `Numerical argument out of domain (${SETTING})`,
  );
  refused(() => setSockOpt(client, SOL_SOCKET, SO_KEEPALIVE, Buffer.alloc(1)), `Invalid argument (${SETTING})`);
  refused(() => setSockOpt(client, SOL_SOCKET, SO_ACCEPTCONN, 1), `Protocol not available (${SETTING})`);
  refused(() => setSockOpt(client, SOL_SOCKET, 9999, 1), `Protocol not available (${SETTING})`);
  refused(() => getSockOpt(client, SOL_SOCKET, 9999), `Protocol not available (${GETTING})`);
  refused(() => setSockOpt(udp, IPPROTO_TCP, TCP_NODELAY, 1), `Protocol not available (${SETTING})`);
});

test('null is a NULL pointer with optlen: EFAULT, or EINVAL where it is too short', (t) => {
  const { client } = all(t);
  const efault = fails(
    () => setSockOpt(client, SOL_SOCKET, SO_KEEPALIVE, null, 4),
    SystemError,
    `Bad address (${SETTING})`,
  );
  assert.equal(efault.code, 'EFAULT');
  fails(() => setSockOpt(client, SOL_SOCKET, SO_KEEPALIVE, null, 0), SystemError, `Invalid argument (${SETTING})`);
  const without = setSockOpt as unknown as (...args: unknown[]) => void;
  fails(() => without(client, SOL_SOCKET, SO_KEEPALIVE, null), IllegalArgumentError, /^optlen /);
});

test('a buflen above 1024 is out of range', (t) => {
  const { client } = all(t);
  for (const buflen of [1025, 65_535, -1, 1.5, NaN, '8' as unknown as number])
    fails(
      () => getSockOpt(client, SOL_SOCKET, SO_LINGER, buflen),
      IllegalArgumentError,
      'getSockOpt buflen out of range',
    );
});

test('arguments of a wrong type are an IllegalArgumentError', (t) => {
  const { client } = all(t);
  const set = setSockOpt as unknown as (...args: unknown[]) => void;
  const get = getSockOpt as unknown as (...args: unknown[]) => void;
  for (const socket of [null, undefined, 3, {}, here(1)]) {
    fails(() => set(socket, SOL_SOCKET, SO_KEEPALIVE, 1), IllegalArgumentError, /^socket must be a tcpConn/);
    fails(() => get(socket, SOL_SOCKET, SO_KEEPALIVE), IllegalArgumentError, /^socket must be a tcpConn/);
  }
  fails(() => set(client, '1', SO_KEEPALIVE, 1), IllegalArgumentError, /^level /);
  fails(() => set(client, SOL_SOCKET, SO_SECINFO, 1), IllegalArgumentError, /^optname /);
  fails(() => get(client, SOL_SOCKET, 2 ** 31), IllegalArgumentError, /^optname /);
  for (const value of [true, '1', undefined, [1], 1n])
    fails(() => set(client, SOL_SOCKET, SO_KEEPALIVE, value), IllegalArgumentError, /^value /);
  for (const value of [1.5, 2 ** 31, NaN])
    fails(() => set(client, SOL_SOCKET, SO_KEEPALIVE, value), IllegalArgumentError, /^value /);
});

test('setNagle is the opposite of TCP_NODELAY, and off is not the default', (t) => {
  const { server, client, conn } = all(t);
  for (const socket of [server, client, conn]) {
    const nagle = (): boolean => getSockOpt(socket, IPPROTO_TCP, TCP_NODELAY) === 0;
    assert.equal(nagle(), true);
    socket.setNagle(false);
    assert.equal(nagle(), false);
    socket.setNagle(true);
    assert.equal(nagle(), true);
    fails(() => socket.setNagle(1 as unknown as boolean), IllegalArgumentError, /^enable must be true or false/);
  }
});

test('setDelayAck is the opposite of TCP_QUICKACK', (t) => {
  const { server, client, conn } = all(t);
  for (const socket of [server, client, conn]) {
    const delayAck = (): boolean => getSockOpt(socket, IPPROTO_TCP, TCP_QUICKACK) === 0;
    socket.setDelayAck(true);
    assert.equal(delayAck(), true);
    socket.setDelayAck(false);
    assert.equal(delayAck(), false);
    fails(() => socket.setDelayAck('no' as unknown as boolean), IllegalArgumentError, /^enable must be true or false/);
  }
});

test("accepted connections inherit the listener's Nagle setting", (t) => {
  const server = listen(here(0));
  t.after(() => server.deinit());
  for (const nagle of [false, true]) {
    server.setNagle(nagle);
    using client = connect(server.addr);
    using conn = server.accept();
    assert.equal(getSockOpt(conn, IPPROTO_TCP, TCP_NODELAY), nagle ? 0 : 1);
    assert.equal(getSockOpt(client, IPPROTO_TCP, TCP_NODELAY), 0);
  }
});

test('SO_RCVTIMEO limits reading, which then says what the kernel says', (t) => {
  const { client, conn } = all(t);
  setSockOpt(client, SOL_SOCKET, SO_RCVTIMEO, two(true, 0, 50_000));
  const again = 'Resource temporarily unavailable (read failed)';
  for (const read of [
    () => client.reader().readLine(),
    () => client.reader().read(),
    () => client.reader().readAll(),
  ]) {
    const ms = took(() => fails(read, BlockingIoError, again));
    assert.ok(ms >= 49 && ms < 3000, `${ms} ms`);
  }
  // Nothing was consumed.
  conn.writer().write('half');
  fails(() => client.reader().readLine(), BlockingIoError, again);
  conn.writer().write(' a line\n');
  assert.equal(client.reader().readLine(), 'half a line\n');
});

test('SO_SNDTIMEO limits writing, likewise', (t) => {
  const { client } = all(t);
  setSockOpt(client, SOL_SOCKET, SO_SNDTIMEO, two(true, 0, 50_000));
  const much = Buffer.alloc(16 * 1024 * 1024);
  fails(() => client.writer().write(much), BlockingIoError, 'Resource temporarily unavailable (write failed)');
});

test('SO_RCVTIMEO limits accept and recv, too, and they say that they timed out', (t) => {
  const { server, udp } = all(t);
  for (const socket of [server, udp]) setSockOpt(socket, SOL_SOCKET, SO_RCVTIMEO, two(true, 0, 20_000));
  fails(() => server.accept(), TimeoutError, 'Connection timed out (accept() timed out)');
  fails(() => udp.recv(1), TimeoutError, 'Connection timed out (recv timed out)');
});

test('listen sets SO_REUSEADDR unless told, and clears it when told', (t) => {
  for (const reuse of [undefined, true, false]) {
    const server = listen(here(0), reuse);
    t.after(() => server.deinit());
    assert.equal(getSockOpt(server, SOL_SOCKET, SO_REUSEADDR), reuse === false ? 0 : 1);
  }
});
