// Owns the library's end of a connection through the man in the middle: a client, and a listener. It must not know who the other
// end is.

import type { TestContext } from 'node:test';
import type { AsyncConn, TlsOptions } from 'berkeley';
import type { Net } from '../net/kit.js';
import { pki } from '../support/pki.js';
import { only } from '../tls/kit.js';
import { clientEnd, serverEnd } from './tls-ends.js';
import { nameOf, NEVER, startMiddle, type Kind, type Meet, type Met } from './tls-mutated-loop.js';

/** `serverOf` gives the port of a server for connections of this kind; it is asked once for those that differ in `resumes` only. */
export async function clients(t: TestContext, net: Net, serverOf: (kind: Kind) => Promise<number>): Promise<Meet> {
  const middle = await startMiddle(t);
  const { root, client } = pki();
  const ports = new Map<string, number>();
  const sessions = new Map<string, Uint8Array>();
  return async function meet(kind, order, payload, timeout) {
    const name = nameOf({ ...kind, resumes: false });
    let target = ports.get(name);
    if (target === undefined) ports.set(name, (target = await serverOf(kind)));
    const session = kind.resumes ? sessions.get(name) : undefined;
    const tls: TlsOptions = {
      ca: root.cert,
      serverName: 'localhost',
      ...only(kind.version),
      ...(kind.full && { cert: client.cert, key: client.key, alpn: ['bk-two', 'bk-one'] }),
      ...(session && { session }),
    };
    const reported = middle.order({ ...order, target, kind: nameOf(kind) });
    const conn = await net.connect(`127.0.0.1:${middle.port}`, { timeout });
    const end = await clientEnd(conn, () => conn.startTls({ ...tls, timeout }), payload, timeout);
    if (order.plan === null && end.session !== undefined) sessions.set(name, end.session);
    return { end, report: await reported, other: null };
  };
}

/** A client of somebody else's: it begins at once, and what it returns is called when the library's end is over. */
export type Visit = (
  port: number,
  kind: Kind,
  payload: Buffer,
  /** Nobody meddles, and what it needs to resume can be kept. */
  plain: boolean,
) => () => Promise<Met['other']>;

export async function servers(t: TestContext, net: Net, visit: Visit): Promise<Meet> {
  const middle = await startMiddle(t);
  const { root, server } = pki();
  const listeners = new Map<string, ReturnType<Net['listen']>>();
  t.after(async () => {
    for (const listener of listeners.values()) (await listener).close();
  });
  return async function meet(kind, order, payload, timeout) {
    const name = nameOf({ ...kind, resumes: false });
    let listening = listeners.get(name);
    if (listening === undefined) {
      const full: TlsOptions = { alpn: ['bk-one'], clientCert: 'require', ca: root.cert };
      const tls = { cert: server.cert, key: server.key, ...only(kind.version), ...(kind.full && full) };
      listeners.set(name, (listening = net.listen('127.0.0.1:0', { tls })));
    }
    const listener = await listening;
    const reported = middle.order({ ...order, target: listener.address.port!, kind: nameOf(kind) });
    const said = visit(middle.port, kind, payload, order.plan === null);
    const conn: AsyncConn = await listener.accept({ timeout: NEVER });
    const end = await serverEnd(conn, () => conn.handshake({ timeout }), payload, timeout);
    return { end, report: await reported, other: await said() };
  };
}
