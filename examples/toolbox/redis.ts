// A Redis client: sends the command of its arguments, or those of standard input, one a line and all of them in one pipeline, and
// prints the answers. RESP3 where the server speaks it, else RESP2: https://redis.io/docs/latest/develop/reference/protocol-spec
//
//   node build/examples/toolbox/redis.js TARGET [WORD…]
//   node build/examples/toolbox/redis.js localhost:6379 SET greeting hello
//   node build/examples/toolbox/redis.js unix:/run/redis.sock < commands.txt

import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { connect, type SocketError, type SyncConn } from 'berkeley/sync';

type Reply = string | number | bigint | boolean | null | ServerError | Reply[] | Map<Reply, Reply> | Set<Reply>;
/** What the server refuses is an answer like others, and those to the commands behind it follow. */
class ServerError extends Error {}

const limit = { timeout: '5s' } as const;
const [target, ...words] = process.argv.slice(2);
if (target === undefined) console.log('usage: redis TARGET [WORD…]');
else {
  try {
    const lines = words.length > 0 ? [] : readFileSync(0, 'utf8').split('\n');
    const commands = words.length > 0 ? [words] : lines.map((line) => line.split(/\s+/).filter(Boolean));
    run(target, [['HELLO', '3'], ...commands.filter((command) => command.length > 0)]);
  } catch (error) {
    const { message, hint } = error as SocketError;
    console.error(hint ? `${message}: ${hint}` : message);
    process.exitCode = 1;
  }
}

function run(to: string, commands: readonly string[][]): void {
  using conn = connect(to, limit);
  // All requests in one write, which is one sendmsg(2); the answers come in the same order.
  conn.write(commands.flatMap(encode), limit);
  for (const [name] of commands) {
    const answer = reply(conn);
    // Servers before Redis 6 do not know this word, and go on in RESP2.
    if (name === 'HELLO') continue;
    if (answer instanceof ServerError) process.exitCode = 1;
    console.log(answer instanceof ServerError ? `(error) ${answer.message}` : inspect(answer, { depth: null }));
  }
}

/** A command is an array of strings, each behind its length, so anything may be in them. */
function encode(command: readonly string[]): string[] {
  return [`*${command.length}\r\n`, ...command.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`)];
}

function reply(conn: SyncConn): Reply {
  const line = conn.readLine(limit);
  if (line === null) throw new Error('the server has closed the connection');
  const rest = line.slice(1);
  const many = (count: number): Reply[] => Array.from({ length: count }, () => reply(conn));
  const bytes = (): string => conn.readExact(Number(rest) + 2, limit).toString('utf8', 0, Number(rest));
  const type = line[0] ?? '';
  if (type === '+') return rest;
  if (type === '-') return new ServerError(rest);
  if (type === '!') return new ServerError(bytes());
  if (type === ':' || type === ',') return Number(rest);
  if (type === '(') return BigInt(rest);
  if (type === '#') return rest === 't';
  if (type === '_' || rest === '-1') return null;
  if (type === '$') return bytes();
  if (type === '=') return bytes().slice(4); // behind `txt:` or `mkd:`
  if (type === '*') return many(Number(rest));
  if (type === '~') return new Set(many(Number(rest)));
  if (type === '%')
    return new Map(Array.from({ length: Number(rest) }, (): [Reply, Reply] => [reply(conn), reply(conn)]));
  throw new Error(`no answer begins with ${line}`);
}
