// A server that is replaced by a new one without a client noticing: on SIGHUP it starts itself anew and hands its listener on.
// The queue of waiting connections belongs to the open socket, so it goes along. The old process serves its clients to their end.
// Clients send lines and get them back behind the number of the process.
//
//   node build/examples/graceful-restart.js TARGET     SIGHUP replaces it, SIGINT or SIGTERM ends it

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { listen, SocketError, type AsyncConn } from 'berkeley';

const INHERITED = 3;
const isSuccessor = process.env['SUCCESSOR'] === 'yes';
const target = isSuccessor ? `fd:${INHERITED}` : process.argv[2];
if (target === undefined) {
  console.log('usage: graceful-restart TARGET');
  process.exit();
}

const listener = await listen(target);
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
process.on('SIGHUP', () => void replace());
console.log(`${process.pid} ${isSuccessor ? 'has taken over' : 'listening on'} ${listener.address.toString()}`);
if (isSuccessor) process.send!('ready');

try {
  for (;;) void serve(await listener.accept({ signal: stop.signal }));
} catch (error) {
  if (!stop.signal.aborted) throw error;
}
listener.close();
process.removeAllListeners('SIGHUP');
if (process.connected) process.disconnect();

async function replace(): Promise<void> {
  const { fd } = listener.sockets[0]!.setInheritable(true);
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url)], {
    stdio: ['ignore', 'inherit', 'inherit', fd, 'ipc'],
    env: { ...process.env, SUCCESSOR: 'yes' },
  });
  // Until the new one says that it accepts, this one does; should that fail, nothing has happened.
  const outcome = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  if (outcome[0] !== 'ready') return;
  child.disconnect();
  child.unref();
  stop.abort();
}

async function serve(conn: AsyncConn): Promise<void> {
  try {
    for (let line; (line = await conn.readLine()) !== null;) await conn.writeLine(`${process.pid} ${line}`);
    await conn.close();
  } catch (error) {
    conn[Symbol.dispose]();
    if (!(error instanceof SocketError)) throw error;
  }
}
