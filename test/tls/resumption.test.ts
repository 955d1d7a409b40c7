// Sessions of a client of the library, in both colours, with TLS 1.2 and 1.3, against Python and `openssl s_server`.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { pki } from '../support/pki.js';
import {
  colours,
  echoes,
  limit,
  only,
  refusalOf,
  versions,
  type Net,
  type TlsInfo,
  type TlsOptions,
  type Version,
} from './kit.js';
import { OpensslServer } from './openssl-server.js';
import { TlsPeer } from './peer.js';

const { root, client, server } = pki();
const peer = new TlsPeer();
const openssl = new OpensslServer(server, ['-rev', '-num_tickets', '3']);
after(() => Promise.all([peer.end(), openssl.stop()]));

/** What a test works with: a client of this colour and version. */
interface Bench {
  readonly name: string;
  readonly version: Version;
  /** Serves under a name of its own, and returns it with the port. */
  serve(more?: Partial<Parameters<TlsPeer['serve']>[1]>): Promise<At>;
  /** Visits, and returns what is known after one echo. `reused` is the server's word, and the client's must be the same. */
  visit(at: At, tls?: TlsOptions): Promise<{ info: TlsInfo; reused: boolean }>;
  /** The session of a first visit. */
  session(at: At, tls?: TlsOptions): Promise<Uint8Array>;
}

interface At {
  readonly name: string;
  readonly port: number;
}

onEach('A session is taken up, and the connection still knows whom it speaks to', async (it) => {
  const at = await it.serve();
  const first = await it.visit(at);
  assert.equal(first.reused, false);
  const { info, reused } = await it.visit(at, { session: first.info.session! });
  assert.equal(reused, true);
  assert.equal(info.version, it.version);
  assert.equal(info.peer!.fingerprint256, server.x509.fingerprint256);
  assert.equal(info.authorized, true);
  assert.equal(info.verifyCode, 'OK');
  assert.equal(info.serverName, 'localhost');
  // And so on, from one to the next.
  assert.equal((await it.visit(at, { session: info.session! })).reused, true);
});

onEach('A session serves any number of connections', async (it) => {
  const at = await it.serve();
  const session = await it.session(at);
  for (let i = 0; i < 3; i++) assert.equal((await it.visit(at, { session })).reused, true);
});

onEach('A session that the server has forgotten costs a full handshake and no error', async (it) => {
  const session = await it.session(await it.serve());
  const { info, reused } = await it.visit(await it.serve(), { session });
  assert.equal(reused, false);
  assert.equal(info.authorized, true);
});

onEach('§4.9 Sessions are bound to the host they were made with: that of another name is not used', async (it) => {
  const at = await it.serve();
  const session = await it.session(at);
  for (const serverName of ['example.test', '127.0.0.1', false] as const)
    assert.equal((await it.visit(at, { session, serverName })).reused, false, String(serverName));
  assert.equal((await it.visit(at, { session, serverName: 'LOCALHOST.' })).reused, true);
});

onEach('§4.9 A session made without verification is not used where it is on', async (it) => {
  const wrong = pki().issue({ name: 'localhost', issuer: 'self' });
  const [at, good] = [await it.serve(wrong), await it.serve()];
  const unchecked = await it.session(at, { verify: false });
  assert.equal((await it.visit(at, { session: unchecked, verify: false })).reused, true);
  await refusalOf(() => it.visit(at, { session: unchecked }), 'DEPTH_ZERO_SELF_SIGNED_CERT');
  assert.equal((await peer.seen(at.name)).ok, false);
  // Nor where nothing was wrong with the certificate: nobody would have looked.
  const session = await it.session(good, { verify: false });
  assert.equal((await it.visit(good, { session })).reused, false);
});

onEach(
  '§4.9 A session is not used under another trust: other authorities, pins, revocation lists, or another function',
  async (it) => {
    const at = await it.serve();
    const session = await it.session(at);
    const other = pki().issue({ name: 'Other root', ca: true, issuer: 'self' });
    const crl = [pki().crl(root).content, pki().crl(pki().intermediate).content];
    assert.equal((await it.visit(at, { session, crl })).reused, false);
    assert.equal((await it.visit(at, { session, pins: [server.pin] })).reused, false);
    assert.equal((await it.visit(at, { session, verify: () => true })).reused, false);
    assert.equal((await it.visit(at, { session, ca: [root.leaf, other.leaf] })).reused, false);
    await refusalOf(() => it.visit(at, { session, ca: other.leaf }), 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY');
    assert.equal((await peer.seen(at.name)).ok, false);
    await refusalOf(() => it.visit(at, { session, pins: [root.pin] }), 'ERR_TLS_PIN', 'OK');
    assert.equal((await peer.seen(at.name)).ok, false);
    assert.equal((await it.visit(at, { session })).reused, true);
  },
);

onEach('§4.9 A session made with one certificate of ours is not used with another, or with none', async (it) => {
  const at = await it.serve({ clients: 'request', ca: root.leaf });
  const someone = pki().issue({ name: 'someone', usage: 'client' });
  const mine = { cert: client.cert, key: client.key };
  const session = await it.session(at, mine);
  assert.equal((await it.visit(at, { session, ...mine })).reused, true);
  assert.equal((await it.visit(at, { session })).reused, false);
  assert.equal((await it.visit(at, { session, cert: someone.cert, key: someone.key })).reused, false);
});

onEach('A function `verify` is asked about a session that is taken up, too, and decides', async (it) => {
  const at = await it.serve();
  const seen: [resumed: boolean, authorized: boolean, peer: string | undefined][] = [];
  let answer = true;
  const verify = ({ resumed, authorized, peer }: TlsInfo): boolean => {
    seen.push([resumed, authorized, peer?.fingerprint256]);
    return answer;
  };
  const session = await it.session(at, { verify });
  assert.equal((await it.visit(at, { session, verify })).reused, true);
  answer = false;
  await refusalOf(() => it.visit(at, { session, verify }), 'ERR_TLS_VERIFY', 'OK');
  assert.equal((await peer.seen(at.name)).ok, false);
  const { fingerprint256 } = server.x509;
  assert.deepEqual(seen, [
    [false, true, fingerprint256],
    [true, true, fingerprint256],
    [true, true, fingerprint256],
  ]);
});

onEach('§4.9 Pins hold for a session that is taken up, too', async (it) => {
  const at = await it.serve();
  const session = await it.session(at, { pins: [server.pin] });
  assert.equal((await it.visit(at, { session, pins: [server.pin] })).reused, true);
  assert.equal((await it.visit(at, { session })).reused, false);
});

onEach('A session without tickets is taken up by its number', async (it) => {
  // TLS 1.3 has no such sessions; Python keeps them in memory behind tickets that are numbers.
  const at = await it.serve({ tickets: false });
  const session = await it.session(at);
  assert.equal((await it.visit(at, { session })).reused, true);
});

for (const version of versions) {
  for (const [colour, net] of colours) {
    void test(`openssl s_server takes a session up again, the newest ticket of it [${version}, ${colour}]`, async () => {
      const port = await openssl.port();
      const visit = async (session?: Uint8Array): Promise<TlsInfo> => {
        const tls = { ca: root.leaf, serverName: 'localhost', ...only(version), ...(session && { session }) };
        const conn = await net.connect(`127.0.0.1:${port}`, { tls, ...limit });
        await conn.writeLine('abc', { eol: '\n', ...limit });
        assert.equal(await conn.readLine(limit), 'cba');
        const info = conn.tls!;
        assert.notEqual(info.session, null);
        await conn.close(limit);
        return info;
      };
      const { mark } = openssl;
      const first = await visit();
      assert.equal(first.resumed, false);
      const tickets = openssl.tickets(mark);
      assert.equal(tickets.length, version === 'TLSv1.2' ? 1 : 3);
      const newest = Buffer.from(first.session!).includes(tickets.at(-1)!);
      assert.ok(newest, 'the session holds the last ticket that the server has sent');
      const second = await visit(first.session!);
      assert.equal(second.resumed, true);
      assert.equal(second.authorized, true);
    });
  }
}

void test('The session of TLS 1.3 comes with the first read, and that of TLS 1.2 with the handshake', async () => {
  for (const [, net] of colours) {
    const port = await openssl.port();
    for (const version of versions) {
      const tls = { ca: root.leaf, serverName: 'localhost', ...only(version) };
      const conn = await net.connect(`127.0.0.1:${port}`, { tls, ...limit });
      assert.equal(conn.tls!.session !== null, version === 'TLSv1.2');
      await conn.writeLine('abc', { eol: '\n', ...limit });
      await conn.readLine(limit);
      assert.notEqual(conn.tls!.session, null);
      await conn.close(limit);
      // The library says that it is still there after close.
      assert.notEqual(conn.tls!.session, null);
    }
  }
});

void test('A session that is garbage, cut or altered is a TypeError before anything connects', async () => {
  const it = benchOf(colours[0]![1], 'TLSv1.3', 'garbage');
  const at = await it.serve();
  const session = await it.session(at);
  const altered = Buffer.from(session);
  altered[altered.length >> 1]! ^= 1;
  for (const bad of [Buffer.alloc(0), Buffer.from('nonsense'), session.subarray(0, -1), altered]) {
    for (const [, net] of colours) {
      const tls = { ca: root.leaf, serverName: 'localhost', session: bad };
      // Nothing listens there, and nobody finds out.
      await assert.rejects(async () => net.connect('127.0.0.1:1', { tls, ...limit }), TypeError);
    }
  }
});

/** Registers the body for each version, and in both colours. */
function onEach(title: string, body: (it: Bench) => Promise<void>): void {
  for (const version of versions) {
    for (const [colour, net] of colours) {
      const name = `${title} [${version}, ${colour}]`;
      void test(name, () => body(benchOf(net, version, name)));
    }
  }
}

function benchOf(net: Net, version: Version, name: string): Bench {
  let servers = 0;
  const bench: Bench = {
    name,
    version,
    async serve(more = {}) {
      const own = `${name} ${++servers}`;
      return { name: own, port: await peer.serve(own, { ...server, ...more }) };
    },
    async visit(at, more = {}) {
      const tls: TlsOptions = { ca: root.leaf, serverName: 'localhost', ...only(version), ...more };
      const conn = await net.connect(`127.0.0.1:${at.port}`, { tls, ...limit });
      await echoes(conn);
      const info = conn.tls!;
      await conn.close(limit);
      const seen = await peer.seen(at.name);
      assert.equal(seen.ok, true, seen.error);
      assert.equal(info.resumed, seen.reused);
      return { info, reused: info.resumed };
    },
    async session(at, more) {
      const { info, reused } = await bench.visit(at, more);
      assert.equal(reused, false);
      assert.ok(info.session !== null && info.session.length > 0, 'there is no session');
      return info.session;
    },
  };
  return bench;
}
