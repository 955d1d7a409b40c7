// Went wrong: a session was taken up after the certificate that it rests on had expired, the server's or the client's, and the
// connection was `authorized`. A full handshake would have failed.

import assert from 'node:assert/strict';
import { after, mock, test } from 'node:test';
import type { TlsInfo } from 'berkeley';
import { daysFromNow, pki } from '../support/pki.js';
import { came, listenLeniently } from '../tls/expiring.js';
import { colours, limit, only, versions } from '../tls/kit.js';
import { TlsPeer } from '../tls/peer.js';

const peer = new TlsPeer();
after(() => peer.end());
const { root, client, server } = pki();
const past = pki().issue({ name: 'past', usage: 'client', notBefore: daysFromNow(-3), notAfter: daysFromNow(-1) });

for (const version of versions) {
  for (const [colour, net] of colours) {
    void test(`a client takes up no session of a certificate that has expired since [${version}, ${colour}]`, async () => {
      const name = `${version} ${colour}`;
      const port = await peer.serve(name, server);
      const visit = async (session?: Uint8Array | null): Promise<TlsInfo> => {
        const tls = { ca: root.cert, serverName: 'localhost', ...only(version), ...(session && { session }) };
        const conn = await net.connect(`127.0.0.1:${port}`, { tls, ...limit });
        await conn.write('ping', limit);
        await conn.readExact(4, limit);
        await conn.close(limit);
        assert.equal((await peer.seen(name)).ok, true);
        return conn.tls!;
      };
      const first = await visit();
      const second = await visit(first.session);
      assert.equal(second.resumed, true);
      mock.timers.enable({ apis: ['Date'], now: Date.parse(server.x509.validTo) });
      try {
        // OpenSSL has its own clock, so that a full handshake is well.
        assert.equal((await visit(first.session)).resumed, false);
        assert.equal((await visit(second.session)).resumed, false);
      } finally {
        mock.timers.reset();
      }
    });

    void test(`a server takes up no session of a certificate that has expired [${version}, ${colour}]`, async () => {
      const listener = await listenLeniently(net, { ca: root.cert, ...only(version) });
      for (const [who, lives] of [
        [client, true],
        [past, false],
      ] as const) {
        const slot = `${version} ${colour} ${who.name}`;
        await came(peer, listener, { version, shows: who, keep: slot });
        const again = await came(peer, listener, { version, use: slot });
        assert.equal(again.resumed, lives);
        assert.equal(again.verifyCode, lives ? 'OK' : 'CERT_HAS_EXPIRED');
      }
      listener.close();
    });
  }
}
