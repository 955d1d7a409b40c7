// Owns how a client's connection comes about: plain, with TLS from the first byte, or after a dialogue. It must not know
// what is then done with it.

import type { AsyncConn } from '../contract/conn.js';
import type { EventListeners } from '../contract/event.js';
import type { Duration } from '../contract/mode.js';
import type { TlsOptions } from '../contract/tls.js';
import { connect } from '../promises/index.js';
import { askForTls } from './starttls.js';
import type { ClientTls } from './tls-flags.js';

/** Connects, and shakes hands where `tls` is given. `timeout` is for the connection, for each line of a dialogue, and for the handshake. */
export async function open(
  target: string,
  timeout: Duration | undefined,
  tls: ClientTls | null,
  on?: EventListeners,
): Promise<AsyncConn> {
  if (tls === null) return connect(target, { timeout, on });
  const options: TlsOptions = {
    ...tls.options,
    ...(tls.pins.length === 0 ? {} : { pins: [...tls.pins] }),
    verify: !tls.insecure,
  };
  if (tls.starttls === null) return connect(target, { timeout, tls: options, on });
  const conn = await connect(target, { timeout, on });
  try {
    await askForTls(conn, tls.starttls, { timeout });
    await conn.startTls({ ...options, timeout });
    return conn;
  } catch (error) {
    conn[Symbol.dispose]();
    throw error;
  }
}
