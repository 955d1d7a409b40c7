// Owns the test of how much memory the TLS addon keeps for sessions that have nothing to do, in a process of its own.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pki } from '../support/pki.js';
import { clientContext, descriptors, End, identity, serverContext, shake, tls, trust } from './sessions.js';

test('idle sessions hold no memory for bytes in transit', (t) => {
  // One small certificate and one small key exchange: what they take differs between the versions of OpenSSL.
  const alone = pki().issue({ name: 'localhost', issuer: 'self' });
  const client = clientContext({ store: trust(alone), groups: 'X25519' });
  const server = serverContext(identity(alone));
  // A full record each way touches every page of a buffer.
  const size = 16_384;
  const buffer = Buffer.alloc(size, 'x');
  const ends: End[] = [];
  t.after(() => ends.forEach((end) => end.close()));
  const open = (): void => {
    const [one, other] = descriptors();
    const from = new End(client, one, {});
    const to = new End(server, other, { server: true });
    ends.push(from, to);
    assert.deepEqual(shake(from, to), [0, 0]);
    assert.equal(tls.write(from.session, buffer, 0, size), size);
    assert.equal(tls.read(to.session, buffer, 0, size, true), size);
    assert.equal(tls.write(to.session, buffer, 0, size), size);
    assert.equal(tls.read(from.session, buffer, 0, size, true), size);
  };
  for (let i = 0; i < 50; i++) open();
  const before = process.memoryUsage().rss;
  for (let i = 0; i < 400; i++) open();
  const each = (process.memoryUsage().rss - before) / 800;
  // OpenSSL's own share is 25 to 30 KB; a buffer would be 17 KiB more.
  assert.ok(each < 37_000, `${Math.round(each)} bytes for each session`);
});
