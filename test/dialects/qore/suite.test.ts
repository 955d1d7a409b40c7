// The conversation of Qore's own test of the class, as it stands there: one end in a process of its own. Both ends are this module;
// what each of them puts on the wire is tested against Python elsewhere.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import test from 'node:test';
import { Socket } from 'berkeley/dialects/qore';
import { pki } from '../../support/pki.js';
import { LIMIT, newSocket } from './kit.js';

const TEXT = 'This is a binary string';
const headers = {
  Accept: 'text',
  'Content-Type': 'text',
  'User-Agent': 'Qore HTTP Test Agent',
  Connection: 'Keep-Alive',
};

const server = `
import { Socket } from 'berkeley/dialects/qore';
const [cert, key] = process.argv.slice(1);
const s = new Socket();
if (s.bind(0) || s.listen()) process.exit(2);
if (cert) { s.setCertificate(cert); s.setPrivateKey(key); }
console.log(s.getSocketInfo().port === s.getPort() && s.getPort());
const c = cert ? s.acceptSSL('15s') : s.accept('15s');
const told = [];
const ok = (value) => { told.push(String(value)); c.send('OK'); };
ok(c.recv());
ok(c.recvBinary());
for (const method of ['recvi1', 'recvi2', 'recvi4', 'recvi8', 'recvi2LSB', 'recvi4LSB', 'recvi8LSB']) ok(c[method]());
const head = c.readHTTPHeader();
told.push(head.method, c.recv(head['content-length']));
c.sendHTTPResponse(200, 'OK', '1.1', ${JSON.stringify(headers)}, 'OK');
c.close();
s.close();
console.log(JSON.stringify(told));`;

for (const secure of [false, true])
  test(`strings, binary, integers and HTTP go from one Socket to another${secure ? ' over TLS' : ''}`, async (t) => {
    const identity = secure ? [pki().server.cert, pki().server.key] : [];
    const child = spawn(process.execPath, ['--input-type=module', '-e', server, '--', ...identity], {
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: import.meta.dirname,
    });
    t.after(() => child.kill('SIGKILL'));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const port = (await lines.next()).value as string;
    const socket = newSocket(t);
    if (secure) socket.connectINETSSL('localhost', port, '15s');
    else socket.connectINET('localhost', port, '15s');
    const response = (): void => assert.equal(socket.recv(2, LIMIT), 'OK');
    assert.equal(socket.send(TEXT), 0);
    response();
    assert.equal(socket.send(Buffer.from(TEXT)), 0);
    response();
    for (const [method, value] of [
      ['sendi1', 10],
      ['sendi2', 5121],
      ['sendi4', 2_393_921],
      ['sendi8', 12_309_309_203_932],
      ['sendi2LSB', 5121],
      ['sendi4LSB', 2_393_921],
      ['sendi8LSB', 12_309_309_203_932],
    ] as const) {
      assert.equal(socket[method](value), 0);
      response();
    }
    assert.equal(socket.sendHTTPMessage('POST', 'none', '1.1', headers, TEXT), null);
    const head = socket.readHTTPHeader(LIMIT);
    assert.ok(typeof head !== 'string');
    assert.equal(socket.recv(String(head['content-length']), LIMIT), 'OK');
    assert.deepEqual(JSON.parse((await lines.next()).value as string), [
      TEXT,
      TEXT,
      ...['10', '5121', '2393921', '12309309203932', '5121', '2393921', '12309309203932'],
      'POST',
      TEXT,
    ]);
    assert.deepEqual(child.exitCode === null ? (await once(child, 'exit'))[0] : child.exitCode, 0);
  });

test('getConnectionId counts how often an object was closed', () => {
  const socket = new Socket();
  assert.equal(socket.getConnectionId(), 0);
  assert.equal(socket.bind(0), 0);
  assert.equal(socket.close(), 0);
  assert.equal(socket.getConnectionId(), 1);
});
