// Owns what a step of the tour is given, and the verification of bytes. It must not know what the steps do.

import type { AsyncConn } from '../../contract/conn.js';
import type { Net } from '../../contract/net.js';

export type Transport = 'tcp4' | 'tcp6' | 'unix';
export type Colour = 'promises' | 'blocking';

/** One thing that the tour does. It returns a few words on what happened, or throws. */
export interface TourStep {
  readonly title: string;
  /** Where the step makes sense; everywhere when absent. */
  readonly on?: readonly Transport[];
  run(tour: Tour): Promise<string>;
}

/** A step that this machine cannot do; the message says why. */
export class Skipped extends Error {}

/** Everything that a step works with: one colour of the library on one transport. */
export class Tour {
  /** Round trips a second, for the table at the end. */
  roundTrips = 0;
  /** How many bytes were compared with what they had to be. */
  verified = 0;

  /**
   * The library in one colour. A blocking call returns the plain value where the type says promise, and `await` is
   * content with either: so every step is written once.
   */
  readonly net: Net<'async'>;
  readonly colour: Colour;
  readonly transport: Transport;
  /** Where the worker serves on this transport. */
  readonly server: string;
  /** A fresh place of this transport to listen on. */
  readonly fresh: () => string;
  /** Where the worker serves under TLS, and its certificate; null when there is none. */
  readonly tls: { readonly server: string; readonly cert: string } | null;

  constructor(place: Pick<Tour, 'net' | 'colour' | 'transport' | 'server' | 'fresh' | 'tls'>) {
    this.net = place.net;
    this.colour = place.colour;
    this.transport = place.transport;
    this.server = place.server;
    this.fresh = place.fresh;
    this.tls = place.tls;
  }

  /** Connects to the worker and asks for one of its services, gives the connection to `use`, and closes it. */
  async ask<T>(service: string, use: (conn: AsyncConn) => Promise<T>): Promise<T> {
    const conn = await this.net.connect(this.server, limit);
    try {
      await conn.writeLine(service, { eol: '\n', ...limit });
      return await use(conn);
    } finally {
      await conn.close();
    }
  }

  /** Compares every byte. */
  same(actual: Uint8Array | string | null, expected: Uint8Array | string, what: string): void {
    const want = bytesOf(expected);
    if (actual === null) throw new Error(`${what}: the end of the stream came instead of ${want.length} bytes`);
    const have = bytesOf(actual);
    if (!have.equals(want)) throw new Error(`${what}: ${show(have)} came instead of ${show(want)}`);
    this.verified += want.length;
  }

  /** Something else than bytes has to be as expected. */
  holds(truth: boolean, what: string): void {
    if (!truth) throw new Error(`not as promised: ${what}`);
  }

  /** Runs what has to fail, and returns its error. */
  async failure(code: string, run: () => Promise<unknown>): Promise<Error & { code: string }> {
    try {
      await run();
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === code) return error as Error & { code: string };
      throw error;
    }
    throw new Error(`${code} was to come, and nothing failed`);
  }
}

/** No call of the tour waits longer, so that it ends with an error instead of standing still. */
export const limit = { timeout: '10s' } as const;

function bytesOf(data: Uint8Array | string): Buffer {
  return typeof data === 'string' ? Buffer.from(data) : Buffer.from(data.buffer, data.byteOffset, data.length);
}

function show(bytes: Buffer): string {
  return bytes.length > 24
    ? `${bytes.length} bytes (${bytes.toString('hex', 0, 12)}…)`
    : JSON.stringify(bytes.toString('latin1'));
}
