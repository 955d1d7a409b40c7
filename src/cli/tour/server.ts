// Owns the worker that serves the tour: a listener for each transport, and one with TLS, the service chosen by the first
// line of each connection. It must not know what the tour does with it.
//
//   echo      sends back what comes, to the end
//   hash N    takes N bytes and answers with their SHA-256 as a line
//   send N    sends N bytes and ends
//   starttls  begins TLS, sends a line back, ends TLS, and sends another one back

import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import type { AsyncConn } from '../../contract/conn.js';
import type { Listener, ListenOptions } from '../../contract/listener.js';
import type { TlsOptions } from '../../contract/tls.js';
import { SocketError } from '../../error/socket-error.js';
import { listen } from '../../promises/index.js';
import { oneLine } from '../report.js';
import type { SelfSigned } from '../self-signed.js';
import { payload } from './payload.js';
import { limit, type Transport } from './tour-step.js';

export interface Order {
  /** Where to listen on each transport: in plain text, and with TLS. */
  readonly places: readonly (readonly [transport: Transport, plain: string, tls: string])[];
  /** Null when there is to be no TLS. */
  readonly certificate: Pick<SelfSigned, 'cert' | 'key'> | null;
}

/** Where it listens, or why not. */
export type Serving = readonly Served[];
interface Served {
  readonly transport: Transport;
  readonly at: string | null;
  readonly tls: string | null;
  readonly why: string | null;
}

const port = parentPort;
if (port === null) throw new Error('this file is a worker of the tour');

const { places, certificate } = workerData as Order;
const listeners: Listener<'async'>[] = [];
const serving: Served[] = [];
for (const [transport, plain, secured] of places) {
  try {
    const at = await open(plain, {});
    const tls = certificate === null ? null : await open(secured, { tls: certificate });
    serving.push({ transport, at, tls, why: null });
  } catch (error) {
    serving.push({ transport, at: null, tls: null, why: oneLine(error) });
  }
}
for (const listener of listeners) void serveAll(listener);

// Any message means that the tour is over: with the listeners closed nothing is left to wait for, and the thread ends.
port.once('message', () => {
  for (const listener of listeners) listener.close();
});
port.postMessage(serving);

async function open(at: string, options: ListenOptions): Promise<string> {
  const listener = await listen(at, options);
  listeners.push(listener);
  return listener.address.toString();
}

async function serveAll(listener: Listener<'async'>): Promise<void> {
  for await (const conn of listener) void serve(conn);
}

async function serve(conn: AsyncConn): Promise<void> {
  try {
    const [service, size] = ((await conn.readLine(limit)) ?? '').split(' ');
    if (service === 'echo') await echo(conn);
    else if (service === 'hash') await hash(conn, Number(size));
    else if (service === 'send') await conn.write(payload(Number(size)), limit);
    else if (service === 'starttls' && certificate !== null) await startAndStop(conn, certificate);
    await conn.close();
  } catch (error) {
    conn.abort();
    if (!(error instanceof SocketError)) throw error;
  }
}

async function echo(conn: AsyncConn): Promise<void> {
  for await (const piece of conn) await conn.write(piece, limit);
}

async function hash(conn: AsyncConn, size: number): Promise<void> {
  const digest = createHash('sha256');
  const buffer = Buffer.alloc(64 * 1024);
  for (let left = size; left > 0;) {
    const n = await conn.readInto(buffer.subarray(0, Math.min(left, buffer.length)), limit);
    if (n === 0) break;
    digest.update(buffer.subarray(0, n));
    left -= n;
  }
  await conn.writeLine(digest.digest('hex'), { eol: '\n', ...limit });
}

async function startAndStop(conn: AsyncConn, options: TlsOptions): Promise<void> {
  await conn.writeLine('220 go on', limit);
  await conn.startTls({ ...options, server: true, ...limit });
  await conn.writeLine((await conn.readLine(limit)) ?? '', limit);
  await conn.stopTls(limit);
  await conn.writeLine((await conn.readLine(limit)) ?? '', limit);
}
