// Redis at the other end: a pipelined session in its own protocol, with binary keys and values, in both colours.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { installed, startRedis } from '../support/server.js';
import { colours, failureOf, type Conn } from './colours.js';

const limit = { timeout: '10s' } as const;

for (const { name, net } of colours) {
  for (const transport of ['tcp', 'unix'] as const) {
    test(`a pipelined Redis session over ${transport} keeps every byte (${name})`, async (t) => {
      const program = installed(t, 'redis-server');
      if (program === null) return;
      const server = await startRedis(t, program);
      const target = transport === 'tcp' ? `${server.host}:${server.port}` : `unix:${server.path}`;
      const conn = await net.connect(target, limit);
      try {
        await session(conn);
        const failure = await failureOf(() => conn.readLine({ timeout: 50 }));
        assert.equal(failure.code, 'ETIMEDOUT', 'no answer is left over');
        await conn.write(command('QUIT'));
        assert.equal(await reply(conn), 'OK');
        assert.equal(await conn.read(undefined, limit), null);
      } finally {
        await conn.close();
      }
    });
  }

  test(`a blocking pop waits in Redis until another connection pushes (${name})`, async (t) => {
    const program = installed(t, 'redis-server');
    if (program === null) return;
    const server = await startRedis(t, program);
    const popper = await net.connect(`unix:${server.path}`, limit);
    const pusher = await net.connect(server.host, server.port, limit);
    try {
      await popper.write(command('BLPOP', 'queue', '0'));
      assert.equal(await popper.waitReadable({ timeout: 50 }), false);
      await pusher.write(command('RPUSH', 'queue', 'work'));
      assert.equal(await reply(pusher), 1);
      assert.deepEqual(await reply(popper), [Buffer.from('queue'), Buffer.from('work')]);
    } finally {
      await popper.close();
      await pusher.close();
    }
  });

  test(`a Redis that stops ends its connections, and new ones are refused (${name})`, async (t) => {
    const program = installed(t, 'redis-server');
    if (program === null) return;
    const server = await startRedis(t, program);
    const conn = await net.connect(server.host, server.port, limit);
    await server.stop();
    assert.equal(await conn.read(undefined, limit), null);
    await conn.close();
    assert.equal((await failureOf(() => net.connect(server.host, server.port, limit))).code, 'ECONNREFUSED');
  });
}

async function session(conn: Conn): Promise<void> {
  const key = Buffer.from('key\0\r\n\xff', 'latin1');
  const values = [
    Buffer.alloc(0),
    Buffer.from('\0\r\n$5\r\n\0', 'latin1'),
    Buffer.from(Array.from({ length: 256 }, (_, i) => i)),
    randomBytes(1024 * 1024),
  ];
  const commands = values.flatMap((value, i) => [
    command('SET', Buffer.concat([key, Buffer.from([i])]), value),
    command('GET', Buffer.concat([key, Buffer.from([i])])),
  ]);
  // Everything goes out before the first answer is read: 2 MiB come back, so both directions are full at times.
  await conn.write(
    [command('FLUSHALL'), ...commands, command('DBSIZE'), command('GET', 'absent'), command('NOPE')].flat(),
  );
  assert.equal(await reply(conn), 'OK');
  for (const value of values) {
    assert.equal(await reply(conn), 'OK');
    const got = await reply(conn);
    assert.ok(Buffer.isBuffer(got) && got.equals(value), `a value of ${value.length} bytes`);
  }
  assert.equal(await reply(conn), values.length);
  assert.equal(await reply(conn), null);
  await assert.rejects(() => reply(conn), /unknown command/);
}

/** A command in pieces, which leave in one sendmsg(2). */
function command(...words: (string | Buffer)[]): Buffer[] {
  const pieces = [Buffer.from(`*${words.length}\r\n`)];
  for (const word of words) {
    const bytes = Buffer.from(word as Buffer);
    pieces.push(Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n'));
  }
  return pieces;
}

type Reply = string | number | null | Buffer | Reply[];

async function reply(conn: Conn): Promise<Reply> {
  const line = (await conn.readLine(limit)) ?? '';
  const rest = line.slice(1);
  switch (line[0]) {
    case '+':
      return rest;
    case ':':
      return Number(rest);
    case '$':
      return rest === '-1' ? null : bulk(await conn.readExact(Number(rest) + 2, limit));
    case '*': {
      const list: Reply[] = [];
      for (let i = 0; i < Number(rest); i++) list.push(await reply(conn));
      return list;
    }
    default:
      throw new Error(line);
  }
}

function bulk(bytes: Buffer): Buffer {
  assert.equal(bytes.subarray(-2).toString(), '\r\n');
  return bytes.subarray(0, -2);
}
