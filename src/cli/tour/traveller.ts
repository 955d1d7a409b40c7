// Owns the worker that takes a connection over by its descriptor and goes on with the conversation. It must not know
// who began it.

import { parentPort, workerData } from 'node:worker_threads';
import type { Net } from '../../contract/net.js';
import * as promises from '../../promises/index.js';
import * as sync from '../../sync/index.js';
import { oneLine } from '../report.js';
import { limit, type Colour } from './tour-step.js';

export interface Errand {
  readonly fd: number;
  readonly colour: Colour;
  /** What to say; an echo is expected. */
  readonly line: string;
}

export interface Report {
  readonly line: string | null;
  readonly error: string | null;
}

parentPort?.postMessage(await run(workerData as Errand));

async function run({ fd, colour, line }: Errand): Promise<Report> {
  try {
    const net = colour === 'promises' ? promises : (sync as unknown as Net<'async'>);
    const conn = net.conn(net.adopt(fd));
    await conn.writeLine(line, { eol: '\n', ...limit });
    const answer = await conn.readLine(limit);
    await conn.close();
    return { line: answer, error: null };
  } catch (error) {
    return { line: null, error: oneLine(error) };
  }
}
