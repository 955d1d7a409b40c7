// Misuse of Magnolia's functions is thrown, at the call and before anything happens, with a callback as without; and so are handles that
// are none any more.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import * as socket from 'berkeley/dialects/magnolia';
import { pair } from 'berkeley/sync';
import { root } from '../../docs/pages.js';
import { pki } from '../../support/pki.js';
import { connected, listening, ways } from './kit.js';

type Wild = Record<string, (...args: unknown[]) => unknown>;
const wild = socket as unknown as Wild;
const [, ask] = ways[0]!;
const never = (): never => assert.fail('the callback of a call that was misuse was called');

/** Thrown without a callback, and with one. */
function throws(
  name: string,
  args: unknown[],
  about: RegExp,
  type: typeof TypeError | typeof RangeError = TypeError,
): void {
  for (const callback of [[], [never]])
    assert.throws(
      () => wild[name]!(...args, ...callback),
      (error: NodeJS.ErrnoException) => {
        assert.ok(error instanceof type, `${name}: ${error.message}`);
        assert.match(error.code ?? '', /^ERR_INVALID_ARG_(TYPE|VALUE)$/);
        assert.match(error.message, about);
        return true;
      },
    );
}

test('arguments of wrong types are thrown', async (t) => {
  const { handle } = await connected(ask, t);
  for (const address of [undefined, null, 80, {}, ['a:80']]) throws('connect', [address], /"address"/);
  for (const options of [5, 'tls', true, []]) throws('connect', ['127.0.0.1:1', options], /"options"/);
  for (const [name, value] of [
    ['tls', 1],
    ['server', 'yes'],
    ['insecureSkipVerify', 0],
    ['serverName', true],
    ['certFile', 5],
    ['keyFile', {}],
  ] as const) {
    throws('connect', ['127.0.0.1:1', { [name]: value }], new RegExp(`"options\\.${name}"`));
    throws('startTLS', [handle, { [name]: value }], new RegExp(`"options\\.${name}"`));
    assert.throws(() => wild['listen']!('127.0.0.1:0', never, { [name]: value }), TypeError);
  }
  for (const data of [undefined, null, 5, {}, ['x']]) {
    throws('send', [handle, data], /"data"/);
    throws('sendLine', [handle, data], /"line"/);
  }
  for (const size of [undefined, '5', null]) {
    throws('recv', [handle, size], /"size"/);
    throws('recvExact', [handle, size], /"size"/);
  }
  for (const size of [-1, 1.5, NaN, Infinity]) {
    throws('recv', [handle, size], /"size"/, RangeError);
    throws('recvExact', [handle, size], /"size"/, RangeError);
  }
  throws('recvExact', [handle, 2 ** 40], /"size"/, RangeError);
  for (const address of [undefined, 80, null]) assert.throws(() => wild['listen']!(address, never), /"address"/);
  for (const callback of [undefined, 'fn', {}])
    assert.throws(() => wild['listen']!('127.0.0.1:0', callback), /"onConnect"/);
});

test('null stands for no options, and for an option that is not given; unknown options are ignored', async (t) => {
  const { python, port } = await listening(t);
  for (const options of [null, undefined, { tls: null, serverName: null }, { colour: 'red' }, Object.create(null)]) {
    const answer = socket.connect(`127.0.0.1:${port}`, options as socket.Options);
    assert.ok(answer.type === 'ok' && !answer.tls);
    socket.close(answer.socket);
    await python.run('take()');
  }
});

test('a character above 255 is thrown, and says to pass a Buffer; nothing is sent', async (t) => {
  const { python, handle } = await connected(ask, t);
  throws('send', [handle, 'price: 5 \u20ac'], /pass a Buffer/);
  throws('sendLine', [handle, '\u0100'], /pass a Buffer/);
  socket.close(handle);
  assert.equal(await python.value('len(everything(c))'), 0);
});

test('sendLine refuses what would be more lines than one; nothing is sent', async (t) => {
  const { python, handle } = await connected(ask, t);
  for (const line of ['RCPT TO:<you>\r\nDATA', 'a\nb', 'a\rb', '\n', Buffer.from('x\r\n')])
    throws('sendLine', [handle, line], /one line/);
  socket.close(handle);
  assert.equal(await python.value('len(everything(c))'), 0);
});

test('what is no handle, was closed, or never was, is thrown by every call', async (t) => {
  const { handle } = await connected(ask, t);
  assert.deepEqual(socket.close(handle), { type: 'closed' });
  const [ours, theirs] = pair();
  t.after(() => [ours, theirs].forEach((conn) => conn.abort()));
  const wrong = [
    undefined,
    null,
    5,
    'socket',
    {},
    { type: 'socket' },
    { id: 0 },
    { type: 'socket', id: '0' },
    { type: 'file', id: 0 },
    ours,
  ];
  const gone = [handle, { type: 'socket', id: 1e9 }, { type: 'socket', id: -1 }, { type: 'socket', id: 0.5 }];
  for (const value of [...wrong, ...gone]) {
    throws('send', [value, 'x'], /"socket"/);
    throws('sendLine', [value, 'x'], /"socket"/);
    throws('recv', [value, 1], /"socket"/);
    throws('recv', [value, 0], /"socket"/);
    throws('recvExact', [value, 1], /"socket"/);
    throws('recvLine', [value], /"socket"/);
    throws('startTLS', [value], /"socket"/);
    throws('close', [value], /"socket"/);
  }
  for (const value of wrong) assert.throws(() => wild['Socket']!(value), /"socket"/);
});

test("connect's whole answer is no handle, and the error says what is", async (t) => {
  const { port } = await listening(t);
  const answer = socket.connect(`127.0.0.1:${port}`);
  assert.ok(answer.type === 'ok');
  throws('send', [answer, 'x'], /the `socket` of what you passed/);
  assert.throws(() => wild['Socket']!(answer), /the `socket` of what you passed/);
  socket.close(answer.socket);
});

test('certificate options that are missing or cannot be used are thrown', async (t) => {
  const { handle } = await connected(ask, t);
  const { server, client } = pki();
  const files = { certFile: server.certFile, keyFile: server.keyFile };
  for (const options of [
    { server: true },
    { server: true, certFile: files.certFile },
    { server: true, keyFile: files.keyFile, certFile: '' },
  ]) {
    throws('startTLS', [handle, options], /certFile and keyFile/);
    throws('connect', ['127.0.0.1:1', { tls: true, ...options }], /certFile and keyFile/);
  }
  assert.throws(() => wild['listen']!('127.0.0.1:0', never, { tls: true }), /certFile and keyFile/);
  for (const [options, code] of [
    [{ ...files, certFile: '/no/such/file' }, 'ENOENT'],
    [{ ...files, keyFile: client.keyFile }, 'ERR_TLS_KEY_MISMATCH'],
    [{ ...files, certFile: server.keyFile }, 'ERR_TLS_CERTIFICATE'],
  ] as const) {
    assert.throws(() => wild['startTLS']!(handle, { server: true, ...options }), { code });
    assert.throws(() => wild['listen']!('127.0.0.1:0', never, { tls: true, ...options }), { code });
    assert.throws(() => wild['connect']!('127.0.0.1:1', { tls: true, ...options }), { code });
  }
  assert.deepEqual(socket.send(handle, 'still plain'), { type: 'sent', bytes: 11 }, 'nothing began');
});

test('what a callback throws is uncaught, as of any callback, and so is misuse that shows late', () => {
  // In a process of its own: the test runner takes an uncaught exception for a failure.
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', throwing], {
    cwd: root,
    encoding: 'utf8',
    timeout: 15_000,
  });
  assert.equal(
    stdout,
    'handle 0\nuncaught: from the callback\nuncaught: ENOENT\nuncaught: from onConnect\nand the next one comes\n',
    stderr,
  );
});

const throwing = `
import * as socket from 'berkeley/dialects/magnolia';
import { listen } from 'berkeley/sync';
const probe = listen('127.0.0.1:0'), address = String(probe.address);
probe.close();
process.on('uncaughtException', (error) => {
  console.log('uncaught: ' + (error.code ?? error.message));
  next();
});
let come = 0;
const stop = socket.listen(address, (event) => {
  socket.close(event.socket);
  if (come++ === 1) throw new Error('from onConnect');
  if (come > 2) { console.log('and the next one comes'); stop(); }
});
const { socket: handle } = socket.connect(address);
console.log('handle ' + handle.id);
const steps = [
  () => socket.send(handle, 'x', () => { throw new Error('from the callback'); }),
  () => socket.startTLS(handle, { server: true, certFile: '/no/such/file', keyFile: '/no/such/file' }, () => console.log('never')),
  () => socket.close(socket.connect(address).socket),
  () => { socket.close(socket.connect(address).socket); socket.close(handle); },
];
function next() { steps.shift()?.(); }
next();
`;
