// Owns the way to block without berkeley: node:net in a worker, memory shared with it, Atomics.wait in the main thread.

import { connect } from 'node:net';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { measure, readArguments, type RoundTrips } from './support.js';

interface Shared {
  readonly wanted: RoundTrips;
  /** Set to 1 by the worker when it is connected, and when an echo is whole. */
  readonly flag: Int32Array;
  readonly message: Uint8Array;
  readonly answer: Uint8Array;
}

if (isMainThread) main();
else work(workerData as Shared);

function main(): void {
  const wanted = readArguments();
  const shared: Shared = {
    wanted,
    flag: new Int32Array(new SharedArrayBuffer(4)),
    message: new Uint8Array(new SharedArrayBuffer(wanted.size)).fill(120),
    answer: new Uint8Array(new SharedArrayBuffer(wanted.size)),
  };
  const worker = new Worker(new URL(import.meta.url), { workerData: shared });
  const wait = (): void => {
    while (Atomics.load(shared.flag, 0) === 0) {
      if (Atomics.wait(shared.flag, 0, 0, 10_000) === 'timed-out') throw new Error('no echo within ten seconds');
    }
    Atomics.store(shared.flag, 0, 0);
  };
  wait();
  measure(wanted, () => {
    worker.postMessage(null);
    wait();
  });
  if (!Buffer.from(shared.answer).equals(shared.message)) throw new Error('the echo differs');
  process.exit(0);
}

function work({ wanted, flag, message, answer }: Shared): void {
  const done = (): void => {
    Atomics.store(flag, 0, 1);
    Atomics.notify(flag, 0);
  };
  let got = 0;
  const socket = connect({ host: '127.0.0.1', port: wanted.port, noDelay: true }, done);
  socket.on('data', (piece) => {
    answer.set(piece, got);
    got += piece.length;
    if (got < wanted.size) return;
    got = 0;
    done();
  });
  parentPort!.on('message', () => socket.write(message));
}
