// Owns `ioredis`, unchanged, over connections of this library: a connector.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { AbstractConnector, Redis } from 'ioredis';
import { connect } from 'berkeley';
import { toDuplex } from 'berkeley/streams';
import { installed, startRedis, type Server } from '../support/server.js';

const limit = { timeout: '10s' } as const;

for (const transport of ['tcp', 'unix'] as const)
  test(`ioredis works over a connector that dials with berkeley (${transport})`, { timeout: 60_000 }, async (t) => {
    const program = installed(t, 'redis-server');
    if (program === null) return;
    const server = await startRedis(t, program);
    const redis = client(server, transport);
    t.after(() => redis.disconnect());
    const large = randomBytes(2_000_000);
    await redis.set('large', large);
    assert.deepEqual(await redis.getBuffer('large'), large);
    // Hundreds at once go out in few writes, and their answers come in order.
    const answers = await Promise.all(Array.from({ length: 500 }, (_, i) => redis.incrby('sum', i)));
    assert.equal(answers.at(-1), (499 * 500) / 2);
    const subscriber = client(server, transport);
    t.after(() => subscriber.disconnect());
    await subscriber.subscribe('news');
    const heard = once(subscriber, 'message');
    await redis.publish('news', 'it works');
    assert.deepEqual(await heard, ['news', 'it works']);
    await assert.rejects(redis.call('NOPE'), /unknown command/);
    assert.equal(await redis.quit(), 'OK');
    assert.equal(await subscriber.quit(), 'OK');
  });

test('ioredis hears of a server that stops, and tries again', { timeout: 60_000 }, async (t) => {
  const program = installed(t, 'redis-server');
  if (program === null) return;
  const server = await startRedis(t, program);
  const redis = client(server, 'tcp');
  t.after(() => redis.disconnect());
  const errors: string[] = [];
  redis.on('error', (error: NodeJS.ErrnoException) => errors.push(error.code ?? error.message));
  assert.equal(await redis.ping(), 'PONG');
  const waiting = assert.rejects(redis.blpop('nothing', 0));
  const closed = once(redis, 'close');
  await server.stop();
  await closed;
  await waiting;
  while (!errors.includes('ECONNREFUSED')) await once(redis, 'reconnecting');
});

function client(server: Server, transport: 'tcp' | 'unix'): Redis {
  const target = transport === 'tcp' ? `${server.host}:${server.port}` : `unix:${server.path}`;
  class Connector extends AbstractConnector {
    constructor() {
      super(2000);
    }

    override connect(): Promise<Socket> {
      this.connecting = true;
      const stream = toDuplex(connect(target, limit)) as unknown as Socket;
      this.stream = stream;
      return Promise.resolve(stream);
    }
  }
  return new Redis({
    Connector: Connector,
    maxRetriesPerRequest: 1,
    retryStrategy: () => 20,
  });
}
