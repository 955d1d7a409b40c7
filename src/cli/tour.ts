// Owns `berkeley tour`: its servers in a worker thread, the walk through both colours over every transport, and the
// verdict. It must not know what a step does.

import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { TourCommand } from './arguments.js';
import type { Net } from '../contract/net.js';
import * as promises from '../promises/index.js';
import * as sync from '../sync/index.js';
import { oneLine } from './report.js';
import { NoForge, selfSigned, type SelfSigned } from './self-signed.js';
import { Printer, type Row } from './tour/print.js';
import type { Order, Serving } from './tour/server.js';
import { serverSteps } from './tour/server-steps.js';
import { streamSteps } from './tour/stream-steps.js';
import { tlsSteps } from './tour/tls-steps.js';
import { Skipped, Tour, type Transport } from './tour/tour-step.js';
import { transferSteps } from './tour/transfer-steps.js';

const steps = [...streamSteps, ...serverSteps, ...tlsSteps, ...transferSteps];

/** The exit code: 0 when everything was as promised. */
export async function runTour({ json }: TourCommand, version: string): Promise<number> {
  const from = performance.now();
  const print = new Printer(json);
  const folder = makeFolder();
  const fresh = freshPlaces(folder);
  print.line(`berkeley ${version}, Node.js ${process.version}, ${process.platform} ${process.arch}`);
  const certificate = await ownCertificate();
  const places = (['tcp4', 'tcp6', 'unix'] as const).map((one) => [one, fresh[one](), fresh[one]()] as const);
  const order: Order = { places, certificate };
  const worker = new Worker(new URL('./tour/server.js', import.meta.url), { workerData: order });
  const ended = once(worker, 'exit');
  // Should the thread fail in the middle of the tour, this is awaited only after it.
  ended.catch(() => undefined);
  try {
    const [serving] = (await once(worker, 'message')) as [Serving];
    print.line('A worker thread serves; this thread walks through both colours of the library.');
    const rows = await walkAll(serving, certificate, fresh, print);
    worker.postMessage('over');
    const [code] = (await ended) as [number];
    return verdict(print, rows, code, readdirSync(folder), from) ? 0 : 1;
  } finally {
    await worker.terminate();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function walkAll(
  serving: Serving,
  certificate: SelfSigned | null,
  fresh: Record<Transport, () => string>,
  print: Printer,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { transport, at, tls: secured, why } of serving) {
    if (at === null) {
      // Machines without IPv6 are common; without the others nothing is left to show.
      if (transport !== 'tcp6') throw new Error(why ?? transport);
      print.heading(`${transport}: skipped, this machine has no ::1 (${(why ?? '').replace(/ \(.*/, '')})`);
      continue;
    }
    const colours = [
      ['promises', promises],
      ['blocking', sync as unknown as Net<'async'>],
    ] as const;
    for (const [colour, net] of colours) {
      print.heading(`${transport}, ${colour}: ${at}`);
      const tls = secured === null || certificate === null ? null : { server: secured, cert: certificate.cert };
      const tour = new Tour({ net, colour, transport, server: at, fresh: fresh[transport], tls });
      rows.push(await walk(tour, print));
    }
  }
  return rows;
}

async function walk(tour: Tour, print: Printer): Promise<Row> {
  const row = { tour, steps: 0, failed: 0 };
  for (const step of steps) {
    if (step.on !== undefined && !step.on.includes(tour.transport)) continue;
    const from = performance.now();
    try {
      const words = await step.run(tour);
      print.done(tour, step.title, words, performance.now() - from);
    } catch (error) {
      if (error instanceof Skipped) {
        print.skipped(tour, step.title, error.message);
        continue;
      }
      print.failed(tour, step.title, oneLine(error));
      row.failed++;
    }
    row.steps++;
  }
  return row;
}

function verdict(print: Printer, rows: readonly Row[], serverCode: number, leftFiles: string[], from: number): boolean {
  const total = rows.reduce((sum, row) => sum + row.steps, 0);
  const failed = rows.reduce((sum, row) => sum + row.failed, 0);
  print.table(rows);
  if (serverCode !== 0) print.line(`FAILED: the server's thread ended with ${serverCode}.`);
  if (leftFiles.length > 0) print.line(`FAILED: files of sockets were left behind: ${leftFiles.join(', ')}.`);
  if (failed > 0) print.line(`FAILED: ${failed} of ${total} steps.`);
  const good = total > 0 && failed === 0 && serverCode === 0 && leftFiles.length === 0;
  if (good)
    print.line(
      `All ${total} steps verified, nothing left behind, in ${((performance.now() - from) / 1000).toFixed(1)} s.`,
    );
  print.end(total, failed, good);
  return good;
}

/** Null where it cannot be made: the steps that need it say so. */
async function ownCertificate(): Promise<SelfSigned | null> {
  try {
    return await selfSigned(['localhost']);
  } catch (error) {
    if (error instanceof NoForge) return null;
    throw error;
  }
}

/** A place to listen on that nobody else has, for each transport. */
function freshPlaces(folder: string): Record<Transport, () => string> {
  let count = 0;
  return {
    tcp4: () => '127.0.0.1:0',
    tcp6: () => '[::1]:0',
    unix: () => `unix:${join(folder, String(++count))}`,
  };
}

/** A folder for the files of Unix sockets, whose paths have room for 107 bytes only. */
function makeFolder(): string {
  const parent = Buffer.byteLength(tmpdir()) > 80 ? '/tmp' : tmpdir();
  return mkdtempSync(join(parent, 'berkeley-'));
}
