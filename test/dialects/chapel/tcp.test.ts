// Listening, accepting, connecting, reading and writing, with Python at the other end.

import assert from 'node:assert/strict';
import test from 'node:test';
import { inspect } from 'node:util';
import {
  BadFormatError,
  BrokenPipeError,
  connect,
  ConnectionResetError,
  EofError,
  getPeerName,
  getSockName,
  IllegalArgumentError,
  IPFamily,
  ipAddr,
  IPv6Localhost,
  listen,
  struct_timeval,
  SystemError,
  TimeoutError,
} from 'berkeley/dialects/chapel';
import { pattern, sha256 } from '../../support/bytes.js';
import { startPuppet } from '../../support/python.js';
import { fails, hasIpv6, here, here6, took } from './kit.js';

const LISTENER = `
listener = socket.create_server(('127.0.0.1', 0))
port = listener.getsockname()[1]`;

const families = [here, ...(hasIpv6 ? [here6] : [])];

test('a listener has a descriptor and the address that it is bound to', () => {
  for (const at of families) {
    const server = listen(at(0));
    assert.notEqual(server.socketFd, -1);
    assert.equal(server.addr.host, at(0).host);
    assert.equal(server.addr.family, at(0).family);
    assert.ok(server.addr.port > 0);
    assert.ok(getSockName(server).equals(server.addr));
    server.close();
    assert.equal(server.socketFd, -1);
  }
});

test('a client of Python is accepted, and each end has the other address', async (t) => {
  for (const at of families) {
    const server = listen(at(0));
    t.after(() => server.deinit());
    const { host, port, family } = server.addr;
    const python = startPuppet(t, `s = socket.socket(${family}); s.connect(('${host}', ${port}))`);
    const conn = server.accept(new struct_timeval(10, 0));
    const [theirHost, theirPort] = (await python.value('s.getsockname()')) as [string, number];
    const expected = ipAddr.create(theirHost, theirPort, family);
    assert.ok(conn.addr.equals(expected), `${conn.addr.toString()} is not ${expected.toString()}`);
    assert.ok(getPeerName(conn).equals(expected));
    assert.ok(getSockName(conn).equals(server.addr));
    python.begin(`s.sendall(b'hello world\\n')`);
    assert.equal(conn.reader().readLine(), 'hello world\n');
    conn.writer().writeLine('good', 'bye');
    assert.equal(await python.value('s.makefile().readline()'), 'goodbye\n');
    conn.close();
    assert.equal(await python.value('len(s.recv(1))'), 0);
  }
});

test('a server of Python is connected to, with and without a limit', async (t) => {
  const python = startPuppet(t, LISTENER);
  const address = here((await python.value('port')) as number);
  for (const limit of [undefined, new struct_timeval(2, 0), 2, -1]) {
    const conn = connect(address, limit);
    assert.ok(conn.addr.equals(address));
    assert.ok(getPeerName(conn).equals(address));
    await python.run(`c, _ = listener.accept(); c.sendall(b'x' * 5)`);
    assert.equal(conn.reader().read(5).toString(), 'xxxxx');
    conn.writer().write(Buffer.from([0, 10, 255]));
    assert.equal(await python.value('exactly(c, 3).hex()'), '000aff');
    conn.close();
  }
});

test('accept takes what is there with a limit of 0', (t) => {
  const server = listen(here(0));
  t.after(() => server.deinit());
  using client = connect(server.addr);
  using conn = server.accept(0);
  assert.ok(conn.addr.equals(getSockName(client)));
  fails(() => server.accept(0), TimeoutError, 'Connection timed out (accept() timed out)');
  fails(() => server.accept(new struct_timeval(0, 0)), TimeoutError, /timed out/);
});

test('a limit of accept is kept to the end when nobody comes', (t) => {
  const server = listen(here(0));
  t.after(() => server.deinit());
  const ms = took(() =>
    fails(
      () => server.accept(new struct_timeval(0, 250_000)),
      TimeoutError,
      'Connection timed out (accept() timed out)',
    ),
  );
  assert.ok(ms >= 249 && ms < 3000, `${ms} ms`);
});

test('readLine gives lines with their LF, as text or bytes, and the last one without', async (t) => {
  const python = startPuppet(t, LISTENER);
  const conn = connect(here((await python.value('port')) as number));
  t.after(() => conn.close());
  await python.run(`
c, _ = listener.accept()
c.sendall(b'hello world\\n' + 'gr\\u00fcn\\n'.encode() + b'\\n\\xff\\xfe\\n' + b'a\\rb\\r\\n' + b'last')
c.close()`);
  const reader = conn.reader();
  assert.deepEqual(reader.readLine('bytes'), Buffer.from('hello world\n'));
  assert.equal(reader.readLine('string', -1, true), 'grün');
  assert.equal(reader.readLine(), '\n');
  // What is no UTF-8 is left where it was.
  const failure = fails(
    () => reader.readLine(),
    SystemError,
    'Invalid or incomplete multibyte or wide character (read failed)',
  );
  assert.equal(failure.code, 'EILSEQ');
  assert.deepEqual(reader.readLine('bytes', -1, true), Buffer.from([255, 254]));
  assert.equal(conn.reader().readLine(), 'a\rb\r\n');
  assert.equal(reader.readLine('string', 100, true), 'last');
  for (const read of [
    () => reader.readLine(),
    () => reader.readLine('bytes'),
    () => reader.read(),
    () => reader.read(1),
  ])
    assert.equal(fails(read, EofError, 'end of file (in fileReader)').code, 'EEOF');
  assert.deepEqual(reader.readAll(), Buffer.alloc(0));
  assert.equal(reader.readAll('string'), '');
});

test('a line longer than maxSize is a BadFormatError, and nothing of it is consumed', async (t) => {
  const python = startPuppet(t, LISTENER);
  const conn = connect(here((await python.value('port')) as number));
  t.after(() => conn.close());
  await python.run(`c, _ = listener.accept(); c.sendall(b'123456789\\nrest')`);
  const reader = conn.reader();
  fails(() => reader.readLine('string', 9), BadFormatError, 'bad format (line longer than maxSize)');
  assert.equal(reader.readLine('string', 10), '123456789\n');
  for (const size of [-2, 1.5, NaN, '1'] as number[])
    fails(() => reader.readLine('string', size), IllegalArgumentError, /^maxSize /);
  fails(() => reader.readLine('text' as 'string'), IllegalArgumentError, /^type must be 'string' or 'bytes'/);
  fails(() => reader.readAll('text' as 'string'), IllegalArgumentError, /^type /);
  fails(() => reader.readLine('string', 1, 1 as unknown as boolean), IllegalArgumentError, /^stripNewline /);
  for (const size of [-1, 0.5] as number[]) fails(() => reader.read(size), IllegalArgumentError, /^size /);
  assert.equal(reader.read(0).length, 0);
  assert.equal(reader.read(4).toString(), 'rest');
});

test('read waits for so many bytes, and gives fewer only before the end', async (t) => {
  const python = startPuppet(t, LISTENER);
  const conn = connect(here((await python.value('port')) as number));
  t.after(() => conn.close());
  python.begin(`
c, _ = listener.accept()
for piece in (b'ab', b'c', b'de', b'f'):
    c.sendall(piece)
    time.sleep(0.02)
c.close()`);
  assert.equal(conn.reader().read(5).toString(), 'abcde');
  assert.equal(conn.reader().read(100).toString(), 'f');
  fails(() => conn.reader().read(100), EofError, 'end of file (in fileReader)');
});

test('readAll gives megabytes unchanged, and so does write', async (t) => {
  const python = startPuppet(t, `import hashlib${LISTENER}`);
  const conn = connect(here((await python.value('port')) as number));
  t.after(() => conn.close());
  const sent = pattern(3 * 1024 * 1024);
  python.begin(`c, _ = listener.accept(); got = exactly(c, ${sent.length}); c.sendall(got); c.close()`);
  const writer = conn.writer();
  writer.write(sent.subarray(0, 1_000_000), sent.subarray(1_000_000));
  writer.flush();
  assert.equal(sha256(conn.reader().readAll()), sha256(sent));
  assert.equal(await python.value('hashlib.sha256(got).hexdigest()'), sha256(sent));
});

test('write takes text, bytes, numbers, booleans and records', async (t) => {
  const python = startPuppet(t, LISTENER);
  const address = here((await python.value('port')) as number);
  const conn = connect(address);
  t.after(() => conn.close());
  const writer = conn.writer();
  writer.write(42, ' ', 1.5, ' ', 2n ** 63n, ' ', true, ' ', 'é', Buffer.from('!'));
  writer.writeLine();
  writer.writeln(address, conn);
  writer.write();
  const expected = `42 1.5 9223372036854775808 true é!\n${address.toString()}${conn.toString()}\n`;
  await python.run('c, _ = listener.accept()');
  assert.equal(await python.value(`exactly(c, ${Buffer.byteLength(expected)}).decode()`), expected);
  for (const wrong of [null, undefined, {}, [1], Symbol('x'), () => 1] as unknown as string[])
    fails(() => writer.write('a', wrong), IllegalArgumentError, /^cannot write /);
  assert.equal(fails(() => writer.write('a', '\ud800'), SystemError, /\(write failed\)$/).code, 'EILSEQ');
  // Nothing of what was refused went out.
  conn.close();
  assert.equal(await python.value('len(c.recv(1))'), 0);
});

test('a peer that resets is a ConnectionResetError, and has no address any more', async (t) => {
  const python = startPuppet(t, LISTENER);
  const conn = connect(here((await python.value('port')) as number));
  t.after(() => conn.close());
  await python.run(`
c, _ = listener.accept()
c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
c.close()`);
  fails(() => conn.reader().readLine(), ConnectionResetError, 'Connection reset by peer (read failed)');
  const gone = 'Transport endpoint is not connected (Failed to get remote address)';
  assert.equal(fails(() => conn.addr, SystemError, gone).code, 'ENOTCONN');
  fails(() => getPeerName(conn), SystemError, gone);
  assert.equal(conn.toString(), `(addr:none,fd:${conn.socketFd})`);
});

test('writing to a peer that has closed is a BrokenPipeError, the second time', async (t) => {
  const python = startPuppet(t, LISTENER);
  const conn = connect(here((await python.value('port')) as number));
  t.after(() => conn.close());
  await python.run('c, _ = listener.accept(); c.close()');
  conn.writer().write('first');
  const { cause } = fails(() => conn.writer().write('second'), BrokenPipeError, 'Broken pipe (write failed)');
  assert.equal((cause as { code?: string }).code, 'EPIPE');
});

test('== is the same descriptor, and the printed forms have it', (t) => {
  const server = listen(here(0));
  t.after(() => server.deinit());
  using client = connect(server.addr);
  using conn = server.accept();
  assert.ok(client.equals(client) && conn.equals(conn) && server.equals(server));
  assert.ok(!client.equals(conn) && !conn.equals(client));
  assert.ok(!client.equals(null as never) && !server.equals(client as never) && !client.equals(server as never));
  assert.equal(client.toString(), `(addr:${server.addr.toString()},fd:${client.socketFd})`);
  assert.equal(server.toString(), `(addr:(family:IPv4,host:127.0.0.1,port:${server.addr.port}),fd:${server.socketFd})`);
  assert.equal(inspect(conn), conn.toString());
});

test('IPv6 addresses of a listener of both families', { skip: !hasIpv6 && 'no IPv6 here' }, (t) => {
  const server = listen(ipAddr.ipv6(Buffer.alloc(16), 0));
  t.after(() => server.deinit());
  using client = connect(here(server.addr.port));
  using conn = server.accept(10);
  assert.equal(conn.addr.family, IPFamily.IPv6);
  assert.equal(conn.addr.host, '::ffff:127.0.0.1');
  using six = connect(ipAddr.ipv6(IPv6Localhost, server.addr.port));
  using other = server.accept(10);
  assert.equal(other.addr.host, '::1');
  assert.ok(getSockName(client).port === conn.addr.port && getSockName(six).port === other.addr.port);
});
