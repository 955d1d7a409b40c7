// Owns the steps of the tour that move many bytes, and the one that moves a connection to another thread.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { payload, sha256 } from './payload.js';
import { limit, type TourStep } from './tour-step.js';
import type { Errand, Report } from './traveller.js';

const MiB = 1024 * 1024;

export const transferSteps: readonly TourStep[] = [
  {
    title: '4 MiB there',
    run: (tour) =>
      tour.ask(`hash ${4 * MiB}`, async (conn) => {
        const bytes = payload(4 * MiB);
        await conn.write(bytes, limit);
        tour.same(await conn.readLine(limit), sha256(bytes), 'the SHA-256 that the server computed');
        tour.verified += bytes.length;
        return `SHA-256 ${sha256(bytes).slice(0, 16)}...`;
      }),
  },
  {
    title: '4 MiB back',
    run: (tour) =>
      tour.ask(`send ${4 * MiB}`, async (conn) => {
        const buffer = Buffer.alloc(4 * MiB);
        let length = 0;
        for (;;) {
          const n = await conn.readInto(buffer.subarray(length), limit);
          if (n === 0) break;
          length += n;
          if (length === buffer.length) break;
        }
        tour.same(buffer.subarray(0, length), payload(4 * MiB), 'the bytes');
        tour.holds((await conn.read(1, limit)) === null, 'nothing comes after them');
        return `SHA-256 ${sha256(buffer).slice(0, 16)}...`;
      }),
  },
  {
    title: 'round trips',
    run: (tour) =>
      tour.ask('echo', async (conn) => {
        const message = payload(64);
        const answer = Buffer.alloc(64);
        const from = performance.now();
        let count = 0;
        let ms: number;
        do {
          await conn.write(message, limit);
          for (let length = 0; length < 64;) {
            const n = await conn.readInto(answer.subarray(length), limit);
            if (n === 0) throw new Error('the server ended');
            length += n;
          }
          tour.same(answer, message, 'the echo');
          count++;
          ms = performance.now() - from;
        } while (ms < 150);
        tour.roundTrips = (count / ms) * 1000;
        return `${count} times 64 bytes there and back`;
      }),
  },
  {
    title: 'to a worker',
    async run(tour) {
      const conn = await tour.net.connect(tour.server, limit);
      await conn.writeLine('echo', { eol: '\n', ...limit });
      await conn.writeLine('here', { eol: '\n', ...limit });
      tour.same(await conn.readLine(limit), 'here', 'the line from this thread');
      const errand: Errand = { fd: conn.socket.detach(), colour: tour.colour, line: 'there' };
      const worker = new Worker(new URL('./traveller.js', import.meta.url), { workerData: errand });
      const [report] = (await once(worker, 'message', { signal: AbortSignal.timeout(10_000) })) as [Report];
      if (report.error !== null) throw new Error(report.error);
      tour.same(report.line, 'there', 'the line from the other thread');
      return 'detach, adopt in a thread, and the talk goes on';
    },
  },
];
