// Owns the two colours as a test sees them: one body, run on both. `await` does no harm to a plain value, so the blocking
// colour is given the promise colour's type.

import * as promises from 'berkeley';
import * as sync from 'berkeley/sync';

export type Net = typeof promises;
export type Conn = promises.AsyncConn;
export type Listener = promises.Listener<'async'>;
export type Socket = promises.Socket<'async'>;

export interface Colour {
  readonly name: 'promises' | 'blocking';
  readonly net: Net;
}

export const colours: readonly Colour[] = [
  { name: 'promises', net: promises },
  { name: 'blocking', net: sync as unknown as Net },
];

/** What a call fails with, whether it throws or rejects. */
export async function failureOf(call: () => unknown): Promise<promises.SocketError> {
  try {
    await call();
  } catch (error) {
    if (error instanceof promises.SocketError) return error;
    throw error;
  }
  throw new Error('the call was expected to fail');
}
