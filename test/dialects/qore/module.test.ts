// What of the Qore module is no Socket method: error numbers, exceptions, parse options, constants, datagrams, life and leaks.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { inspect } from 'node:util';
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  AF_UNSPEC,
  errno,
  PO_NO_NETWORK,
  QoreException,
  Socket,
  SOCK_DGRAM,
  SOCK_RAW,
  SOCK_STREAM,
  strerror,
} from 'berkeley/dialects/qore';
import { root } from '../../docs/pages.js';
import { temporaryFolder } from '../../support/launch.js';
import { startPuppet } from '../../support/python.js';
import { connected, LIMIT, newSocket, pythonListener, thrown } from './kit.js';

test('the constants are those of this system', () => {
  assert.deepEqual([AF_UNSPEC, AF_UNIX, AF_INET, AF_INET6, SOCK_STREAM, SOCK_DGRAM, SOCK_RAW], [0, 1, 2, 10, 1, 2, 3]);
  assert.equal(PO_NO_NETWORK, 32768);
});

test('errno is a number, and strerror has the words of the system for it', () => {
  const socket = new Socket();
  assert.equal(socket.bind('198.51.100.7:1'), -1);
  assert.equal(errno(), constants.errno.EADDRNOTAVAIL);
  assert.equal(strerror(), 'Cannot assign requested address');
  assert.equal(strerror(errno()), strerror());
  assert.equal(strerror(constants.errno.ECONNREFUSED), 'Connection refused');
  assert.equal(strerror(0), 'Success');
  thrown(() => strerror('x' as unknown as number), 'RUNTIME-TYPE-ERROR');
});

test('a QoreException has err, desc and arg, and is an Error with a cause', () => {
  const error = thrown(() => new Socket().connect('127.0.0.1:1'), 'SOCKET-CONNECT-ERROR');
  assert.ok(error instanceof Error && error instanceof QoreException);
  assert.equal(error.arg, null);
  assert.ok(error.cause instanceof Error);
  assert.match(error.stack ?? '', /module\.test/);
});

test('after setParseOptions(PO_NO_NETWORK) there are no sockets', () => {
  const program = `
    import { PO_NO_NETWORK, QoreException, setParseOptions, Socket } from 'berkeley/dialects/qore';
    const before = new Socket();
    before.bind('127.0.0.1:0');
    try { setParseOptions('all'); } catch (error) { console.log(error instanceof QoreException); }
    setParseOptions(PO_NO_NETWORK);
    setParseOptions(0);
    for (const make of [() => new Socket(), () => before.copy()])
      try { make(); console.log('made'); } catch (error) { console.log(error.err); }`;
  const text = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    cwd: import.meta.dirname,
  });
  assert.deepEqual(text.trim().split('\n'), ['true', 'PARSE-EXCEPTION', 'PARSE-EXCEPTION']);
});

test('an object shows no secret when it is looked at', async (t) => {
  const { socket } = await connected(t);
  assert.match(inspect(socket), /^Socket \{ id: \d+, open: \d+, secure: false \}$/);
  socket.close();
  assert.match(inspect(socket), /closed/);
});

test('what fails leaves no descriptor', async (t) => {
  const { python, port } = await pythonListener(t);
  const open = (): number => readdirSync('/proc/self/fd').length;
  const socket = newSocket(t);
  socket.connect(`127.0.0.1:${port}`);
  socket.close();
  const attempts = [
    () => socket.connect('127.0.0.1:1'),
    () => socket.connect('/nowhere'),
    () => socket.connectUNIX('/nowhere', SOCK_DGRAM),
    () => socket.connectSSL(`127.0.0.1:${port}`, 20),
    () => socket.bindINET('198.51.100.7', 0),
    () => socket.bindUNIX('/nowhere/at/all'),
    () => socket.connectINET('127.0.0.1', 1, -1, AF_INET, 77),
  ];
  for (const attempt of attempts) assert.throws(attempt, QoreException);
  const before = open();
  for (let i = 0; i < 5; i++) {
    for (const attempt of attempts) assert.throws(attempt, QoreException);
    assert.equal(socket.bind('198.51.100.7:0'), -1);
  }
  assert.equal(open(), before);
  await python.end();
});

test('an integer is a message of its own on a datagram socket', async (t) => {
  const python = startPuppet(
    t,
    `u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.bind(('127.0.0.1', 0)); say(u.getsockname()[1])`,
  );
  const port = Number(await python.line());
  const socket = newSocket(t);
  socket.connectINET('127.0.0.1', port, LIMIT, AF_INET, SOCK_DGRAM);
  for (const [send, hex] of [
    [() => socket.sendi1(-2), 'fe'],
    [() => socket.sendi2(-2), 'fffe'],
    [() => socket.sendi4(1), '00000001'],
    [() => socket.sendi8(-2), 'fffffffffffffffe'],
    [() => socket.sendi2LSB(1), '0100'],
    [() => socket.sendi4LSB(-2), 'feffffff'],
    [() => socket.sendi8LSB(1), '0100000000000000'],
  ] as const) {
    assert.equal(send(), 0);
    await python.run('m, a = u.recvfrom(100)');
    assert.equal(await python.value('m.hex()'), hex);
  }
  for (const [method, format, value] of [
    ['recvi1', '>b', -2],
    ['recvi2', '>h', -2],
    ['recvi4', '>i', -(2 ** 31)],
    ['recvi2LSB', '<h', -2],
    ['recvi4LSB', '<i', 7],
    ['recvu1', '>B', 255],
    ['recvu2', '>H', 65_534],
    ['recvu4', '>I', 2 ** 32 - 1],
    ['recvu2LSB', '<H', 1],
    ['recvu4LSB', '<I', 2 ** 32 - 2],
  ] as const) {
    await python.run(`u.sendto(struct.pack('${format}', ${value}), a)`);
    assert.equal(socket[method](LIMIT), value, method);
  }
  await python.run(`u.sendto(struct.pack('>q', -3), a); u.sendto(struct.pack('<q', 2**62), a); u.sendto(b'ab', a)`);
  assert.equal(socket.recvi8(LIMIT), -3n);
  assert.equal(socket.recvi8LSB(LIMIT), 2n ** 62n);
  thrown(() => socket.recvi4(LIMIT), 'SOCKET-RECV-ERROR');
});

test('using ends the object with its block', async (t) => {
  const { python, port } = await connected(t);
  {
    using socket = new Socket();
    socket.connect(`127.0.0.1:${port}`, LIMIT);
    await python.run('d, _ = l.accept()');
  }
  assert.equal(await python.value('len(d.recv(1))'), 0);
});

test('datagrams are sent and received whole', async (t) => {
  const python = startPuppet(
    t,
    `u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.bind(('127.0.0.1', 0)); say(u.getsockname()[1])`,
  );
  const port = Number(await python.line());
  const socket = newSocket(t);
  socket.connectINET('127.0.0.1', port, LIMIT, AF_INET, SOCK_DGRAM);
  assert.equal(socket.getPort(), port);
  assert.equal(socket.send('é'), 0);
  assert.equal(
    await python.value('(lambda m: [m[0].hex(), globals().__setitem__("a", m[1])][0])(u.recvfrom(100))'),
    'c3a9',
  );
  await python.run("u.sendto(b'hello', a); u.sendto(b'\\xff', a); u.sendto(b'', a)");
  assert.equal(socket.recv(100, LIMIT), 'hello');
  thrown(() => socket.recv(0, LIMIT), 'ENCODING-CONVERSION-ERROR');
  assert.equal(socket.recvBinary(0, LIMIT).length, 0);
  thrown(() => socket.recv(0, 20), 'SOCKET-TIMEOUT');
  socket.setCharset('KOI8-R');
  thrown(() => socket.send('x'), 'ENCODING-CONVERSION-ERROR');
  const bound = newSocket(t);
  bound.bindINET('127.0.0.1', 0, false, AF_INET, SOCK_DGRAM, 17);
  await python.run(`u.sendto(b'to you', ('127.0.0.1', ${bound.getPort()}))`);
  assert.equal(bound.recv(2, LIMIT), 'to');
  assert.equal(bound.send('nobody'), -1);
  assert.equal(strerror(), 'Destination address required');
});

test('without the addon the module loads, and a socket says what is missing', (t) => {
  const folder = temporaryFolder(t);
  // The library without its folder native/.
  cpSync(`${root}dist`, join(folder, 'dist'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const program = `
import { AF_INET, Socket, strerror } from './dist/dialects/qore/index.js';
const said = [AF_INET];
for (const method of ['connect', 'connectINET', 'connectUNIX', 'connectSSL', 'bindINET', 'bindUNIX'])
  try { new Socket()[method](method.includes('UNIX') ? '/x' : method.includes('INET') ? '127.0.0.1' : '127.0.0.1:80', method.includes('INET') ? 80 : undefined); }
  catch ({ err, cause }) { said.push(err, cause.code); }
console.log(JSON.stringify([...said, new Socket().bind(0), strerror()]));`;
  const words = ['--input-type=module', '-e', program];
  const said = execFileSync(process.execPath, words, { cwd: folder, encoding: 'utf8' });
  const missing = (err: string): string[] => [err, 'ERR_NATIVE_MISSING'];
  assert.deepEqual(JSON.parse(said), [
    2,
    ...Array.from({ length: 4 }, () => missing('SOCKET-CONNECT-ERROR')).flat(),
    ...Array.from({ length: 2 }, () => missing('SOCKET-BIND-ERROR')).flat(),
    -1,
    'Function not implemented',
  ]);
});
