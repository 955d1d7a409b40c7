// Owns what the tests of streams share: connected ends over every transport, and how a stream ends. It must not know what is tested.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { test, type TestContext } from 'node:test';
import * as net from 'berkeley';
import { pki } from '../support/pki.js';

export type Transport = 'tcp' | 'unix' | 'tls';
export const transports: readonly Transport[] = ['tcp', 'unix', 'tls'];

/** Two ends of a connection, which are gone after the test. */
export async function ends(t: TestContext, transport: Transport = 'tcp'): Promise<[net.AsyncConn, net.AsyncConn]> {
  const both = await made(transport);
  t.after(() => {
    for (const conn of both) conn.abort();
  });
  return both;
}

async function made(transport: Transport): Promise<[net.AsyncConn, net.AsyncConn]> {
  if (transport === 'unix') return net.pair();
  const { server, root } = pki();
  const tls = transport === 'tls';
  const listener = await net.listen('127.0.0.1:0', tls ? { tls: { cert: server.cert, key: server.key } } : {});
  try {
    const accepting = listener.accept({ timeout: '10s' }).then(async (conn) => {
      if (tls) await conn.handshake({ timeout: '10s' });
      return conn;
    });
    const options = tls ? { tls: { ca: root.cert, serverName: 'localhost' }, timeout: '10s' as const } : {};
    return await Promise.all([net.connect(listener.address, options), accepting]);
  } finally {
    listener.close();
  }
}

/** The same test over each transport. */
export function overEach(
  title: string,
  body: (t: TestContext, a: net.AsyncConn, b: net.AsyncConn, transport: Transport) => Promise<void>,
): void {
  for (const transport of transports)
    test(`${title} (${transport})`, { timeout: 30_000 }, async (t) =>
      body(t, ...(await ends(t, transport)), transport),
    );
}

/** Everything that is still to be read, as one piece. */
export async function rest(stream: Duplex): Promise<Buffer> {
  const pieces: Buffer[] = [];
  stream.on('data', (piece: Buffer) => pieces.push(piece));
  await once(stream, 'end');
  return Buffer.concat(pieces);
}

/** Waits until the stream is closed, and returns the error that it was destroyed with. */
export async function closing(stream: Duplex): Promise<NodeJS.ErrnoException | null> {
  const failures: Error[] = [];
  stream.on('error', (error) => failures.push(error));
  await (stream.closed ? turn() : new Promise((resolve) => stream.once('close', resolve)));
  assert.ok(failures.length < 2, 'an error is emitted once');
  return failures[0] ?? null;
}

/** A turn of the event loop, with what was waiting for it. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
