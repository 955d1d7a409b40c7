// A blocking server in one thread: it waits for all that it has in one `select`, echoes four bytes to each client, and says what
// became of the others when nobody is left.

import { parentPort, workerData } from 'node:worker_threads';
import { listen, select, type PollEvents, type Listener, type SyncConn } from 'berkeley/sync';
import type { CrowdEnd, CrowdTask } from '../tls-crowd-end.js';

const { tls, clients, patience } = workerData as CrowdTask;
const listener = listen('127.0.0.1:0', { tls, backlog: clients });
parentPort!.postMessage(listener.address.port);

const since = new Map<SyncConn, number>();
const ends: CrowdEnd[] = [];
for (let left = clients; left > 0;) {
  const conns = [...since.keys()];
  const all: [SyncConn | Listener<'sync'>, PollEvents][] = [listener, ...conns].map((one) => [one, { read: true }]);
  for (const { index } of select(all, { timeout: 50 })) {
    if (index === 0) since.set(listener.accept(), performance.now());
    else if (served(conns[index - 1]!)) left--;
  }
  for (const conn of conns) {
    if (!since.has(conn) || performance.now() - since.get(conn)! < patience) continue;
    // Its handshake is over, and it says nothing: that is for the program to end.
    ended(conn, null);
    left--;
  }
}
listener.close();
parentPort!.postMessage(ends);

/** True: it is gone, well or badly. */
function served(conn: SyncConn): boolean {
  try {
    conn.write(conn.readExact(4, { timeout: 0 }));
    conn.close({ timeout: 1000 });
    since.delete(conn);
  } catch (error) {
    ended(conn, error as Error & { phase?: string });
  }
  return true;
}

function ended(conn: SyncConn, error: (Error & { phase?: string }) | null): void {
  const took = performance.now() - since.get(conn)!;
  ends.push({ phase: error?.phase ?? null, name: error?.name ?? null, took, closed: conn.socket.fd === -1 });
  conn.abort();
  since.delete(conn);
}
