// A thread that opens, closes, closes again, gives away and takes back, in whatever order its seed says, beside files of its own
// that take the numbers that become free. It says how often one of the files was touched.

import { closeSync, fstatSync, openSync, statSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import * as promises from 'berkeley';
import * as sync from 'berkeley/sync';
import { oneOf, randomOf } from '../life-random.js';

const { seed, actions, file } = workerData as { seed: number; actions: number; file: string };
const random = randomOf(seed);

/** Everything by which one descriptor can be closed. Those that are closed are kept, to be closed again. */
interface Open {
  readonly conn: promises.AsyncConn;
  readonly face: sync.SyncConn;
}
const conns: Open[] = [];
const copies: promises.Socket<'async'>[] = [];
const strangers: number[] = [];
const inode = statSync(file).ino;
let touched = 0;
const codes: Record<string, number> = {};
const pending = new Set<Promise<unknown>>();

function wait(call: Promise<unknown>): void {
  const settled = call
    .catch((error: unknown) => {
      const { code } = error as { code: string };
      codes[code] = (codes[code] ?? 0) + 1;
    })
    .finally(() => pending.delete(settled));
  pending.add(settled);
}

function check(fd: number): void {
  try {
    if (fstatSync(fd).ino !== inode) touched++;
  } catch {
    touched++;
  }
}

const acts: (() => void)[] = [
  () => {
    for (const conn of promises.pair()) conns.push({ conn, face: sync.share(conn) });
    if (conns.length > 60) conns.splice(0, 20).forEach(({ conn }) => conn.abort());
  },
  () => strangers.push(openSync(file, 'r')),
  () => {
    const [fd] = strangers.splice(0, 1);
    if (fd === undefined) return;
    check(fd);
    closeSync(fd);
  },
  () => wait(oneOf(random, conns).conn.close()),
  () => oneOf(random, conns).conn.abort(),
  () => oneOf(random, conns).conn[Symbol.dispose](),
  () => oneOf(random, conns).conn.socket.close(),
  () => oneOf(random, conns).face.close(),
  () => oneOf(random, conns).face.socket.close(),
  () => wait(oneOf(random, conns).conn.read()),
  () => wait(oneOf(random, conns).conn.write('x')),
  () => wait(oneOf(random, conns).conn.read(1, { timeout: 0 })),
  // Closed in the middle of a call, and again, in one turn.
  () => {
    const { conn, face } = oneOf(random, conns);
    wait(conn.read());
    wait(conn.close());
    face.abort();
    wait(conn.close());
  },
  () => copies.push(oneOf(random, conns).conn.socket.dup()),
  () => copies.splice(0, 1)[0]?.close(),
  // Given away and taken back by the other colour; who had it before must not close it any more.
  () => {
    const { conn, face } = oneOf(random, conns);
    const fd = conn.socket.detach();
    const again = sync.adopt(fd);
    conn.abort();
    face.close();
    again.getsockopt(1, 3);
    again.close();
    again.close();
  },
  // Given away, and closed by others; then a file has the number.
  () => {
    const { conn, face } = oneOf(random, conns);
    closeSync(conn.socket.detach());
    const stranger = openSync(file, 'r');
    conn.abort();
    face.socket.close();
    conn[Symbol.dispose]();
    check(stranger);
    strangers.push(stranger);
  },
];

acts[0]!();
for (let i = 0; i < actions; i++) {
  // No more than some, or looking at all of them is all that is done.
  for (const fd of strangers.splice(0, Math.max(0, strangers.length - 40))) {
    check(fd);
    closeSync(fd);
  }
  for (const copy of copies.splice(0, Math.max(0, copies.length - 40))) copy.close();
  try {
    oneOf(random, acts)();
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === undefined || code === 'EBADF') throw error;
    codes[code] = (codes[code] ?? 0) + 1;
  }
  for (const fd of strangers) if (random() < 0.1) check(fd);
  if (random() < 0.2) await new Promise((turn) => setImmediate(turn));
}
for (const { conn } of conns) conn.abort();
for (const copy of copies) copy.close();
while (pending.size > 0) await Promise.all(pending);
for (const fd of strangers) {
  check(fd);
  closeSync(fd);
}
parentPort!.postMessage({ touched, codes });
