// Owns the loop of a man in the middle between a client or listener of the library and another implementation of TLS: kinds of
// connections, what is done to each, and the laws. It must not know who the other end is.
//
// He sits in a thread of his own, so that a blocking call is a blocking call.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { Worker } from 'node:worker_threads';
import { descriptors } from '../net/kit.js';
import { versions, type Version } from '../tls/kit.js';
import { Draw } from './draw.js';
import { seed } from './size.js';
import { assertLawful, isWhole, type End } from './tls-ends.js';
import type { Order, Report } from './tls-middle-worker.js';
import { mutations, whats } from './tls-mutations.js';

/** For what must not be waited for, and where bytes are held back: it would be in vain. */
export const NEVER = 60_000;
const IN_VAIN = 200;

export interface Attack {
  /** The end of the library. */
  readonly isClient: boolean;
  readonly connections: number;
  /** What a client says, of about so many bytes. Those from 4 to 20 are a secret. */
  payloadOf(this: void, length: number, random: Draw): Buffer;
  /** What the end of the library hears then; the same unless told. */
  answerOf?(this: void, payload: Buffer): Buffer;
  /** The longest payload. */
  readonly most?: number;
}

export interface Kind {
  readonly version: Version;
  /** Certificates of clients, and ALPN. */
  readonly full: boolean;
  readonly resumes: boolean;
}

const kinds: readonly Kind[] = versions.flatMap((version) =>
  [false, true].flatMap((full) => [false, true].map((resumes) => ({ version, full, resumes }))),
);

/** One connection through the middle, with what is done there. */
export type Meet = (
  kind: Kind,
  order: Omit<Order, 'target' | 'kind'>,
  payload: Buffer,
  timeout: number,
) => Promise<Met>;

export interface Met {
  readonly end: End;
  readonly report: Report;
  /** What the other end has to say. */
  readonly other: 'whole' | 'failed' | 'WRONG' | null;
}

export async function underAttack(t: TestContext, o: Attack, meet: Meet): Promise<void> {
  const { isClient, connections, payloadOf, answerOf = (same: Buffer): Buffer => same, most = 40_000 } = o;
  const known: { kind: Kind; usual: object; report: Report }[] = [];
  for (const kind of kinds) {
    const payload = payloadOf(3000, new Draw(1));
    const answer = answerOf(payload);
    const { end, report, other } = await meet(kind, { plan: null, secret: payload.subarray(4, 20) }, payload, NEVER);
    assert.ok(isWhole(end, answer), `${JSON.stringify(kind)}: ${String(end.error)}`);
    assert.notEqual(other, 'failed');
    assert.equal((end.info as { resumed: boolean }).resumed, kind.resumes);
    known.push({ kind, usual: end.info!, report });
  }
  const before = descriptors();
  const random = new Draw(seed);
  const tally = { whole: 0, failed: 0, waited: 0 };
  for (let number = 0; number < connections; number++) {
    const { kind, usual, report: plain } = known[number % known.length]!;
    const what = whats[number % whats.length]!;
    const toServer = random.percent(50);
    const at = random.between(0, (toServer ? plain.toServer : plain.toClient) - 1);
    const payload = payloadOf(random.pick([20, 3000, most]), random);
    const answer = answerOf(payload);
    const order = { plan: { toServer, at, what, seed: random.below(0x7fff_ffff) }, secret: payload.subarray(4, 20) };
    const mayWait = mutations[what].withholds;
    const { end, report, other } = await meet(kind, order, payload, mayWait ? IN_VAIN : NEVER);
    try {
      assertLawful(end, { usual, payload: answer, mayWait });
      assert.notEqual(other, 'WRONG');
      assert.equal(report.wrong[isClient ? 0 : 1], null);
      const whole = isWhole(end, answer);
      if (mutations[what].kind === 'harmless') assert.ok(whole, String(end.error));
      if (mutations[what].kind === 'fatal' && toServer !== isClient && report.applied) assert.ok(!whole);
      tally[whole ? 'whole' : end.error?.name === 'TimeoutError' ? 'waited' : 'failed']++;
    } catch (cause) {
      const where = `${JSON.stringify(kind)}, ${what} to the ${toServer ? 'server' : 'client'} at record ${at}`;
      throw new Error(`BERKELEY_SEED=${seed}, connection ${number}: ${where}`, { cause });
    }
  }
  assert.equal(descriptors(), before);
  t.diagnostic(`${connections} connections, seed ${seed}: ${JSON.stringify(tally)}`);
}

export function nameOf({ version, full, resumes }: Kind): string {
  return `${version} ${full} ${resumes}`;
}

export async function startMiddle(t: TestContext): Promise<{ port: number; order: (order: Order) => Promise<Report> }> {
  const worker = new Worker(new URL('./tls-middle-worker.js', import.meta.url));
  t.after(() => worker.terminate());
  const [port] = (await once(worker, 'message')) as [number];
  return {
    port,
    async order(order) {
      const told = once(worker, 'message');
      worker.postMessage(order);
      const [report] = (await told) as [Report];
      return report;
    },
  };
}
