// Nothing that is handed to a Qore Socket, in whatever state it is, leads to anything but a QoreException.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test, { type TestContext } from 'node:test';
import { AF_INET, QoreException, Socket, SOCK_DGRAM } from 'berkeley/dialects/qore';
import { root } from '../../docs/pages.js';
import { listening, newSocket } from './kit.js';

type Method = (this: Socket, ...given: unknown[]) => unknown;

/** The methods of the class, those that it inherits as well. */
function methods(): Map<string, Method> {
  const found = new Map<string, Method>();
  const chain: object[] = [];
  for (let at: object = Socket.prototype; at !== Object.prototype; at = Object.getPrototypeOf(at) as object)
    chain.push(at);
  for (const each of chain)
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(each)))
      if (typeof value === 'function' && name !== 'constructor') found.set(name, value as Method);
  return found;
}

test('the class has the methods of the page, a few of the later Qore, and no others', () => {
  const page = readFileSync(`${root}test/dialects/members/qore.txt`, 'utf8')
    .split('\n')
    .map((line) => /\tSocket\.(\w+)$/.exec(line)?.[1])
    .filter((name) => name !== undefined);
  const later = ['getConnectionId', 'upgradeClientToSSL', 'upgradeServerToSSL'];
  assert.deepEqual([...methods().keys()].sort(), [...page, ...later].sort());
});

const garbage: readonly unknown[] = [
  ...[NaN, -0, 1.5, 1e300, Infinity, 2n ** 70n, true, null],
  ...['', 'x', '5ms', 'a\0b', 'a b:1', '\ud800', Symbol('s')],
  ...[{}, [], new Date(NaN), new Uint8Array(3), Object.create(null) as object, new Proxy({}, {}), () => 0],
];
/** What is a long limit is no garbage for these. */
const waits = /^(recv[iu]|accept|isDataAvailable|isWriteFinished|upgrade|readHTTPHeader)/;
const isLong = (value: unknown): boolean =>
  value === null || value === Infinity || value === 1e300 || value === 2n ** 70n;

const states: Record<string, (t: TestContext, port: number) => Socket> = {
  new: newSocket,
  listening: (t) => {
    const socket = newSocket(t);
    socket.bind('127.0.0.1:0');
    socket.listen();
    return socket;
  },
  connected: (t, port) => {
    const socket = newSocket(t);
    socket.connect(`127.0.0.1:${port}`);
    return socket;
  },
  'made for datagrams': (t) => {
    const socket = newSocket(t);
    socket.connectINET('127.0.0.1', 9, 1000, AF_INET, SOCK_DGRAM);
    return socket;
  },
};

for (const [state, make] of Object.entries(states))
  test(`garbage for a socket that is ${state} is a QoreException, if anything`, (t) => {
    const { socket: server, port } = listening(t);
    for (const [name, method] of methods()) {
      const socket = make(t, port);
      const peer = state === 'connected' ? server.accept() : null;
      for (const first of garbage) {
        if (waits.test(name) && isLong(first)) continue;
        for (const second of [10, {}]) {
          try {
            method.call(socket, first, second);
          } catch (error) {
            assert.ok(error instanceof QoreException, `${name}: ${String(error)}`);
          }
        }
      }
      socket.close();
      peer?.close();
    }
  });
