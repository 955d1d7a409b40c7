// Owns how a plan is carried out on a connection, in any colour: writes and reads of every kind, within limits that expire and
// under signals that abort, and a hash of what was written and of what was read.

import assert from 'node:assert/strict';
import { createHash, type Hash } from 'node:crypto';
import { codecs, SocketError, type AsyncConn, type Op } from 'berkeley';
import { Draw } from '../draw.js';
import { bytesOf, NUMBER, payloadOf, type Plan, type Segment } from './plan.js';

/** What one end has of one direction. */
export class Tally {
  n = 0;
  readonly #hash: Hash = createHash('sha256');
  #digest: string | null = null;

  add(bytes: Uint8Array): void {
    this.n += bytes.length;
    this.#hash.update(bytes);
  }

  get sha256(): string {
    return (this.#digest ??= this.#hash.digest('hex'));
  }
}

export interface Outcome {
  readonly written: Tally;
  readonly read: Tally;
  /** Calls that a limit or a signal ended. */
  ended: number;
  /** A write was among them. */
  gaveUp: boolean;
  /** Where the peer's reset was found. */
  code: string | null;
}

const frames = codecs.lengthPrefixed('u32');
const LONG = { timeout: '5m' } as const;

/** The whole life of a connection, after its first line. Blocking connections have the same methods, so `await` does for both. */
export async function carryOut(conn: AsyncConn, plan: Plan, signal: AbortSignal): Promise<Outcome> {
  const work = new Work(conn, plan, signal);
  const { outcome } = work;
  try {
    if (plan.manner === 'in turn') for (const segment of plan.segments) await work.inTurn(segment);
    else await Promise.all([work.writeAll(), work.readAll()]);
  } catch (error) {
    if (error === CUT) {
      conn.abort();
      return outcome;
    }
    if (plan.manner !== 'their reset') throw error;
    outcome.code = error instanceof EarlyEnd ? 'EOF' : (error as SocketError).code;
    conn.abort();
    return outcome;
  }
  if (plan.id % 2 === 0) {
    await conn.closeWrite(LONG);
    assert.equal(await conn.read(1, LONG), null);
  }
  await conn.close(LONG);
  const { by, clean } = conn.closeInfo!;
  assert.ok(by === 'local' || by === 'remote', by);
  // A write that was given up makes the end unclean, also where the program has sent the rest.
  assert.ok(clean || outcome.gaveUp);
  return outcome;
}

/** Of all lines. */
const LONGEST = 300_000;
class EarlyEnd extends Error {}
const CUT = new Error('here it is cut');

class Work {
  readonly outcome: Outcome = { written: new Tally(), read: new Tally(), ended: 0, gaveUp: false, code: null };
  readonly #conn: AsyncConn;
  readonly #plan: Plan;
  readonly #writing: Draw;
  readonly #reading: Draw;
  readonly #long: { readonly timeout: '5m'; readonly signal?: AbortSignal };

  constructor(conn: AsyncConn, plan: Plan, signal: AbortSignal) {
    this.#conn = conn;
    this.#plan = plan;
    this.#writing = new Draw(plan.id);
    this.#reading = new Draw(plan.id + 1);
    this.#long = this.#writing.percent(30) ? { ...LONG, signal } : LONG;
  }

  async inTurn(segment: Segment): Promise<void> {
    await this.#write(segment);
    await this.#read(segment);
  }

  async writeAll(): Promise<void> {
    for (const segment of this.#plan.segments) await this.#write(segment);
  }

  async readAll(): Promise<void> {
    for (const segment of this.#plan.segments) await this.#read(segment);
  }

  async #write(segment: Segment): Promise<void> {
    const conn = this.#conn;
    const bytes = bytesOf(segment);
    if (segment.kind === 'number') await conn.writeNum('u64', bytes.readBigUInt64BE(), this.#long);
    else if (segment.kind === 'frame') await conn.framed(frames).write(payloadOf(bytes), this.#long);
    else if (segment.kind === 'line')
      await conn.writeLine(bytes.toString('latin1', 0, bytes.length - 1), { ...this.#long, eol: '\n' });
    else await this.#writeInPieces(bytes);
    this.outcome.written.add(bytes);
    if (this.#plan.manner === 'our reset' && this.outcome.written.n > this.#plan.cut) throw CUT;
  }

  async #writeInPieces(bytes: Buffer): Promise<void> {
    const draw = this.#writing;
    for (let at = 0; at < bytes.length;) {
      const piece = bytes.subarray(at, at + draw.size(bytes.length));
      const cut = draw.below(piece.length + 1);
      const data = draw.percent(30) ? [piece.subarray(0, cut), piece.subarray(cut)] : piece;
      const hasty = draw.percent(20);
      try {
        at += await this.#conn.write(data, hasty ? { timeout: draw.below(3) } : this.#long);
      } catch (error) {
        // What went out, went out; the rest is for the next call.
        at += this.#endedEarly(error, hasty).bytesDone;
        this.outcome.gaveUp = true;
      }
    }
  }

  async #read(segment: Segment): Promise<void> {
    const conn = this.#conn;
    const { read } = this.outcome;
    if (segment.kind === 'number') {
      const bytes = Buffer.alloc(NUMBER);
      bytes.writeBigUInt64BE(await this.#atLast((o) => conn.readNum('u64', o)));
      read.add(bytes);
    } else if (segment.kind === 'line') {
      const line = await this.#atLast((o) => conn.readLine({ ...o, max: LONGEST }));
      if (line === null) throw new EarlyEnd('the end in place of a line');
      read.add(Buffer.from(`${line}\n`));
    } else if (segment.kind === 'frame') {
      const payload = await this.#atLast((o) => conn.framed(frames).read(o));
      if (payload === null) throw new EarlyEnd('the end in place of a frame');
      const prefix = Buffer.alloc(4);
      prefix.writeUInt32BE(payload.length);
      read.add(prefix);
      read.add(payload);
    } else for (let left = segment.size; left > 0;) left -= await this.#readPiece(left);
  }

  /** Some of the next bytes, how ever they are asked for. */
  async #readPiece(left: number): Promise<number> {
    const conn = this.#conn;
    const draw = this.#reading;
    const way = draw.below(4);
    const n = way < 2 ? left : Math.min(left, draw.size(65_536));
    const piece = await this.#atLast((o) =>
      way === 0 ? conn.readExact(n, o) : way === 1 ? this.#readInto(n, o) : conn.read(n, o),
    );
    if (piece === null || piece.length === 0) throw new EarlyEnd('the end in place of bytes');
    this.outcome.read.add(piece);
    return piece.length;
  }

  /** Often a limit or a signal ends the call first. Then it has taken nothing, and the next one finds everything. */
  async #atLast<T>(call: (o: Op) => Promise<T>): Promise<T> {
    const draw = this.#reading;
    while (draw.percent(25)) {
      const control = draw.percent(50) ? new AbortController() : null;
      try {
        const going = call(control === null ? { timeout: draw.below(3) } : { signal: control.signal });
        control?.abort();
        return await going;
      } catch (error) {
        this.#endedEarly(error, true);
      }
    }
    return call(this.#long);
  }

  async #readInto(n: number, o: Op): Promise<Buffer> {
    const target = Buffer.alloc(n);
    return target.subarray(0, await this.#conn.readInto(target, o));
  }

  #endedEarly(error: unknown, hasty: boolean): SocketError {
    if (!hasty || !(error instanceof SocketError) || !['ETIMEDOUT', 'ABORT_ERR'].includes(error.code)) throw error;
    this.outcome.ended++;
    return error;
  }
}
