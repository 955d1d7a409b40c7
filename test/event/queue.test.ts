// Owns EventQueue: what is in it and what is lost, who gets what, and how it ends.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as promises from 'berkeley';
import { eventQueue, type Events, type SocketEvent } from 'berkeley';
import { inBothColours, type Net } from '../net/kit.js';
import { course } from './kit.js';

const numbers = (events: readonly SocketEvent[]): number[] => events.map((event) => (event as Events['sent']).bytes);

/** Posts `sent` with these numbers of bytes. */
async function post(net: Net, queue: promises.EventQueue, ...bytes: number[]): Promise<void> {
  const [a, b] = net.pair();
  a.events(queue);
  for (const n of bytes) {
    await a.write(Buffer.alloc(n));
    await b.readExact(n);
  }
  a.events(null);
  a.abort();
  b.abort();
}

inBothColours('a queue that is full loses its oldest events, and counts them', async (net) => {
  const queue = eventQueue({ limit: 3 });
  await post(net, queue, 1, 2, 3);
  assert.equal(queue.size, 3);
  assert.equal(queue.dropped, 0);
  await post(net, queue, 4, 5);
  assert.equal(queue.size, 3);
  assert.equal(queue.dropped, 2);
  assert.deepEqual(numbers([queue.shift()!]), [3]);
  await post(net, queue, 6);
  assert.equal(queue.dropped, 2, 'there was room');
  assert.deepEqual(numbers(queue.drain()), [4, 5, 6]);
  assert.equal(queue.size, 0);
  assert.equal(queue.shift(), undefined);
  assert.deepEqual(queue.drain(), []);
});

inBothColours('a queue holds 1,024 events unless told, or all there are', async (net) => {
  const usual = eventQueue();
  const endless = eventQueue({ limit: Infinity });
  const many = Array.from({ length: 5000 }, (_, i) => (i % 7) + 1);
  await post(net, usual, ...many.slice(0, 1030));
  assert.equal(usual.size, 1024);
  assert.equal(usual.dropped, 6);
  assert.deepEqual(numbers(usual.drain()), many.slice(6, 1030));
  await post(net, endless, ...many);
  assert.equal(endless.size, 5000);
  const taken: SocketEvent[] = [];
  for (let event; (event = endless.shift()) !== undefined;) taken.push(event);
  assert.deepEqual(numbers(taken), many);
});

inBothColours(
  'events(queue) takes the place of the queue before, events(null) ends it, events() is what there is',
  async (net) => {
    const [a, b] = net.pair();
    const first = a.events();
    assert.equal(a.events(), first, 'it is the same until another takes its place');
    await a.write('1');
    const second = eventQueue();
    assert.equal(a.events(second), second);
    assert.equal(a.events(second), second, 'twice is once');
    await a.write('22');
    assert.deepEqual(numbers(first.drain()), [1]);
    assert.deepEqual(numbers(second.drain()), [2]);
    assert.equal(a.events(null), null);
    await a.write('333');
    assert.equal(second.size, 0);
    assert.notEqual(a.events(), second);
    a.abort();
    b.abort();
  },
);

inBothColours('one queue takes the events of several connections in order, each with its id', async (net) => {
  const queue = eventQueue();
  const [a, b] = net.pair();
  for (const conn of [a, b]) conn.events(queue);
  await a.write('ping');
  await b.read();
  await b.write('pong');
  await a.read();
  a.abort();
  b.abort();
  assert.deepEqual(
    queue.drain().map(({ id, event }) => [id === a.id ? 'a' : id === b.id ? 'b' : '?', event].join(' ')),
    ['a sent', 'b read', 'b sent', 'a read', 'a closed', 'a deleted', 'b closed', 'b deleted'],
  );
});

test('an iteration waits for events, and ends after close when the queue is empty', async () => {
  const queue = eventQueue();
  const [a, b] = promises.pair();
  a.events(queue);
  const collected: SocketEvent[] = [];
  const iterating = (async () => {
    for await (const event of queue) {
      collected.push(event);
      if (event.event === 'deleted') queue.close();
    }
  })();
  await a.write('x');
  await b.read();
  await b.write('y');
  await a.read();
  await a.close();
  await iterating;
  assert.equal(course(collected), 'sent read closed deleted');
  b.abort();
});

test('several iterations share the events: each goes to one of them, in turn', async () => {
  const queue = eventQueue();
  const [one, two] = [queue[Symbol.asyncIterator](), queue[Symbol.asyncIterator]()];
  const waiting = [one.next(), two.next(), one.next()];
  await post(promises, queue, 1, 2, 3, 4);
  const got = await Promise.all(waiting);
  assert.deepEqual(numbers(got.map(({ value }) => value as SocketEvent)), [1, 2, 3]);
  assert.deepEqual(numbers(queue.drain()), [4]);
  const last = [one.next(), two.next()];
  queue.close();
  assert.deepEqual(await Promise.all(last), [
    { done: true, value: undefined },
    { done: true, value: undefined },
  ]);
});

test('leaving an iteration closes nothing', async () => {
  const queue = eventQueue();
  await post(promises, queue, 1, 2);
  for await (const event of queue) {
    assert.deepEqual(numbers([event]), [1]);
    break;
  }
  await post(promises, queue, 3);
  assert.deepEqual(numbers(queue.drain()), [2, 3]);
});

inBothColours('a closed queue takes no more events, and what is in it can still be taken out', async (net) => {
  const queue = eventQueue();
  await post(net, queue, 1, 2);
  queue.close();
  queue.close();
  await post(net, queue, 3);
  assert.equal(queue.size, 2);
  assert.equal(queue.dropped, 0);
  const left: SocketEvent[] = [];
  for await (const event of queue) left.push(event);
  assert.deepEqual(numbers(left), [1, 2]);
});

test('a limit is a whole number above 0, or Infinity', () => {
  for (const limit of [0, -1, 1.5, NaN, -Infinity]) assert.throws(() => eventQueue({ limit }), RangeError);
  for (const limit of ['1', null, {}, 1n]) assert.throws(() => eventQueue({ limit: limit as number }), TypeError);
  for (const options of [null, 7, 'x']) assert.throws(() => eventQueue(options as unknown as object), TypeError);
  assert.equal(eventQueue({ limit: undefined }).size, 0);
});
