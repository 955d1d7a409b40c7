// Owns the man in the middle in a thread of his own, so that whom he meddles with may block. An order at a time: he takes the
// next connection on his port, dials the target, and tells what he has heard when both have ended.

import { parentPort } from 'node:worker_threads';
import { connect, listen } from 'berkeley';
import { Draw } from './draw.js';
import { indecency, meddle, type Heard } from './tls-middle.js';
import type { Plan } from './tls-mutations.js';

export interface Order {
  /** The port of the server. */
  readonly target: number;
  /** What is done; null for nothing. `seed` makes its luck. */
  readonly plan: (Omit<Plan, 'random'> & { readonly seed: number }) | null;
  /** What must not be seen. */
  readonly secret: Uint8Array;
  /** The kind of the connection: records of an earlier one of the same kind may be used. */
  readonly kind: string;
}

export interface Report {
  readonly applied: boolean;
  /** How many records each end has said. */
  readonly toServer: number;
  readonly toClient: number;
  /** What is wrong with what the client and the server have said. */
  readonly wrong: readonly [client: string | null, server: string | null];
}

const port = parentPort!;
const listener = await listen('127.0.0.1:0');
const known = new Map<string, Heard>();
port.on('message', (order: Order) => void carryOut(order));
port.postMessage(listener.address.port);

async function carryOut({ target, plan, secret, kind }: Order): Promise<void> {
  const client = await listener.accept();
  const server = await connect(`127.0.0.1:${target}`);
  const heard = await meddle(client, server, plan && { ...plan, random: new Draw(plan.seed) }, known.get(kind) ?? null);
  if (plan === null) known.set(kind, heard);
  const { toServer, toClient, rests, applied } = heard;
  const report: Report = {
    applied,
    toServer: toServer.length,
    toClient: toClient.length,
    wrong: [indecency(toServer, rests[0], Buffer.from(secret)), indecency(toClient, rests[1], Buffer.from(secret))],
  };
  port.postMessage(report);
}
