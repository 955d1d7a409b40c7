// Went wrong: a session was taken up after the revocation list, or the stapled response, that had let its certificate pass had
// expired. A full handshake would have failed.

import assert from 'node:assert/strict';
import { after, mock, test } from 'node:test';
import type { TlsInfo, TlsOptions } from 'berkeley';
import { until } from '../net/kit.js';
import { daysFromNow, pki } from '../support/pki.js';
import { came, listenLeniently } from '../tls/expiring.js';
import { colours, limit, only, versions, type Listener, type Version } from '../tls/kit.js';
import { OpensslServer } from '../tls/openssl-server.js';
import { TlsPeer } from '../tls/peer.js';

const { root, intermediate, client, server } = pki();
/** It lives for three days, and the certificate for thirty. */
const staple = pki().ocsp(server).file;
const openssl = new OpensslServer(server, ['-rev', '-status_file', staple]);
const peer = new TlsPeer();
after(() => Promise.all([openssl.stop(), peer.end()]));

const later = [pki().crl(root, { nextUpdate: daysFromNow(5) }), pki().crl(intermediate)];
const past = pki().crl(root, { lastUpdate: daysFromNow(-3), nextUpdate: daysFromNow(-1) });

const kinds: readonly (readonly [title: string, tls: TlsOptions, days: number])[] = [
  // One that has no say because it had expired already is no reason for a handshake each time.
  ['a revocation list', { crl: [past, ...later].map(({ content }) => content) }, 5],
  // Clocks may differ by five minutes.
  ['a required response', { ocsp: 'require' }, 3 + 5 / 1440],
  ['a response that nothing depends on', { ocsp: 'request' }, 30],
];

for (const version of versions) {
  for (const [colour, net] of colours) {
    for (const [title, own, days] of kinds) {
      void test(`a client's session ends with ${title} [${version}, ${colour}]`, async () => {
        const port = await openssl.port();
        const visit = async (session?: Uint8Array | null): Promise<TlsInfo> => {
          const tls = { ca: root.leaf, serverName: 'localhost', ...own, ...only(version), ...(session && { session }) };
          const conn = await net.connect(`127.0.0.1:${port}`, { tls, ...limit });
          await conn.writeLine('abc', { eol: '\n', ...limit });
          assert.equal(await conn.readLine(limit), 'cba');
          await conn.close(limit);
          return conn.tls!;
        };
        const first = await visit();
        const second = await visit(first.session);
        assert.equal(second.resumed, true);
        for (const [hours, lives] of [
          [-1, true],
          [1, false],
        ] as const) {
          mock.timers.enable({ apis: ['Date'], now: daysFromNow(days + hours / 24).getTime() });
          try {
            // OpenSSL has its own clock, so that a full handshake is well.
            for (const { session } of [first, second]) assert.equal((await visit(session)).resumed, lives);
          } finally {
            mock.timers.reset();
          }
        }
      });
    }
  }
}

void test("a server's sessions end with a revocation list", async () => {
  const all = versions.flatMap((version) => colours.map(([colour, net]) => ({ slot: version + colour, version, net })));
  const known: { slot: string; version: Version; listener: Listener }[] = [];
  // OpenSSL's clock cannot be put forward, so the list is short-lived.
  const end = Math.ceil(Date.now() / 1000 + 4) * 1000;
  const crl = [pki().crl(root, { nextUpdate: new Date(end) }), later[1]!].map(({ content }) => content);
  for (const { slot, version, net } of all) {
    const listener = await listenLeniently(net, { crl, ...only(version) });
    known.push({ slot, version, listener });
    assert.equal((await came(peer, listener, { version, shows: client, keep: slot })).verifyCode, 'OK');
    assert.equal((await came(peer, listener, { version, use: slot })).resumed, true);
  }
  // time(2) may be behind.
  await until(() => Date.now() > end + 100, 'the list has expired');
  for (const { slot, version, listener } of known) {
    const { resumed, verifyCode } = await came(peer, listener, { version, use: slot });
    assert.deepEqual([resumed, verifyCode], [false, 'CRL_HAS_EXPIRED']);
    listener.close();
  }
});
