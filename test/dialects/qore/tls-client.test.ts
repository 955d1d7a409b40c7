// TLS of a Qore Socket as the client: openssl s_server and Python at the other end.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { setDefaults } from 'berkeley/sync';
import {
  EVENT_CHANNEL_CLOSED,
  EVENT_CONNECTED,
  EVENT_SSL_ESTABLISHED,
  EVENT_START_SSL,
  Queue,
  SSLCertificate,
  SSLPrivateKey,
  X509_VerificationReasons,
} from 'berkeley/dialects/qore';
import { startServer } from '../../support/openssl.js';
import { daysFromNow, pki, type Issued } from '../../support/pki.js';
import { startPuppet } from '../../support/python.js';
import { temporaryFolder } from '../../support/server.js';
import { eventsOf, LIMIT, newSocket, pythonListener, thrown } from './kit.js';

for (const how of ['connectSSL', 'connectINETSSL', 'brackets', 'unix', 'connectUNIXSSL'] as const)
  test(`${how} makes the handshake with openssl s_server, and the facts are there`, async (t) => {
    const { socket, server } = await open(t, how);
    if (how === 'brackets') assert.match(server.target, /^\[::1\]:/);
    assert.equal(socket.isSecure(), true);
    assert.match(socket.getSSLCipherName() ?? '', /^TLS_/);
    assert.equal(socket.getSSLCipherVersion(), 'TLSv1.3');
    server.tell('');
    assert.equal(socket.close(), 0);
    assert.equal(socket.isSecure(), false);
    assert.equal(socket.getSSLCipherName(), null);
    assert.equal(socket.getSSLCipherVersion(), null);
    assert.equal(socket.verifyPeerCertificate(), null);
    await server.ended();
  });

async function open(t: TestContext, how: string) {
  const unix = how === 'unix' || how === 'connectUNIXSSL' ? join(temporaryFolder(t), 's') : undefined;
  const words = how === 'brackets' ? ['-accept', '[::1]:0'] : [];
  const server = await startServer(t, pki().server, words, { unix });
  const socket = newSocket(t);
  const [, host, port] = /^(.*):(\d+)$/.exec(server.target) ?? [];
  if (how === 'connectUNIXSSL') assert.equal(socket.connectUNIXSSL(unix!), null);
  else if (how === 'connectINETSSL') assert.equal(socket.connectINETSSL(host!, port!, LIMIT), null);
  else assert.equal(socket.connectSSL(unix ?? server.target, LIMIT), null);
  return { socket, server };
}

test('verifyPeerCertificate gives the key of what OpenSSL has found, and the connection stays', async (t) => {
  const { root, server, intermediate } = pki();
  const leaf = pki().issue({ name: 'no-ca.test', issuer: server, san: ['DNS:localhost', 'IP:127.0.0.1'] });
  const san = ['DNS:localhost', 'IP:127.0.0.1'];
  const cases: [what: string, certificate: Issued, trusted: boolean, code: string | null][] = [
    ['good', server, true, 'X509_V_OK'],
    ['unknown authority', server, false, 'X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
    [
      'signs itself',
      pki().issue({ name: 'self.test', issuer: 'self', san }),
      true,
      'X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT',
    ],
    [
      'expired',
      pki().issue({ name: 'old.test', san, notBefore: daysFromNow(-3), notAfter: daysFromNow(-1) }),
      true,
      'X509_V_ERR_CERT_HAS_EXPIRED',
    ],
    [
      'expired, unknown authority',
      pki().issue({ name: 'old2.test', san, notBefore: daysFromNow(-3), notAfter: daysFromNow(-1) }),
      false,
      'X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    ],
    [
      'not yet',
      pki().issue({ name: 'new.test', san, notBefore: daysFromNow(2) }),
      true,
      'X509_V_ERR_CERT_NOT_YET_VALID',
    ],
    ['wrong purpose', pki().issue({ name: 'mail.test', san, usage: 'email' }), true, 'X509_V_ERR_INVALID_PURPOSE'],
    ['signed by one that is no CA', leaf, true, 'X509_V_ERR_INVALID_CA'],
    ['another host', pki().issue({ name: 'other.test' }), true, null],
  ];
  assert.ok(intermediate.cert !== '');
  t.after(() => setDefaults({ tls: {} }));
  for (const [what, certificate, trusted, code] of cases) {
    setDefaults({ tls: trusted ? { ca: root.cert } : {} });
    const server = await startServer(t, certificate);
    const socket = newSocket(t);
    socket.connectSSL(server.target, LIMIT);
    assert.equal(socket.isSecure(), true, what);
    assert.equal(socket.verifyPeerCertificate(), code, what);
    if (code !== null) assert.ok(X509_VerificationReasons[code], what);
    socket.close();
  }
});

test('X509_VerificationReasons has the 33 keys, each with a sentence', () => {
  const entries = Object.entries(X509_VerificationReasons);
  assert.equal(entries.length, 33);
  for (const [key, words] of entries) {
    assert.match(key, /^X509_V_(OK|ERR_[A-Z_]+)$/);
    assert.match(words, /^[A-Z].*\.$/);
  }
});

test('a peer that closes in the handshake is SOCKET-CLOSED, one that speaks no TLS or is silent SOCKET-SSL-ERROR, and both close', async (t) => {
  const { python, port } = await pythonListener(t);
  for (const [peer, err] of [
    ['c, _ = l.accept(); c.recv(3000); c.close()', 'SOCKET-CLOSED'],
    ['c, _ = l.accept(); c.recv(3000); c.sendall(b"220 hello there, this is no TLS\\r\\n")', 'SOCKET-SSL-ERROR'],
    ['c, _ = l.accept()', 'SOCKET-SSL-ERROR'],
  ] as const) {
    const queue = new Queue();
    const socket = newSocket(t);
    socket.setEventQueue(queue);
    python.begin(peer);
    thrown(() => socket.connectSSL(`127.0.0.1:${port}`, err === 'SOCKET-CLOSED' ? LIMIT : 400), err);
    await python.caughtUp();
    assert.equal(socket.isOpen(), false, 'nothing goes out in the clear');
    assert.equal(socket.isSecure(), false);
    assert.deepEqual(
      eventsOf(queue, socket)
        .map(({ event }) => event)
        .filter((event) => Number(event) !== 11 && Number(event) !== 12 && Number(event) !== 18),
      [EVENT_CONNECTED, EVENT_START_SSL, EVENT_CHANNEL_CLOSED],
    );
  }
});

test('bytes in the clear before the handshake are refused', async (t) => {
  const { python, port } = await pythonListener(t);
  const socket = newSocket(t);
  socket.connect(`127.0.0.1:${port}`, LIMIT);
  await python.run('c, _ = l.accept(); c.sendall(b"injected")');
  assert.equal(socket.isDataAvailable(LIMIT), true);
  const { desc } = thrown(() => socket.upgradeClientToSSL(LIMIT), 'SOCKET-SSL-ERROR');
  assert.match(desc, /in the clear/);
  assert.equal(socket.isOpen(), false);
});

test('no connection is SOCKET-CONNECT-ERROR for the three that connect with TLS', async (t) => {
  const { port, python } = await pythonListener(t);
  await python.run('l.close()');
  const socket = newSocket(t);
  thrown(() => socket.connectSSL(`127.0.0.1:${port}`), 'SOCKET-CONNECT-ERROR');
  thrown(() => socket.connectINETSSL('127.0.0.1', port), 'SOCKET-CONNECT-ERROR');
  thrown(() => socket.connectUNIXSSL('/nowhere/at/all'), 'SOCKET-CONNECT-ERROR');
});

test('upgradeClientToSSL begins TLS in the middle, and does nothing when it is on', async (t) => {
  const { cert, key } = { cert: pki().server.certFile, key: pki().server.keyFile };
  const python = startPuppet(
    t,
    `import ssl
x = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
x.load_cert_chain(sys.argv[1], sys.argv[2])
l = socket.create_server(('127.0.0.1', 0))
say(l.getsockname()[1])`,
    { args: [cert, key] },
  );
  const port = Number(await python.line());
  const socket = newSocket(t);
  const queue = new Queue();
  socket.setEventQueue(queue);
  socket.connect(`127.0.0.1:${port}`, LIMIT);
  queue.clear();
  python.begin('c = x.wrap_socket(l.accept()[0], server_side=True)');
  assert.equal(socket.upgradeClientToSSL(LIMIT), null);
  assert.equal(socket.upgradeClientToSSL(LIMIT), null);
  await python.caughtUp();
  const cipher = (await python.value('c.cipher()[0]')) as string;
  assert.deepEqual(eventsOf(queue, socket), [
    { event: EVENT_START_SSL },
    { event: EVENT_SSL_ESTABLISHED, cipher, cipher_version: 'TLSv1.3' },
  ]);
  assert.equal(socket.getSSLCipherName(), cipher);
});

test('a client shows its certificate when it has both certificate and key', async (t) => {
  const { client, root } = pki();
  const server = await startServer(t, pki().server, ['-Verify', '3', '-verify_return_error', '-CAfile', root.certFile]);
  const socket = newSocket(t);
  socket.setCertificate(new SSLCertificate(client.cert));
  socket.setPrivateKey(new SSLPrivateKey(client.key));
  socket.connectSSL(server.target, LIMIT);
  await server.until(/CN *= *client/);
});
