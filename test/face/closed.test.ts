// Owns the test that every method of what is closed says so.

import assert from 'node:assert/strict';
import { failure, inBothColours } from '../net/kit.js';

type Wild = Record<string, (...given: unknown[]) => unknown>;

inBothColours('every method of what is closed is a ClosedError', async (net) => {
  const [one, two] = net.pair();
  await two.write('lost on purpose');
  const socket = net.socket();
  const { socket: below } = one;
  await one.close();
  socket.close();
  const ofClosed: [object, string, unknown[]][] = [
    ...['read', 'readLine', 'readAll', 'waitReadable', 'waitFlushed', 'closeWrite'].map(
      (call): [object, string, unknown[]] => [one, call, []],
    ),
    [one, 'readInto', [Buffer.alloc(1)]],
    [one, 'readExact', [1]],
    [one, 'readUntil', ['x']],
    [one, 'peek', [1]],
    [one, 'unread', ['x']],
    [one, 'write', ['x']],
    [one, 'write', ['']],
    [one, 'writeLine', ['x']],
    [one, 'readHttpHead', []],
    [one, 'writeHttpRequest', [{ method: 'GET', path: '/' }]],
    [one, 'writeHttpResponse', [{ status: 200 }]],
    [one, 'shutdown', ['rd']],
    ...['recv', 'accept', 'tryAccept', 'listen', 'getsockname', 'getpeername', 'queued', 'dup', 'detach'].flatMap(
      (call): [object, string, unknown[]][] => [
        [socket, call, []],
        [below, call, []],
      ],
    ),
    [socket, 'bind', ['127.0.0.1:0']],
    [socket, 'connect', ['127.0.0.1:1']],
    [socket, 'send', ['x']],
    [socket, 'sendAll', [['x']]],
    [socket, 'recvInto', [Buffer.alloc(1)]],
    [socket, 'recvFrom', []],
    [socket, 'recvMsg', []],
    [socket, 'recvMany', [1]],
    [socket, 'sendTo', ['x', '127.0.0.1:1']],
    [socket, 'sendMsg', [{ data: 'x' }]],
    [socket, 'sendMany', [[{ data: 'x' }]]],
    [socket, 'poll', [{ read: true }]],
    [socket, 'shutdown', ['rd']],
    [socket, 'setInheritable', [true]],
    [socket, 'getOption', [net.options.SO_KEEPALIVE]],
    [socket, 'setOption', [net.options.SO_KEEPALIVE, true]],
    [socket, 'getsockopt', [1, 1]],
    [socket, 'setsockopt', [1, 1, 1]],
    [net, 'conn', [socket]],
    [net, 'select', [[[one, { read: true }]]]],
  ];
  for (const [on, call, given] of ofClosed) {
    const error = await failure(() => (on as Wild)[call]!(...given));
    assert.ok(error instanceof net.ClosedError, `${call}: ${error.message}`);
    assert.equal(error.code, 'ERR_SOCKET_CLOSED');
  }
  for (const property of ['keepAlive', 'linger', 'quickAck'])
    assert.ok((await failure(() => Reflect.get(one, property))) instanceof net.ClosedError, property);
  await one.close();
  one.abort();
  two.abort();
});
