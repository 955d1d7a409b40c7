// A man in the middle who changes the records of real handshakes and connections, from a seed: both ends are the library's. The
// data arrives whole or with an error, nothing that was changed is taken for right, nothing goes out in the clear, nothing is left behind.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openFiles } from '../support/open-files.js';
import { loadTls, promises } from '../tls/room.js';
import { Draw } from './draw.js';
import { seed, size } from './size.js';
import { assertLawful, clientEnd, isWhole, serverEnd, type End } from './tls-ends.js';
import { indecency, meddle, type Heard } from './tls-middle.js';
import { mutations, whats, type Plan, type What } from './tls-mutations.js';
import { scenarios, type Scenario } from './tls-scenarios.js';

const CONNECTIONS = size(2600, 50_000);
const AT_ONCE = 24;
/** Where an end may wait in vain: it is long enough for a handshake, and too long for nothing. */
const IN_VAIN = 500;
/** A long run has what processors nobody else wants, which may be none for a while. */
const NEVER = size(120_000, 1_200_000);

/** A kind of connection, and what it comes to when nobody meddles. */
interface Known {
  readonly scenario: Scenario;
  readonly session: Uint8Array | undefined;
  readonly heard: Heard;
  readonly client: object;
  readonly server: object;
}

const count = counted();

test(`${CONNECTIONS} connections under attack are whole or fail, and nothing wrong is taken for right`, async (t) => {
  const known: Known[] = [];
  for (const scenario of scenarios()) known.push(await undisturbed(scenario));
  const before = openFiles();
  const sessions = count();
  const memory = process.memoryUsage().rss;
  const random = new Draw(seed);
  const tally = { whole: 0, failed: 0, waited: 0, untouched: 0 };
  let next = 0;
  const turn = async (): Promise<void> => {
    while (next < CONNECTIONS) {
      const number = next++;
      const it = known[number % known.length]!;
      const what = whats[Math.floor(number / known.length) % whats.length]!;
      const plan = planned(it, what, new Draw(random.below(0x7fff_ffff)));
      const where = `${it.scenario.title}, ${what} to the ${plan.toServer ? 'server' : 'client'} at record ${plan.at}`;
      try {
        tally[await attacked(it, plan)]++;
      } catch (error) {
        throw new Error(`BERKELEY_SEED=${seed}, connection ${number}: ${where}`, { cause: error });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, turn));
  assert.deepEqual(openFiles(), before);
  assert.equal(count(), sessions, 'sessions of OpenSSL that nobody has freed');
  const grown = Math.round((process.memoryUsage().rss - memory) / 1048576);
  t.diagnostic(`${CONNECTIONS} connections, seed ${seed}: ${JSON.stringify(tally)}; memory grew by ${grown} MiB`);
  assert.ok(grown < 256, `${grown} MiB`);
});

async function undisturbed(scenario: Scenario): Promise<Known> {
  let session: Uint8Array | undefined;
  if (scenario.resumes) {
    session = (await connected(scenario, undefined, null, null, NEVER)).client.session;
    assert.ok(session !== undefined, `${scenario.title}: no session`);
  }
  const { client, server, heard, payload } = await connected(scenario, session, null, null, NEVER);
  assert.ok(isWhole(client, payload) && isWhole(server, payload), scenario.title);
  assert.equal((client.info as { resumed: boolean }).resumed, scenario.resumes);
  return { scenario, session, heard, client: client.info!, server: server.info! };
}

function planned({ heard }: Known, what: What, random: Draw): Plan {
  const toServer = random.percent(50);
  const { length } = toServer ? heard.toServer : heard.toClient;
  // A hello is the first.
  const at = what === 'edit a hello' ? random.pick([0, 0, 0, 1]) : random.between(0, length - 1);
  return { toServer, at, what, random };
}

async function attacked(it: Known, plan: Plan): Promise<'whole' | 'failed' | 'waited' | 'untouched'> {
  const { kind, withholds: mayWait } = mutations[plan.what];
  const { client, server, heard, payload } = await connected(
    it.scenario,
    it.session,
    plan,
    it.heard,
    mayWait ? IN_VAIN : NEVER,
  );
  const common = { payload, mayWait };
  assertLawful(client, { usual: it.client, ...common });
  assertLawful(server, { usual: it.server, ...common });
  assert.ok(!client.clean || server.ended, 'the client has heard an end that the server has not said');
  assert.ok(!server.clean || client.ended, 'the server has heard an end that the client has not said');
  assert.equal(indecency(heard.toServer, heard.rests[0], payload.subarray(4, 20)), null, 'the client');
  assert.equal(indecency(heard.toClient, heard.rests[1], payload.subarray(4, 20)), null, 'the server');
  const whole = isWhole(client, payload) && isWhole(server, payload);
  const waited = [client, server].some(({ error }) => error?.name === 'TimeoutError');
  if (!heard.applied || kind === 'harmless') {
    // A busy machine may not have come to the record in time.
    if (waited && !heard.applied) return 'waited';
    assert.ok(whole, `not whole: ${String(client.error)}; ${String(server.error)}`);
    return heard.applied ? 'whole' : 'untouched';
  }
  if (kind === 'fatal') assert.ok(!isWhole(plan.toServer ? server : client, payload), 'it was taken for right');
  if (whole) return 'whole';
  return waited ? 'waited' : 'failed';
}

interface Outcome {
  readonly client: End;
  readonly server: End;
  readonly heard: Heard;
  readonly payload: Buffer;
}

async function connected(
  scenario: Scenario,
  session: Uint8Array | undefined,
  plan: Plan | null,
  earlier: Heard | null,
  timeout: number,
): Promise<Outcome> {
  const [ours, his] = promises.pair();
  const [hers, theirs] = promises.pair();
  const length = plan === null ? 3000 : plan.random.pick([20, 3000, 40_000]);
  const payload = new Draw(plan?.random.below(0x7fff_ffff) ?? 1).bytes(4 + length);
  payload.writeUInt32BE(length);
  const limits = { timeout, handshakeTimeout: timeout };
  const own = { ...scenario.client, ...(session && { session }), ...limits };
  const [client, server, heard] = await Promise.all([
    clientEnd(ours, () => ours.startTls(own), payload, timeout),
    serverEnd(theirs, () => theirs.startTls({ ...scenario.server, server: true, ...limits }), payload, timeout),
    meddle(his, hers, plan, earlier),
  ]);
  return { client, server, heard, payload };
}

/** Counts what the library takes of OpenSSL and has not given back. */
function counted(): () => number {
  const tls = loadTls();
  const sessionNew = tls.sessionNew.bind(tls);
  const sessionFree = tls.sessionFree.bind(tls);
  const open = new Set<object>();
  Object.assign(tls, {
    sessionNew(...given: Parameters<typeof sessionNew>) {
      const session = sessionNew(...given);
      open.add(session);
      return session;
    },
    sessionFree(session: Parameters<typeof sessionFree>[0]) {
      open.delete(session);
      sessionFree(session);
    },
  } satisfies Partial<typeof tls>);
  return () => open.size;
}
