// A table of server certificates, in both colours, with TLS 1.2 and 1.3, against Python servers. The verdicts are compared with
// those of `openssl verify` and of Python's ssl in the same run.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { certificateCases } from './certificate-cases.js';
import { opensslVerdict } from './judge.js';
import { colours, echoes, limit, only, openSockets, refusalOf, versions, type TlsOptions } from './kit.js';
import { TlsPeer } from './peer.js';
import { x509Name } from './x509-name.js';

const peer = new TlsPeer();
after(() => peer.end());

for (const { title, sends, ca, name, checked, crl, code, differs, ...one } of certificateCases()) {
  void test(`§4.9 Verification is on: ${title}: ${code}`, async () => {
    const host = name === false ? null : (checked ?? name);
    const port = await peer.serve(title, sends);
    const openssl = opensslVerdict({ ...sends, ca, crl, name: host, purpose: 'sslserver' });
    assert.equal(openssl, differs?.openssl ?? code, 'openssl verify');

    for (const version of one.versions ?? versions) {
      const python = await peer.ask(title, { version, ca, host, ...(crl && { crl }) });
      const pythons = x509Name(python.found.code);
      assert.equal(pythons, differs?.python ?? code, "Python's ssl");

      for (const [, net] of colours) {
        const before = openSockets();
        const options = { serverName: name, ca, ...(crl && { crl: [...crl] }), ...only(version) };
        const connect = (more: TlsOptions = {}): ReturnType<typeof net.connect> =>
          net.connect(`127.0.0.1:${port}`, { tls: { ...options, ...more }, ...limit });

        if (code !== 'OK') {
          const error = await refusalOf(() => connect(), code);
          assert.deepEqual(openSockets(), before, 'the descriptor is closed');
          assert.equal(error.address, '127.0.0.1');
          assert.equal(error.port, port);
          const seen = await peer.seen(title);
          assert.equal(seen.ok, false);
          // What OpenSSL's own client sends for the same verdict.
          if (pythons === code) assert.equal(seen.alert, python.seen.alert, seen.error);
          assert.equal(seen.alert?.toLowerCase(), error.tlsAlert);
          assert.equal(seen.behind, 0, 'nothing comes behind the alert, and no reset');
        }

        const conn = await connect(code === 'OK' ? {} : { verify: false });
        assert.equal(conn.tls!.verifyCode, code);
        assert.equal(conn.tls!.authorized, code === 'OK');
        assert.equal(conn.tls!.version, version);
        await echoes(conn);
        await conn.close(limit);
        assert.deepEqual(await peer.seen(title), { ok: true, version, reused: false, peer: null });
        assert.deepEqual(openSockets(), before);
      }
    }
  });
}
