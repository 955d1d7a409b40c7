// Owns what the tests of TLS share: the two colours under one type, failures, and a count of open sockets. It must not know
// what is tested.

import assert from 'node:assert/strict';
import * as promises from 'berkeley';
import * as sync from 'berkeley/sync';
import { openFiles } from '../support/open-files.js';

export type Net = typeof promises;
export type Conn = promises.AsyncConn;
export type Listener = promises.Listener<'async'>;
export type TlsInfo = promises.TlsInfo;
export type TlsOptions = promises.TlsOptions;
export type Version = 'TLSv1.2' | 'TLSv1.3';

/** `await` does no harm to a plain value, so the blocking colour has the type of the other. */
export const colours: readonly (readonly [name: string, net: Net])[] = [
  ['promises', promises],
  ['sync', sync as unknown as Net],
];

export const versions: readonly Version[] = ['TLSv1.2', 'TLSv1.3'];

/** A limit for what must not hang. */
export const limit = { timeout: '15s' } as const;

/** Options for exactly this version. */
export function only(version: Version): { minVersion: Version; maxVersion: Version } {
  return { minVersion: version, maxVersion: version };
}

/** What a call fails with, whether it throws or rejects. */
export async function failureOf(call: () => unknown): Promise<promises.SocketError> {
  let value: unknown;
  try {
    value = await call();
  } catch (error) {
    assert.ok(error instanceof promises.SocketError, `not a SocketError: ${String(error)}`);
    return error;
  }
  assert.fail(`it should have failed, and returned ${String(value)}`);
}

/** The same, for a refused certificate: its class, code, phase, hint and verifyCode are as they must be. */
export async function refusalOf(
  call: () => unknown,
  code: string,
  verifyCode: string | null = code,
): Promise<promises.SocketError> {
  const error = await failureOf(call);
  assert.equal(error.code, code, error.message);
  assert.ok(error instanceof promises.CertificateError && error instanceof promises.TlsError, error.name);
  assert.equal(error.name, 'CertificateError');
  assert.equal(error.verifyCode ?? null, verifyCode);
  assert.equal(error.phase, 'tls');
  assert.ok(error.hint !== undefined && error.hint !== '', 'there is no hint');
  return error;
}

/** The sockets that this process has open. */
export function openSockets(): string[] {
  return openFiles()
    .map((file) => file.slice(file.indexOf(' ') + 1))
    .filter((file) => file.startsWith('socket:'));
}

/** Sends a few bytes to an echo and reads them back. */
export async function echoes(conn: Conn, text = 'echo'): Promise<void> {
  await conn.write(text, limit);
  assert.equal((await conn.readExact(Buffer.byteLength(text), limit)).toString(), text);
}

/** Echoes what a client of ours sends, until its end, and closes. */
export async function serveOne(conn: Conn): Promise<void> {
  for (let piece; (piece = await conn.read(undefined, limit)) !== null;) await conn.write(piece, limit);
  await conn.close(limit);
}
