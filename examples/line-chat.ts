// A chat room: the first line of a client is its name, and every further line goes to all the others. SIGINT or SIGTERM
// ends it. Talk to it with `npx berkeley connect TARGET`.
//
//   node build/examples/line-chat.js TARGET

import { listen, LimitError, type AsyncConn, type Op } from 'berkeley';

const [target] = process.argv.slice(2);
if (target === undefined) {
  console.log('usage: line-chat TARGET');
  process.exit();
}

const room = new Map<AsyncConn, string>();
const listener = await listen(target);
console.log(`listening on ${listener.address.toString()}`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    listener.close();
    for (const conn of room.keys()) void conn.close();
  });
}
for await (const conn of listener) void talk(conn);

async function talk(conn: AsyncConn): Promise<void> {
  try {
    const name = await nextLine(conn, { timeout: '1m', max: 32 });
    if (name === null || name === '') return;
    await conn.writeLine(`* hello ${name}, ${room.size} others are here`);
    room.set(conn, name);
    tell(conn, `* ${name} is here`);
    for (let line; (line = await nextLine(conn, { max: 1000 })) !== null;) tell(conn, `${name}: ${line}`);
  } catch (error) {
    if (error instanceof LimitError) await conn.writeLine('* that is too long').catch(() => undefined);
  } finally {
    const name = room.get(conn);
    if (room.delete(conn)) tell(conn, `* ${name ?? ''} has left`);
    await conn.close().catch(() => undefined);
  }
}

/** Control characters could move the others' cursors, and a lone CR is no line end, so writeLine would refuse it. */
async function nextLine(conn: AsyncConn, o: Op & { max: number }): Promise<string | null> {
  const line = await conn.readLine(o);
  return line?.replace(/\p{Cc}/gu, ' ') ?? null;
}

function tell(from: AsyncConn, line: string): void {
  console.log(line);
  for (const conn of room.keys()) {
    if (conn === from) continue;
    // Writes to one client go out in the order of the calls. A client that takes nothing for ten seconds is let go.
    conn.writeLine(line, { timeout: '10s' }).catch(() => conn.abort());
  }
}
