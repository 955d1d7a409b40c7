// Sessions that a listener of the library hands out, in both colours, with TLS 1.2 and 1.3: Python and `openssl s_client`
// take them up.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, test } from 'node:test';
import { pki, type Issued } from '../support/pki.js';
import {
  colours,
  limit,
  only,
  refusalOf,
  serveOne,
  versions,
  type Conn,
  type Listener,
  type Net,
  type TlsInfo,
  type TlsOptions,
  type Version,
} from './kit.js';
import { TlsPeer, type Found, type Visit } from './peer.js';

const { root, client, server } = pki();
const peer = new TlsPeer();
after(() => peer.end());

let slots = 0;
const fingerprint = (one: Issued): string => createHash('sha256').update(one.x509.raw).digest('hex');
const shownBy = (one: Issued): TlsOptions => ({ cert: one.cert, key: one.key });

/** What a test works with: a listener of this colour, and clients of this version. */
interface Bench {
  readonly version: Version;
  listen(tls?: TlsOptions): Promise<Listener>;
  /** A whole visit: what the client found, and what the server knows. */
  visit(listener: Listener, more?: Partial<Visit>): Promise<{ found: Found; info: TlsInfo }>;
  /** A name for a session that nobody else has. */
  slot(): string;
}

onEach('A client takes up a session of a listener', async (it) => {
  const listener = await it.listen();
  const slot = it.slot();
  const first = await it.visit(listener, { keep: slot });
  assert.equal(first.info.resumed, false);
  const { found, info } = await it.visit(listener, { use: slot });
  assert.deepEqual([found.reused, info.resumed], [true, true]);
  assert.equal(info.serverName, 'localhost');
  assert.equal(info.session, null, 'sessions are for clients');
});

onEach('A session keeps what the client has shown, and that it was found good', async (it) => {
  const listener = await it.listen({ ca: root.leaf, clientCert: 'require' });
  const slot = it.slot();
  await it.visit(listener, { shows: client, keep: slot });
  const { info } = await it.visit(listener, { use: slot });
  assert.equal(info.resumed, true);
  assert.equal(info.peer!.fingerprint256, client.x509.fingerprint256);
  assert.equal(info.authorized, true);
  assert.equal(info.verifyCode, 'OK');
});

onEach(
  'A session is not taken up by a listener with other rules for clients, or by one that knows nothing of it',
  async (it) => {
    const slot = it.slot();
    const listener = await it.listen();
    await it.visit(listener, { keep: slot });
    const stranger = await it.listen();
    const { found } = await it.visit(stranger, { use: slot });
    // Two listeners with equal options may share a context; what matters is that both ends say the same.
    assert.equal(found.ok, true);
    const strict = await it.listen({ ca: root.leaf, clientCert: 'request' });
    assert.equal((await it.visit(strict, { use: slot })).info.resumed, false);
  },
);

onEach('updateTls gives new connections the new certificate, and old sessions and connections live on', async (it) => {
  const [slot, held] = [it.slot(), it.slot()];
  const next = pki().issue({ name: 'localhost' });
  const listener = await it.listen();
  assert.equal((await it.visit(listener, { keep: slot })).found.peer, fingerprint(server));

  const holding = peer.visit(listener.address.port!, visitOf(it, { hold: held }));
  const running = await listener.accept(limit);
  await echoOnce(running);
  assert.equal((await holding).ok, true);

  listener.updateTls({ ...shownBy(next), ...only(it.version) });
  assert.equal((await it.visit(listener)).found.peer, fingerprint(next), 'a new connection');
  assert.equal((await it.visit(listener, { use: slot })).info.resumed, true, 'a session of before');
  const again = peer.held(held);
  await serveOne(running);
  assert.deepEqual(await again, { ok: true }, 'a connection of before');

  // What is wrong changes nothing.
  assert.throws(() => listener.updateTls({ cert: next.cert, key: server.key }), { code: 'ERR_TLS_KEY_MISMATCH' });
  assert.equal((await it.visit(listener)).found.peer, fingerprint(next));
});

onEach('updateTls with stricter rules for clients: sessions of before are not taken up', async (it) => {
  const slot = it.slot();
  const listener = await it.listen();
  await it.visit(listener, { keep: slot });
  listener.updateTls({ ...shownBy(server), ...only(it.version), ca: root.leaf, clientCert: 'require' });
  const visited = peer.visit(listener.address.port!, visitOf(it, { use: slot }));
  const conn = await listener.accept(limit);
  await refusalOf(() => conn.handshake(limit), 'NO_PEER_CERTIFICATE');
  assert.equal((await visited).ok, false);
});

onEach('§4.9 A session of a host without client certificates does not open a host that requires them', async (it) => {
  const hosts = {
    'open.wild.test': { clientCert: 'none' },
    'closed.wild.test': { clientCert: 'require', ca: root.leaf },
  } as const;
  for (const sni of [hosts, (name: string) => hosts[name as keyof typeof hosts]]) {
    const listener = await it.listen({ sni });
    const slot = it.slot();
    await it.visit(listener, { host: 'open.wild.test', keep: slot });
    assert.equal((await it.visit(listener, { host: 'open.wild.test', use: slot })).info.resumed, true);

    const visited = peer.visit(listener.address.port!, visitOf(it, { host: 'closed.wild.test', use: slot }));
    const conn = await listener.accept(limit);
    await refusalOf(() => conn.handshake(limit), 'NO_PEER_CERTIFICATE');
    assert.equal((await visited).ok, false);

    // With the certificate it opens, and its own sessions do, too.
    const own = it.slot();
    await it.visit(listener, { host: 'closed.wild.test', shows: client, keep: own });
    const { info } = await it.visit(listener, { host: 'closed.wild.test', use: own });
    assert.equal(info.resumed, true);
    assert.equal(info.peer!.fingerprint256, client.x509.fingerprint256);
    listener.close();
  }
});

onEach('§4.9 A session of a host for one kind of clients does not open a host for another', async (it) => {
  const guests = pki().issue({ name: 'Guests', ca: true, issuer: 'self' });
  const guest = pki().issue({ name: 'guest', usage: 'client', issuer: guests });
  const listener = await it.listen({
    clientCert: 'require',
    sni: { 'guests.wild.test': { ca: guests.leaf }, 'staff.wild.test': { ca: root.leaf } },
    ca: root.leaf,
  });
  const slot = it.slot();
  const { info } = await it.visit(listener, { host: 'guests.wild.test', shows: guest, keep: slot });
  assert.equal(info.peer!.fingerprint256, guest.x509.fingerprint256);
  for (const host of ['staff.wild.test', 'localhost']) {
    const visited = peer.visit(listener.address.port!, visitOf(it, { host, use: slot }));
    const conn = await listener.accept(limit);
    await refusalOf(() => conn.handshake(limit), 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY');
    assert.equal((await visited).ok, false);
  }
});

for (const version of versions) {
  void test(`openssl s_client takes up a session of a listener [${version}]`, async () => {
    const flag = version === 'TLSv1.2' ? '-tls1_2' : '-tls1_3';
    for (const [, net] of colours) {
      const listener = await net.listen('127.0.0.1:0', { tls: shownBy(server) });
      const session = pki().file('session', '');
      const target = ['s_client', '-connect', `127.0.0.1:${listener.address.port}`, '-CAfile', root.leafFile, flag];
      for (const [words, wanted] of [
        [['-sess_out', session], /\nNew, /],
        [['-sess_in', session], /\nReused, /],
      ] as const) {
        const output = pki().start([...target, '-servername', 'localhost', ...words], 'ping\n');
        const conn = await listener.accept(limit);
        await conn.write(await conn.readExact(5, limit), limit);
        // It ends when we do.
        await conn.close(limit);
        assert.match(await output, wanted);
      }
      listener.close();
    }
  });
}

/** Registers the body for each version, and in both colours. */
function onEach(title: string, body: (it: Bench) => Promise<void>): void {
  for (const version of versions) {
    for (const [colour, net] of colours) {
      void test(`${title} [${version}, ${colour}]`, async () => {
        const listeners: Listener[] = [];
        try {
          await body(benchOf(net, version, listeners));
        } finally {
          for (const one of listeners) one.close();
        }
      });
    }
  }
}

function benchOf(net: Net, version: Version, listeners: Listener[]): Bench {
  const bench: Bench = {
    version,
    async listen(tls = {}) {
      const listener = await net.listen('127.0.0.1:0', { tls: { ...shownBy(server), ...only(version), ...tls } });
      listeners.push(listener);
      return listener;
    },
    async visit(listener, more = {}) {
      const visited = peer.visit(listener.address.port!, visitOf(bench, more));
      const conn = await listener.accept(limit);
      const info = await conn.handshake(limit);
      await serveOne(conn);
      const found = await visited;
      assert.equal(found.ok, true, found.error);
      assert.equal(found.reused, info.resumed);
      return { found, info };
    },
    slot: () => `slot ${++slots}`,
  };
  return bench;
}

function visitOf({ version }: Bench, more: Partial<Visit>): Visit {
  return { version, ca: root.leaf, host: 'localhost', ...more };
}

/** One read and its echo; the connection stays. */
async function echoOnce(conn: Conn): Promise<void> {
  await conn.write(await conn.readExact(4, limit), limit);
}
