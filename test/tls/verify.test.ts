// The function `verify` and `pins` of a client, in both colours, with TLS 1.2 and 1.3, against Python servers.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { pki, type Issued } from '../support/pki.js';
import {
  colours,
  echoes,
  limit,
  only,
  openSockets,
  refusalOf,
  versions,
  type Conn,
  type Net,
  type TlsInfo,
  type TlsOptions,
  type Version,
} from './kit.js';
import { TlsPeer, type Seen } from './peer.js';

const peer = new TlsPeer();
after(() => peer.end());

const { root, intermediate, server } = pki();
const wrong = pki().issue({ name: 'other.test', issuer: 'self' });
const UNTRUSTED = 'DEPTH_ZERO_SELF_SIGNED_CERT';
const pin = (one: Issued): Buffer => Buffer.from(one.pin, 'base64');

/** What a test works with: a client of this colour and version, and the server it speaks to. */
interface Bench {
  connect(shows: Issued, tls: TlsOptions): Promise<Conn>;
  /** The call fails, the server sees an alert and no connection, and the descriptor is closed. */
  refused(code: string, verifyCode: string, shows: Issued, tls: TlsOptions): Promise<void>;
  /** It is a connection. */
  accepted(shows: Issued, tls: TlsOptions): Promise<TlsInfo>;
}

onEach(
  '§4.9 A function `verify` decides alone: what is wrong passes when it returns true, and info still tells',
  async (it) => {
    const infos: TlsInfo[] = [];
    const info = await it.accepted(wrong, { verify: (one) => infos.push(one) === 1 });
    assert.equal(infos.length, 1);
    for (const one of [infos[0]!, info]) {
      assert.equal(one.authorized, false);
      assert.equal(one.verifyCode, UNTRUSTED);
      assert.equal(one.peer!.fingerprint256, wrong.x509.fingerprint256);
    }
  },
);

onEach('§4.9 A function `verify` decides alone: what is right does not pass when it returns false', async (it) => {
  await it.refused('ERR_TLS_VERIFY', 'OK', server, { verify: () => false });
});

onEach('§4.9 Only `true` passes: everything else that a function `verify` returns refuses', async (it) => {
  const answers: unknown[] = [1, 'yes', {}, [], Promise.resolve(true), Object(true), undefined, null, 0, ''];
  for (const answer of answers)
    await it.refused('ERR_TLS_VERIFY', 'OK', server, { verify: (() => answer) as () => boolean });
});

onEach(
  '§4.9 A function `verify` sees the certificate, the chain, the name and the verdict before anything is sent',
  async (it) => {
    let seen: TlsInfo | null = null;
    const info = await it.accepted(server, { verify: (one) => (seen = one) === one });
    const { peer, chain, authorized, verifyCode, serverName } = seen as unknown as TlsInfo;
    const sent = [server, intermediate].map(({ x509 }) => x509.fingerprint256);
    assert.equal(peer!.fingerprint256, sent[0]);
    assert.deepEqual(
      chain.map(({ fingerprint256 }) => fingerprint256),
      sent,
    );
    assert.deepEqual(
      { authorized, verifyCode, serverName },
      { authorized: true, verifyCode: 'OK', serverName: 'localhost' },
    );
    assert.equal(info.authorized, true);
    assert.deepEqual(
      info.chain.map(({ fingerprint256 }) => fingerprint256),
      sent,
    );
  },
);

onEach('What a function `verify` throws comes out of the call, and the connection is closed', async (it) => {
  const before = openSockets();
  const mine = new RangeError('mine');
  const verify = (): boolean => {
    throw mine;
  };
  let thrown: unknown = null;
  try {
    await it.connect(server, { verify });
  } catch (error) {
    thrown = error;
  }
  assert.equal(thrown, mine);
  assert.deepEqual(openSockets(), before);
  const seen = await peer.seen(server.name);
  assert.equal(seen.ok, false);
});

onEach(
  '§4.9 Pins: the key of the peer is one of them, in base64 or hexadecimal, with `sha256/` or without',
  async (it) => {
    const [base64, hex] = [pin(server).toString('base64'), pin(server).toString('hex')];
    for (const good of [base64, hex, hex.toUpperCase(), `sha256/${base64}`, `sha256/${hex}`])
      await it.accepted(server, { pins: [good] });
    await it.accepted(server, { pins: [wrong.pin, root.pin, server.pin] });
  },
);

onEach('§4.9 Pins: another key is refused, and so is one that only a certificate above the peer has', async (it) => {
  await it.refused('ERR_TLS_PIN', 'OK', server, { pins: [wrong.pin] });
  await it.refused('ERR_TLS_PIN', 'OK', server, { pins: [intermediate.pin, root.pin] });
});

onEach('§4.9 Pins count besides everything else', async (it) => {
  await it.refused(UNTRUSTED, UNTRUSTED, wrong, { pins: [wrong.pin] });
  await it.refused(UNTRUSTED, UNTRUSTED, wrong, { pins: [server.pin] });
  await it.refused('ERR_TLS_PIN', UNTRUSTED, wrong, { pins: [server.pin], verify: false });
  await it.refused('ERR_TLS_PIN', UNTRUSTED, wrong, { pins: [server.pin], verify: () => true });
  await it.refused('ERR_TLS_VERIFY', 'OK', server, { pins: [server.pin], verify: () => false });
  const info = await it.accepted(wrong, { pins: [wrong.pin], verify: false });
  assert.equal(info.verifyCode, UNTRUSTED);
});

/** Registers the body for each version, and in both colours. */
function onEach(title: string, body: (it: Bench) => Promise<void>): void {
  for (const version of versions)
    for (const [name, net] of colours) void test(`${title} [${version}, ${name}]`, () => body(benchOf(net, version)));
}

const ports = new Map<string, number>();

function benchOf(net: Net, version: Version): Bench {
  const connect = async (shows: Issued, tls: TlsOptions): Promise<Conn> => {
    const port = ports.get(shows.name) ?? (await peer.serve(shows.name, shows));
    ports.set(shows.name, port);
    const options = { ca: root.leaf, serverName: 'localhost', ...only(version), ...tls };
    return net.connect(`127.0.0.1:${port}`, { tls: options, ...limit });
  };
  return {
    connect,
    async refused(code, verifyCode, shows, tls) {
      const before = openSockets();
      const error = await refusalOf(() => connect(shows, tls), code, verifyCode);
      assert.deepEqual(openSockets(), before, 'the descriptor is closed');
      const seen: Seen = await peer.seen(shows.name);
      assert.equal(seen.ok, false, 'the server must not take it for a connection');
      assert.equal(seen.alert?.toLowerCase(), error.tlsAlert, seen.error);
      assert.equal(seen.behind, 0, seen.error);
    },
    async accepted(shows, tls) {
      const conn = await connect(shows, tls);
      const info = conn.tls!;
      await echoes(conn);
      await conn.close(limit);
      assert.equal((await peer.seen(shows.name)).ok, true);
      return info;
    },
  };
}
