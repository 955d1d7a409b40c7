// A chat room with a thread for each client, in the blocking colour. The first line of a client is its name, and every further line goes
// to all the others. SIGINT or SIGTERM ends it. Talk to it with `npx berkeley connect TARGET`.
//
//   node build/examples/toolbox/chat.js TARGET

import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { listen, socketPair, type Socket } from 'berkeley';
import { adopt, conn as toConn, LimitError, select, SocketError, type Duration, type SyncConn } from 'berkeley/sync';

if (isMainThread) await host(process.argv[2]);
else serve(workerData as { client: number; room: number });

/** Accepts, and passes on what one thread says to the others: the only part that does not block. */
async function host(target?: string): Promise<void> {
  if (target === undefined) {
    console.log('usage: chat TARGET');
    return;
  }
  const threads = new Set<Socket<'async'>>();
  const listener = await listen(target);
  console.log(`listening on ${listener.address.toString()}`);
  const end = (): void => [listener, ...threads].forEach((one) => one.close());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
  for await (const { socket } of listener) {
    // Messages stay whole, one for each line of the chat. A thread that ends closes its end.
    const [ours, theirs] = socketPair('seqpacket');
    const worker = { client: socket.detach(), room: theirs.detach() };
    new Worker(new URL(import.meta.url), { workerData: worker }).on('error', (error) => console.error(error.message));
    threads.add(ours);
    void passOn(ours, threads);
  }
}

async function passOn(from: Socket<'async'>, threads: Set<Socket<'async'>>): Promise<void> {
  try {
    for (let said; (said = await from.recv()) !== null;) {
      // A thread whose client takes nothing for ten seconds is let go.
      for (const line of threads) if (line !== from) line.send(said, { timeout: '10s' }).catch(() => line.close());
    }
  } catch {
    // Closed, because the program ends or the client was too slow.
  }
  threads.delete(from);
  from.close();
}

function serve({ client, room }: { client: number; room: number }): void {
  using conn = toConn(adopt(client));
  using line = adopt(room);
  let name: string | null = null;
  try {
    name = heard(conn, '1m', 32);
    if (!name) return;
    conn.writeLine(`* hello ${name}`);
    line.send(`* ${name} is here`);
    for (;;) {
      const [ready] = select([
        [conn, { read: true }],
        [line, { read: true }],
      ]);
      // Whoever has begun a line hears nothing until it is ended, for a minute at most.
      const said = ready?.index === 0 ? heard(conn, '1m', 1000) : line.recv();
      if (said === null) break;
      if (typeof said === 'string') line.send(`${name}: ${said}`);
      else conn.writeLine(said.toString(), { timeout: '10s' });
    }
  } catch (error) {
    if (!(error instanceof SocketError)) throw error;
    if (error instanceof LimitError) conn.writeLine('* that is too long');
    else console.error(error.message);
  }
  if (name) line.send(`* ${name} has left`);
  conn.close();
}

/** Control characters could move the others' cursors, and a lone CR is no line end, so writeLine would refuse it. */
function heard(conn: SyncConn, timeout: Duration, max: number): string | null {
  return conn.readLine({ timeout, max })?.replace(/\p{Cc}/gu, ' ') ?? null;
}
