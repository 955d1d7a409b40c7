// Owns the man in the middle: he joins two connections, does to the records what a plan says, and keeps everything that both
// ends have said. It must not know who they are.

import type * as promises from 'berkeley';
import { Mutator, record, takeRecords, type Plan } from './tls-mutations.js';

/** What the two ends have said, before anything was done to it, record by record. */
export interface Heard {
  readonly toServer: readonly Buffer[];
  readonly toClient: readonly Buffer[];
  /** What is no whole record: the end came in it. */
  readonly rests: readonly [toServer: Buffer, toClient: Buffer];
  readonly applied: boolean;
}

type Conn = promises.AsyncConn;

/** Resolves when both ends have ended. `earlier` is what an earlier connection of the same kind has said. */
export async function meddle(client: Conn, server: Conn, plan: Plan | null, earlier: Heard | null): Promise<Heard> {
  const heard = { toServer: [] as Buffer[], toClient: [] as Buffer[] };
  const mutator = (toServer: boolean): Mutator =>
    new Mutator(plan?.toServer === toServer ? plan : null, {
      earlier: (toServer ? earlier?.toServer : earlier?.toClient) ?? [],
      other: toServer ? heard.toClient : heard.toServer,
    });
  const ways = [mutator(true), mutator(false)] as const;
  const rests = await Promise.all([
    pump(client, server, ways[0], heard.toServer),
    pump(server, client, ways[1], heard.toClient),
  ]);
  // What was passed on last may still be on its way.
  for (const conn of [client, server]) await conn.close().catch(() => undefined);
  return { ...heard, rests, applied: ways.some(({ applied }) => applied) };
}

/** What is wrong with what an end has said, whatever it was told: null when nothing is. */
export function indecency(said: readonly Buffer[], rest: Buffer, secret: Buffer): string | null {
  const [first] = said;
  if (first === undefined && rest.length > 0 && (rest[0]! < 20 || rest[0]! > 23))
    return `no TLS: ${rest.toString('hex')}`;
  for (const [i, one] of said.entries()) {
    const [type, major] = one;
    // A version that nobody speaks is refused in its own words: a fatal alert protocol_version.
    const refused = type === record.alert && one.subarray(3).equals(Buffer.of(0, 2, 2, 70));
    if (type! < record.change || type! > record.data || (major !== 3 && !refused))
      return `no record of TLS: ${one.toString('hex')}`;
    const warning = type === record.alert && one.length === 7 && one[5] === 1 && one[6] !== 0;
    if (type === record.alert && !warning && i < said.length - 1)
      return `${said.length - 1 - i} records behind an alert`;
  }
  if (Buffer.concat([...said, rest]).includes(secret)) return 'the secret in the clear';
  return null;
}

async function pump(from: Conn, to: Conn, way: Mutator, said: Buffer[]): Promise<Buffer> {
  let rest = Buffer.alloc(0);
  let open = true;
  const send = async (pieces: readonly Buffer[]): Promise<void> => {
    for (const piece of pieces) {
      if (!open || piece.length === 0) continue;
      // Whoever has gone does not hear it; what the other one says is still written down.
      open = await to.write(piece).then(
        () => true,
        () => false,
      );
    }
  };
  const finish = async (how: 'end' | 'reset'): Promise<void> => {
    if (how === 'reset') for (const conn of [from, to]) conn.abort();
    else if (open) await to.closeWrite().catch(() => undefined);
    open = false;
  };
  for (;;) {
    const piece = await from.read().catch(() => undefined);
    if (piece === null || piece === undefined) {
      await send([rest]);
      await finish(piece === null ? 'end' : 'reset');
      return rest;
    }
    const taken = takeRecords(Buffer.concat([rest, piece]));
    rest = Buffer.from(taken.rest);
    for (const one of taken.records) {
      said.push(one);
      const { pieces, end } = way.pass(one);
      await send(pieces);
      if (end !== undefined) await finish(end);
    }
  }
}
