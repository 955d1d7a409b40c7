// Owns the fault points of a worker that starts and opens sockets: its system calls fail once each. It says why, or works; its process
// goes on, and the next worker works.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import * as promises from 'berkeley';
import { sweep, underInjector, type Fault } from './faults-kit.js';
import { onStage } from './faults-peers.js';
import { size } from './size.js';

interface Report {
  readonly said?: string;
  readonly failed?: { message: string; code: string; syscall?: string; known: boolean };
}

underInjector(import.meta.url, () => {
  const { peers, ended } = onStage();
  const all: readonly Fault[] = ['EMFILE', 'ENOMEM', 'ENFILE', 'ENOBUFS', 'ECONNRESET'];
  const faults = all.slice(0, size(1, all.length));
  test('a worker whose system calls fail says so or works, and leaves nothing', (t) =>
    sweep(t, 'a worker', {
      faults,
      async body() {
        const { said, failed } = await report(peers().at('echo'));
        if (failed !== undefined) {
          assert.ok(failed.known, failed.message);
          // Errors do not come whole from another thread.
          throw new promises.SocketError(failed.message, {
            phase: 'connect',
            code: failed.code,
            syscall: failed.syscall,
          });
        }
        assert.equal(said, 'there back');
      },
    }));
  ended();
});

async function report(target: string): Promise<Report> {
  const worker = new Worker(new URL('./faults-worker.js', import.meta.url), { workerData: target });
  try {
    return await new Promise<Report>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`the worker ended with ${code} and said nothing`)));
    });
  } finally {
    await worker.terminate();
  }
}
