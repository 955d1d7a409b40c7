// What FatScript's names throw: misuse before anything happens, and what the system refuses, each under FatScript's name for it.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  bind,
  ClientSocket,
  connect,
  ServerSocket,
  setSSL,
  verifySSL,
  type FatError,
} from 'berkeley/dialects/fatscript';
import { pair, SocketError } from 'berkeley/sync';
import { temporaryFolder } from '../../support/launch.js';
import { pki } from '../../support/pki.js';
import { startPuppet } from '../../support/python.js';

/** Calls that the types forbid. */
const wild = { bind, connect, setSSL, verifySSL } as unknown as Record<string, (...args: unknown[]) => unknown>;
type Wild = Record<'accept' | 'receive' | 'send', (...args: unknown[]) => unknown>;

function fails(name: FatError['name'], call: () => unknown, about: RegExp): void {
  assert.throws(call, (error: FatError) => {
    assert.equal(error.name, name, error.message);
    assert.match(error.message, about);
    assert.match(error.code, /^ERR_INVALID_ARG_(TYPE|VALUE)$/);
    assert.ok(error instanceof TypeError || error instanceof RangeError);
    return true;
  });
}

test('an argument that is missing is a CallError, of another type a TypeError, of another value a ValueError', (t) => {
  const server = bind(0) as unknown as Wild & ServerSocket;
  const [ours, theirs] = pair();
  const con = new ClientSocket(ours) as unknown as Wild & ClientSocket;
  t.after(() => {
    server.close();
    con.close();
    theirs.close();
  });

  fails('CallError', () => wild['connect']!(), /"addr"/);
  fails('CallError', () => wild['connect']!('localhost'), /"port"/);
  fails('TypeError', () => wild['connect']!(127001, 80), /"addr"/);
  fails('TypeError', () => wild['connect']!('localhost', '80'), /"port"/);
  fails('TypeError', () => wild['connect']!('localhost', 80, 1), /"useSSL"/);
  for (const addr of ['', 'a b', 'x\0y', 'a/b', '1.2.3.4.5.6:7'])
    fails('ValueError', () => wild['connect']!(addr, 80), /addr|host/);
  for (const port of [-1, 65536, 1.5, NaN, Infinity]) {
    fails('ValueError', () => connect('localhost', port), /"port"/);
    fails('ValueError', () => bind(port), /"port"/);
  }
  fails('CallError', () => wild['bind']!(), /"port"/);
  fails('TypeError', () => wild['bind']!('80'), /"port"/);
  fails('CallError', () => wild['verifySSL']!(), /"enabled"/);
  for (const enabled of [0, 'false', null]) fails('TypeError', () => wild['verifySSL']!(enabled), /"enabled"/);
  fails('CallError', () => wild['setSSL']!(), /"certPath"/);
  fails('CallError', () => wild['setSSL']!('cert.pem'), /"keyPath"/);
  fails('TypeError', () => wild['setSSL']!(Buffer.from('cert.pem'), 'key.pem'), /"certPath"/);
  fails('ValueError', () => setSSL('', 'key.pem'), /"certPath"/);
  fails('ValueError', () => setSSL('cert.pem', 'k\0ey.pem'), /"keyPath"/);

  fails('CallError', () => con.receive(), /"nBytes"/);
  fails('TypeError', () => con.receive('5'), /"nBytes"/);
  for (const nBytes of [0, -1, 1.5, NaN, Infinity]) fails('ValueError', () => con.receive(nBytes), /"nBytes"/);
  fails('CallError', () => con.send(), /"data"/);
  for (const data of [5, null, {}, ['a'], true]) fails('TypeError', () => con.send(data), /"data"/);

  fails('CallError', () => server.accept(), /"wait"/);
  fails('TypeError', () => server.accept('0'), /"wait"/);
  for (const wait of [-2, -0.5, NaN, -Infinity]) fails('ValueError', () => server.accept(wait), /"wait"/);
});

test('nothing but a connection makes a ClientSocket, and nothing but a listener a ServerSocket', () => {
  for (const value of [undefined, null, 5, {}, { fd: 3 }]) {
    assert.throws(() => new ClientSocket(value as never), TypeError);
    assert.throws(() => new ServerSocket(value as never), TypeError);
  }
});

test('what the system refuses is an AsyncError, with everything that the library knows of it', async (t) => {
  const python = startPuppet(t, "s = socket.socket(); s.bind(('127.0.0.1', 0))");
  const port = (await python.value('s.getsockname()[1]')) as number;
  assert.throws(
    () => connect('127.0.0.1', port),
    (error: SocketError) => {
      assert.ok(error instanceof SocketError);
      assert.deepEqual([error.name, error.code, error.phase], ['AsyncError', 'ECONNREFUSED', 'connect']);
      assert.equal(error.attempts[0]!.code, 'ECONNREFUSED');
      return true;
    },
  );
  assert.throws(() => connect('no-such-host.invalid', 80), { name: 'AsyncError', phase: 'lookup' });
  await python.run('s.listen()');
  assert.throws(() => bind(port), { name: 'AsyncError', code: 'EADDRINUSE' });
});

test('a closed socket throws AsyncError, and closing it again does nothing', () => {
  const [ours, theirs] = pair();
  const con = new ClientSocket(ours);
  con.close();
  con.close();
  assert.throws(() => con.receive(1), { name: 'AsyncError', code: 'ERR_SOCKET_CLOSED' });
  assert.throws(() => con.send('x'), { name: 'AsyncError', code: 'ERR_SOCKET_CLOSED' });
  theirs.close();
  const server = bind(0);
  server.close();
  for (const wait of [-1, 0, 10])
    assert.throws(() => server.accept(wait), { name: 'AsyncError', code: 'ERR_SOCKET_CLOSED' });
});

test('setSSL fails early, by FileError, and leaves what was set before', async (t) => {
  const folder = temporaryFolder(t);
  const { server, client } = pki();
  const bad = join(folder, 'bad.pem');
  writeFileSync(bad, 'no certificate');
  const missing = join(folder, 'missing.pem');
  for (const [cert, key, code] of [
    [missing, server.keyFile, 'ENOENT'],
    [server.certFile, missing, 'ENOENT'],
    [folder, server.keyFile, 'EISDIR'],
    [bad, server.keyFile, 'ERR_TLS_CERTIFICATE'],
    [server.certFile, bad, 'ERR_TLS_KEY'],
    [server.certFile, client.keyFile, 'ERR_TLS_KEY_MISMATCH'],
  ] as const)
    assert.throws(() => setSSL(cert, key), { name: 'FileError', code });
  const listener = bind(0);
  const python = startPuppet(t, `a = socket.create_connection(('127.0.0.1', ${listener.port})); a.sendall(b'plain')`);
  const con = listener.accept(10_000)!;
  assert.deepEqual(con.ssl, Buffer.alloc(0));
  assert.deepEqual(con.receive(5), Buffer.from('plain'), 'no TLS was switched on');
  con.close();
  listener.close();
  await python.value('1');
});
