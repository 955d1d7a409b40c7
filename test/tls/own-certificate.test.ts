// The certificate that a client of the library shows, in both colours, with TLS 1.2 and 1.3, against Python servers. With TLS
// 1.3 a server looks at it when the client's handshake is over, so a refusal comes with the first read.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, test } from 'node:test';
import { daysFromNow, pki, type Issued } from '../support/pki.js';
import { colours, echoes, failureOf, limit, only, openSockets, versions, type Conn, type TlsOptions } from './kit.js';
import { TlsPeer } from './peer.js';

const peer = new TlsPeer();
after(() => peer.end());

const { root, intermediate, server, client } = pki();
for (const version of versions) {
  for (const [colour, net] of colours) {
    const connect = async (port: number, more: TlsOptions): Promise<Conn> => {
      const tls = { ca: root.leaf, serverName: 'localhost', ...only(version), ...more };
      return net.connect(`127.0.0.1:${port}`, { tls, ...limit });
    };
    const strict = (name: string): Promise<number> =>
      peer.serve(name, { ...server, clients: 'require', ca: root.leaf });

    void test(`A client shows its certificate with the whole chain, whatever it is given as [${version}, ${colour}]`, async ({
      name,
    }) => {
      const port = await strict(name);
      const shown = createHash('sha256').update(client.x509.raw).digest('hex');
      const forms: TlsOptions[] = [
        { cert: client.cert, key: client.key },
        { cert: { file: client.certFile }, key: { file: client.keyFile } },
        { pfx: pki().pkcs12(client, 'secret').content, passphrase: 'secret' },
        { pfx: { file: pki().pkcs12(client, '').file }, passphrase: '' },
        { cert: client.cert, key: pki().encryptedKey(client, 'secret').content, passphrase: 'secret' },
      ];
      for (const form of forms) {
        const conn = await connect(port, form);
        await echoes(conn);
        await conn.close(limit);
        // The server knows the root only.
        assert.deepEqual(await peer.seen(name), { ok: true, version, reused: false, peer: shown });
      }
    });

    void test(`A server that refuses the client's certificate, or misses it, says why [${version}, ${colour}]`, async ({
      name,
    }) => {
      const port = await strict(name);
      const past = { notBefore: daysFromNow(-2), notAfter: daysFromNow(-1) };
      const own = (one: Issued, cert = one.cert): TlsOptions => ({ cert, key: one.key });
      const other = pki().issue({ name: 'Other root', ca: true, issuer: 'self' });
      const missing = version === 'TLSv1.3' ? 'certificate_required' : 'handshake_failure';
      const cases: [alert: string, shows: TlsOptions][] = [
        [missing, {}],
        ['certificate_expired', own(pki().issue({ name: 'client', usage: 'client', ...past }))],
        ['unknown_ca', own(pki().issue({ name: 'client', usage: 'client', issuer: other }))],
        ['unknown_ca', own(client, client.leaf)],
        ['unsupported_certificate', own(pki().issue({ name: 'client', usage: 'server' }))],
      ];
      for (const [alert, shows] of cases) {
        const before = openSockets();
        const error = await failureOf(async () => {
          const conn = await connect(port, shows);
          assert.equal(version, 'TLSv1.3', 'with TLS 1.2 the handshake fails');
          try {
            await conn.read(1, limit);
          } finally {
            await conn.close(limit);
          }
        });
        assert.equal(error.code, 'ERR_TLS_ALERT', error.message);
        assert.equal(error.tlsAlert, alert);
        assert.equal(error.phase, version === 'TLSv1.3' ? 'read' : 'tls');
        assert.ok(error.hint !== undefined && error.hint !== '', `there is no hint for ${alert}`);
        assert.equal((await peer.seen(name)).ok, false);
        assert.deepEqual(openSockets(), before);
      }
    });

    void test(`A certificate that nobody asks for is not sent [${version}, ${colour}]`, async ({ name }) => {
      const port = await peer.serve(name, server);
      const conn = await connect(port, { cert: client.cert, key: client.key });
      await echoes(conn);
      await conn.close(limit);
      assert.deepEqual(await peer.seen(name), { ok: true, version, reused: false, peer: null });
    });
  }
}

void test('A chain that begins with another certificate is refused before anything connects', async () => {
  for (const [, net] of colours) {
    const tls = { ca: root.leaf, serverName: 'localhost', cert: intermediate.leaf + client.leaf, key: client.key };
    // Nothing listens there, and nobody finds out.
    const error = await failureOf(() => net.connect('127.0.0.1:1', { tls, ...limit }));
    assert.equal(error.code, 'ERR_TLS_KEY_MISMATCH');
    assert.equal(error.phase, 'config');
  }
});
