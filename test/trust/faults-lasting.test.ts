// Owns faults that last: from the first, the second, … the last call of a kind on all of that kind fail, until the operation has ended.
// It ends by itself, with the code or another way round; nothing spins, and as soon as the calls succeed again all goes on.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as promises from 'berkeley';
import { colours } from '../net/kit.js';
import { sweep, underInjector, type Call, type Fault } from './faults-kit.js';
import { operations, type Operation } from './faults-operations.js';
import { onStage } from './faults-peers.js';

/** A service: what could not be accepted waits in the queue, and is served when that works again. */
const service: Operation = async (net, peers, point) => {
  const listener = await point.spared(() => net.listen('127.0.0.1:0'));
  const taken: promises.AsyncConn[] = [];
  const serve = async (): Promise<void> => {
    for (; taken.length < 3;) {
      taken.push(await listener.accept({ timeout: 10_000 }));
      assert.equal(String(await taken.at(-1)!.readExact(5, { timeout: 10_000 })), 'hello');
    }
  };
  point.after(async (failed) => {
    // The descriptor of the one that failed in its read is still there.
    if (failed !== null) await serve();
    for (const conn of taken) conn.abort();
    listener.close();
    await peers.hangUp();
  });
  await point.spared(async () => {
    for (let i = 0; i < 3; i++) await peers.dial(listener.address.port!);
  });
  await serve();
};

const all: Record<string, Operation> = { ...operations, service };

const lasting: readonly (readonly [title: string, call: Call, fault: Fault])[] = [
  ['service', 'accept', 'EMFILE'],
  ['service', 'accept', 'ENFILE'],
  ['service', 'accept', 'ENOBUFS'],
  ['service', 'receive', 'ENOMEM'],
  ['a relay', 'send', 'ENOBUFS'],
  ['a relay', 'receive', 'ENOMEM'],
  ['a relay', 'splice', 'ENOMEM'],
  ['a relay', 'pipe', 'EMFILE'],
  ['a relay', 'pipe', 'ENFILE'],
  ['a relay', 'ppoll', 'ENOMEM'],
  ['a large write', 'send', 'ENOBUFS'],
  ['a large write', 'timer', 'ENOMEM'],
  ['a large write', 'ppoll', 'ENOMEM'],
  ['writeFile', 'sendfile', 'ENOMEM'],
  ['writeFile under TLS', 'read', 'ENOMEM'],
  ['writeFile', 'open', 'ENFILE'],
  ['writeFile', 'fstat', 'ENOMEM'],
  ['datagrams one by one', 'send', 'ENOBUFS'],
  ['datagrams one by one', 'receive', 'ENOMEM'],
  ['datagrams one by one', 'socket', 'ENFILE'],
  ['datagrams one by one', 'epoll_add', 'ENOMEM'],
  ['many datagrams', 'send', 'ENOBUFS'],
  ['many datagrams', 'receive', 'ENOMEM'],
  ['messages with descriptors', 'send', 'ENOBUFS'],
  ['messages with descriptors', 'receive', 'ENOMEM'],
  ['adopt', 'getsockopt', 'ENOBUFS'],
];

underInjector(import.meta.url, () => {
  const { peers, ended } = onStage();
  for (const [title, call, fault] of lasting)
    for (const [colour, net] of colours) {
      // A wait in the reactor is no poll(2), and the blocking colour has nothing but that.
      if ((colour === 'promises') === (call === 'ppoll') && ['ppoll', 'epoll_add', 'timer'].includes(call)) continue;
      test(`${title} while every ${call} fails (${colour})`, (t) =>
        sweep(t, `${title}, ${call} (${colour})`, {
          calls: [call],
          faults: [fault],
          lasting: true,
          body: (point) => all[title]!(net, peers(), point),
        }));
    }
  ended();
});
