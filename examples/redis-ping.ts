// Asks a Redis server a few things in one pipeline, binary values included, and takes the answers apart.
//
//   node build/examples/redis-ping.js TARGET
//   node build/examples/redis-ping.js localhost:6379

import { connect, type AsyncConn } from 'berkeley';

const [target] = process.argv.slice(2);
if (target === undefined) {
  console.log('usage: redis-ping TARGET');
  process.exit();
}

type Reply = string | number | Buffer | null | Reply[];

const conn = await connect(target, { timeout: '5s' });
const key = `berkeley:example:${process.pid}`;
const value = Buffer.from([0, 13, 10, 255]);
const commands = [['PING'], ['SET', key, value], ['GET', key], ['STRLEN', key], ['DEL', key], ['GET', key]];

// All requests in one write, which is one sendmsg(2); the answers come in the same order.
await conn.write(commands.flatMap(encode));
for (const command of commands) console.log(command[0], '→', await reply(conn));
await conn.close();

/** A command as the protocol wants it: an array of strings, each behind its length. */
function encode(command: (string | Buffer)[]): (string | Buffer)[] {
  return [`*${command.length}\r\n`, ...command.flatMap((word) => [`$${Buffer.byteLength(word)}\r\n`, word, '\r\n'])];
}

async function reply(from: AsyncConn): Promise<Reply> {
  const line = await from.readLine({ timeout: '5s' });
  if (line === null) throw new Error('the server has closed the connection');
  const rest = line.slice(1);
  switch (line[0]) {
    case '+':
      return rest;
    case '-':
      throw new Error(`the server says ${rest}`);
    case ':':
      return Number(rest);
    case '$': {
      if (rest === '-1') return null;
      const bytes = await from.readExact(Number(rest), { timeout: '5s' });
      await from.readExact(2, { timeout: '5s' });
      return bytes;
    }
    case '*': {
      const list: Reply[] = [];
      for (let left = Number(rest); left > 0; left--) list.push(await reply(from));
      return list;
    }
    default:
      throw new Error(`no answer begins with ${line}`);
  }
}
