// connect in its three forms: by address, by host and service, by host and port; what it says when it fails, and its limits.

import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { SocketError } from 'berkeley/sync';
import {
  connect,
  ConnectionRefusedError,
  IllegalArgumentError,
  IPFamily,
  ipAddr,
  listen,
  struct_timeval,
  SystemError,
  tcpConn,
  tcpListener,
  TimeoutError,
} from 'berkeley/dialects/chapel';
import { missing, temporaryFolder } from '../../support/launch.js';
import { startPuppet } from '../../support/python.js';
import { blackHole } from '../../kernel/black-hole.js';
import { fails, hasIpv6, here, here6, took } from './kit.js';

const REFUSED = 'Connection refused (connect() failed)';
const TIMED_OUT = 'Connection timed out (connect() timed out)';
const descriptors = (): number => readdirSync('/proc/self/fd').length;

/** An address that nobody listens on. */
function nobody(at = here): ipAddr {
  const server = listen(at(0));
  const address = server.addr;
  server.close();
  return address;
}

test('a refused connection says so, over IPv4 and IPv6, and leaves nothing open', () => {
  for (const at of hasIpv6 ? [here, here6] : [here]) {
    const address = nobody(at);
    fails(() => connect(address), ConnectionRefusedError, REFUSED);
    const before = descriptors();
    for (const limit of [undefined, 2, new struct_timeval(2, 0)]) {
      const failure = fails(() => connect(address, limit), ConnectionRefusedError, REFUSED);
      assert.deepEqual([failure.err, failure.code, failure.details], [111, 'ECONNREFUSED', 'connect() failed']);
      assert.equal((failure.cause as SocketError).syscall, 'connect');
    }
    assert.equal(descriptors(), before);
  }
});

test('a limit ends at its time, and leaves nothing open', async (t) => {
  const hole = await blackHole(t);
  const address = here(hole.port);
  fails(() => connect(address, 0.01), TimeoutError, TIMED_OUT);
  const before = descriptors();
  for (const call of [
    () => connect(address, 0.15),
    () => connect(address, new struct_timeval(0, 150_000)),
    () => connect('127.0.0.1', hole.port, IPFamily.IPv4, 0.15),
    () => connect('127.0.0.1', String(hole.port), IPFamily.IPUnspec, new struct_timeval(0, 150_000)),
    () => connect('localhost', hole.port, IPFamily.IPv4, 0.15),
  ]) {
    const ms = took(() => assert.equal(fails(call, TimeoutError, TIMED_OUT).code, 'ETIMEDOUT'));
    assert.ok(ms >= 149 && ms < 3000, `${ms} ms`);
  }
  assert.ok(took(() => fails(() => connect(address, 0), TimeoutError, TIMED_OUT)) < 1000);
  assert.equal(descriptors(), before);
});

test('20 connections against a backlog of 6 with a limit of one second: at least one fails', (t) => {
  const server = listen(here(0), true, 6);
  t.after(() => server.deinit());
  const made: tcpConn[] = [];
  t.after(() => made.forEach((conn) => conn.close()));
  const limit = new struct_timeval(1, 0);
  const ms = took(() =>
    fails(
      () => {
        for (let i = 0; i < 20; i++) made.push(connect(server.addr, limit));
      },
      TimeoutError,
      TIMED_OUT,
    ),
  );
  // listen(2): the queue holds one more than the backlog.
  assert.equal(made.length, 7);
  assert.ok(ms >= 999 && ms < 5000, `${ms} ms`);
  // Once there is room, there is room.
  for (let i = 0; i < made.length; i++) server.accept(10).close();
  connect(server.addr, 10).close();
});

test('by name and by address, with the service as text or the port as a number', async (t) => {
  const python = startPuppet(t, `listener = socket.create_server(('127.0.0.1', 0))`);
  const address = here((await python.value('listener.getsockname()[1]')) as number);
  const { port } = address;
  for (const call of [
    () => connect('localhost', port, IPFamily.IPv4),
    () => connect('localhost', String(port), IPFamily.IPv4, new struct_timeval(4, 0)),
    () => connect('127.0.0.1', port),
    () => connect('127.0.0.1', String(port), IPFamily.IPUnspec, 4),
    () => connect('127.0.0.1', port, undefined, 4),
  ]) {
    const conn = call();
    assert.ok(conn.addr.equals(address));
    await python.run(`c, _ = listener.accept(); c.sendall(b'in\\n')`);
    assert.equal(conn.reader().readLine(), 'in\n');
    conn.close();
  }
});

// The original throws a plain Error without the reason.
test('a name that cannot be resolved is a SystemError with the reason', () => {
  const why = "(Can't resolve address)";
  const noName = `Name or service not known ${why}`;
  for (const host of ['', 'a b', 'x..y', '256.0.0.1', 'nul\0', '127.1', '[::1', 'a'.repeat(300)])
    assert.equal(fails(() => connect(host, 80), SystemError, noName).code, 'EAI_NONAME');
  const noService = `Servname not supported for ai_socktype ${why}`;
  for (const service of ['65536', '', ' 80', '080', '0x50', '-1', 'no-such-service', 'a b'])
    assert.equal(fails(() => connect('127.0.0.1', service), SystemError, noService).code, 'EAI_SERVICE');
  const noAddress = `Address family for hostname not supported ${why}`;
  fails(() => connect('127.0.0.1', 80, IPFamily.IPv6), SystemError, noAddress);
  fails(() => connect('::1', '80', IPFamily.IPv4), SystemError, noAddress);
});

test('arguments of a wrong type are an IllegalArgumentError', () => {
  const call = connect as unknown as (...args: unknown[]) => unknown;
  for (const first of [null, undefined, 80, {}, Buffer.from('localhost')])
    fails(() => call(first, 80), IllegalArgumentError, /^the first argument must be an ipAddr or a host/);
  for (const service of [undefined, null, {}, true])
    fails(() => call('localhost', service), IllegalArgumentError, /^service must be a string/);
  for (const port of [-1, 65_536, 1.5, NaN])
    fails(() => call('localhost', port), IllegalArgumentError, /^port must be a whole number from 0 to 65535/);
  for (const family of [1, '2', null, new struct_timeval(1, 0)])
    fails(() => call('localhost', 80, family), IllegalArgumentError, /^family must be/);
  fails(() => call(here(1), '4'), IllegalArgumentError, /^timeout /);
  fails(() => call(here(1), -3), IllegalArgumentError, /^timeout /);
  fails(() => call('localhost', 80, IPFamily.IPv4, null), IllegalArgumentError, /^timeout /);
  const listening = listen as unknown as (...args: unknown[]) => unknown;
  for (const address of [null, '127.0.0.1', 8000, undefined])
    fails(() => listening(address), IllegalArgumentError, /^address must be an ipAddr/);
  fails(() => listening(here(0), 1), IllegalArgumentError, /^reuseAddr must be true or false/);
  for (const backlog of [-1, 65_536, 1.5, '6'])
    fails(() => listening(here(0), true, backlog), IllegalArgumentError, /^backlog must be a whole number/);
  for (const conn of [undefined, null, {}, 3])
    fails(() => new tcpConn(conn as never), IllegalArgumentError, /^conn must be a blocking connection/);
  for (const socket of [{}, 3])
    fails(() => new tcpListener(socket as never), IllegalArgumentError, /^socket must be a blocking socket/);
});

test('listen on what cannot be listened on is a SystemError, and leaves nothing open', (t) => {
  const server = listen(here(0));
  t.after(() => server.deinit());
  const before = descriptors();
  const inUse = fails(() => listen(server.addr), SystemError, 'Address already in use (Failed to bind Socket)');
  assert.equal(inUse.code, 'EADDRINUSE');
  const elsewhere = ipAddr.create('198.51.100.7', 0);
  fails(() => listen(elsewhere), SystemError, 'Cannot assign requested address (Failed to bind Socket)');
  assert.equal(descriptors(), before);
});

test('what has been closed is EBADF', () => {
  const server = listen(here(0));
  const client = connect(server.addr);
  const conn = server.accept();
  const reader = conn.reader();
  const writer = conn.writer();
  const other = listen(here(0));
  for (const one of [client, conn]) {
    one.close();
    one.close();
    one[Symbol.dispose]();
  }
  server.close();
  other.deinit();
  other.deinit();
  const closed = (call: () => unknown, details: string): unknown =>
    fails(call, SystemError, `Bad file descriptor (${details})`);
  closed(() => server.close(), 'Failed to close tcpListener');
  closed(() => server.accept(), 'accept() failed');
  closed(() => server.addr, 'Failed to get local address');
  closed(() => server.setNagle(true), 'Failed to set socket option');
  closed(() => server.setDelayAck(true), 'Failed to set socket option');
  closed(() => conn.socketFd, 'in tcpConn.socketFd');
  closed(() => conn.addr, 'Failed to get remote address');
  closed(() => conn.setNagle(true), 'Failed to set socket option');
  closed(() => conn.setDelayAck(true), 'Failed to set socket option');
  closed(() => reader.readLine(), 'read failed');
  closed(() => reader.read(), 'read failed');
  closed(() => conn.reader().readAll(), 'read failed');
  closed(() => writer.write('x'), 'write failed');
  closed(() => writer.writeLine(), 'write failed');
  closed(() => writer.flush(), 'write failed');
  assert.equal(server.socketFd, -1);
  assert.ok(server.equals(other) && server.equals(new tcpListener()));
  assert.ok(conn.equals(conn) && !conn.equals(client));
  for (const record of [server, conn, new tcpListener()]) assert.equal(record.toString(), '(addr:none,fd:-1)');
});

test('names with several addresses, and services by their names', { timeout: 30_000 }, async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(
    join(folder, 'hosts'),
    `127.0.0.1 localhost one\n127.0.0.2 many dead\n127.0.0.3 many dead\n127.0.0.1 many\n::1 six both\n127.0.0.1 both\n`,
  );
  // resolv.conf(5), nsswitch.conf(5): a name server is asked when the file does not have the name, and the first failure is the end.
  writeFileSync(join(folder, 'nsswitch.conf'), 'hosts: files dns\nservices: files\n');
  writeFileSync(join(folder, 'resolv.conf'), 'nameserver 127.0.0.1\noptions timeout:10 attempts:1\n');
  const mounts = ['hosts', 'nsswitch.conf', 'resolv.conf']
    .map((name) => `mount --bind "$0/${name}" "/etc/${name}"`)
    .join(' && ');
  const own = ['-rnm', 'sh', '-c', `ip link set lo up && ${mounts} && exec "$@"`, folder];
  if (spawnSync('unshare', [...own, 'true']).status !== 0) {
    missing(t, 'no namespaces of its own may be made here');
    return;
  }
  const child = fileURLToPath(new URL('children/names.js', import.meta.url));
  const { stdout } = await promisify(execFile)('unshare', [...own, process.execPath, child], { timeout: 20_000 });
  const found = JSON.parse(stdout) as Record<string, unknown>;
  assert.deepEqual(found, {
    'the address that answers': '(family:IPv4,host:127.0.0.1,port:80)',
    'the service by its name': '(family:IPv4,host:127.0.0.1,port:80)',
    'the service at a numeric host': '(family:IPv4,host:127.0.0.1,port:80)',
    'either family': '(family:IPv4,host:127.0.0.1,port:80)',
    'the family that was asked for': '(family:IPv6,host:::1,port:8000)',
    // There is no name server yet.
    'IPv6 of a name that has none': "Temporary failure in name resolution (Can't resolve address)",
    'a name that is not there': "Temporary failure in name resolution (Can't resolve address)",
    'nobody listens': ['ConnectionRefusedError', REFUSED, 2],
    'no way there': ['SystemError', 'Network is unreachable (connect() failed)'],
    'each address has the whole limit': ['TimeoutError', TIMED_OUT, 2, true],
    'a name server that does not answer': ['TimeoutError', TIMED_OUT, true],
  });
});
