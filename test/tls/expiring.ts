// Owns a listener that asks for certificates, and what one visit to it came to: for tests in which time makes a certificate
// worthless. It must not know what expires.

import assert from 'node:assert/strict';
import { pki, type Issued } from '../support/pki.js';
import { limit, type Listener, type Net, type TlsInfo, type TlsOptions, type Version } from './kit.js';
import type { TlsPeer } from './peer.js';

const { root, server } = pki();

/** Whoever accepts such a certificate must still be asked about it each time. */
export async function listenLeniently(net: Net, more: TlsOptions): Promise<Listener> {
  const tls = { cert: server.cert, key: server.key, clientCert: 'require', ca: root.leaf, verify: false } as const;
  return await net.listen('127.0.0.1:0', { tls: { ...tls, ...more } });
}

/** The peer comes, with a certificate or with a session that it has kept, and is answered. */
export async function came(
  peer: TlsPeer,
  listener: Listener,
  how: { version: Version; shows?: Issued; keep?: string; use?: string },
): Promise<TlsInfo> {
  const visiting = peer.visit(listener.address.port!, { ca: root.leaf, host: 'localhost', ...how });
  const conn = await listener.accept(limit);
  const info = await conn.handshake(limit);
  await conn.write(await conn.readExact(4, limit), limit);
  assert.equal(await conn.read(undefined, limit), null);
  await conn.close(limit);
  await visiting;
  return info;
}
