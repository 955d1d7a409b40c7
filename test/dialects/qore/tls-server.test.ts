// TLS of a Qore Socket as the server: Python and openssl s_client at the other end.

import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { createPrivateKey } from 'node:crypto';
import {
  EVENT_SSL_ESTABLISHED,
  EVENT_START_SSL,
  Queue,
  Socket,
  SSLCertificate,
  SSLPrivateKey,
} from 'berkeley/dialects/qore';
import { startClient } from '../../support/openssl.js';
import { pki } from '../../support/pki.js';
import { startPuppet, type Puppet } from '../../support/python.js';
import { eventsOf, LIMIT, listening, newSocket, thrown } from './kit.js';

/** A Python that connects to `port` with TLS, as `c`. */
function tlsClient(t: TestContext, port: number): Puppet {
  return startPuppet(
    t,
    `import ssl
x = ssl.create_default_context(cafile=sys.argv[1])
x.check_hostname = True
def go():
    global c
    c = x.wrap_socket(socket.create_connection(('127.0.0.1', ${port})), server_hostname='localhost')`,
    { args: [pki().root.certFile] },
  );
}

function serving(t: TestContext): { socket: Socket; port: number } {
  const { socket, port } = listening(t);
  socket.setCertificate(pki().server.cert);
  socket.setPrivateKey(pki().server.key);
  return { socket, port };
}

test('acceptSSL gives a secure Socket, and its two events go to the queue of the listening one', async (t) => {
  const { socket, port } = serving(t);
  socket.setCharset('ISO-8859-1');
  const queue = new Queue();
  socket.setEventQueue(queue);
  const python = tlsClient(t, port);
  python.begin('go()');
  const accepted = socket.acceptSSL(LIMIT);
  assert.ok(accepted instanceof Socket);
  await python.caughtUp();
  assert.equal(accepted.isSecure(), true);
  assert.equal(socket.isSecure(), false);
  assert.equal(accepted.getCharset(), 'ISO-8859-1');
  assert.equal(accepted.getPort(), port);
  assert.equal(accepted.verifyPeerCertificate(), null, 'a client is not asked for a certificate');
  const cipher = accepted.getSSLCipherName();
  assert.equal(await python.value('c.cipher()[0]'), cipher);
  assert.deepEqual(eventsOf(queue, socket), [
    { event: EVENT_START_SSL },
    { event: EVENT_SSL_ESTABLISHED, cipher, cipher_version: 'TLSv1.3' },
  ]);
  assert.equal(accepted.close(), 0);
  assert.equal(await python.value('len(c.recv(1))'), 0, 'close says close_notify');
});

test('acceptSSL without a limit serves openssl s_client', async (t) => {
  const { socket, port } = serving(t);
  const client = startClient(t, `127.0.0.1:${port}`, ['-quiet', '-CAfile', pki().root.certFile]);
  const accepted = socket.acceptSSL();
  assert.ok(accepted.isSecure());
  assert.equal(accepted.send('hello from Qore\n'), 0);
  await client.until(/hello from Qore/);
  accepted.destructor();
});

test('acceptSSL gives NOTHING when nobody comes, or the handshake takes too long', async (t) => {
  const { socket, port } = serving(t);
  for (const limit of [0, 30, '30ms'] as const) assert.equal(socket.acceptSSL(limit), null);
  const python = startPuppet(t);
  await python.run(`c = socket.create_connection(('127.0.0.1', ${port}))`);
  const begun = performance.now();
  assert.equal(socket.acceptSSL(150), null);
  assert.ok(performance.now() - begun >= 145);
  assert.equal(await python.value('len(c.recv(1))'), 0, 'the connection is closed');
  const next = tlsClient(t, port);
  next.begin('go()');
  const accepted = socket.acceptSSL(LIMIT);
  assert.ok(accepted?.isSecure(), 'the listening socket goes on');
  accepted?.close();
  await next.caughtUp();
});

test('a client that speaks no TLS is SOCKET-SSL-ERROR, one that goes SOCKET-CLOSED, and the next one is served', async (t) => {
  const { socket, port } = serving(t);
  const python = startPuppet(t);
  await python.run(`c = socket.create_connection(('127.0.0.1', ${port})); c.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n')`);
  thrown(() => socket.acceptSSL(LIMIT), 'SOCKET-SSL-ERROR');
  await python.run(`c = socket.create_connection(('127.0.0.1', ${port})); c.close()`);
  thrown(() => socket.acceptSSL(LIMIT), 'SOCKET-CLOSED');
  const next = tlsClient(t, port);
  next.begin('go()');
  const accepted = socket.acceptSSL(LIMIT);
  await next.caughtUp();
  assert.ok(accepted?.isSecure());
  accepted?.close();
});

test('without a certificate, or with the key of another one, acceptSSL is SOCKET-SSL-ERROR', async (t) => {
  const { socket, port, python } = listening(t);
  const other = pki().issue({ name: 'other.test' });
  await python.run(`c = [socket.create_connection(('127.0.0.1', ${port})) for _ in range(3)]`);
  thrown(() => socket.acceptSSL(LIMIT), 'SOCKET-SSL-ERROR');
  socket.setCertificate(pki().server.cert);
  thrown(() => socket.acceptSSL(LIMIT), 'SOCKET-SSL-ERROR');
  socket.setPrivateKey(other.key);
  thrown(() => socket.acceptSSL(LIMIT), 'SOCKET-SSL-ERROR');
  assert.equal(socket.isOpen(), true);
  for (const i of [0, 1, 2]) assert.equal(await python.value(`len(c[${i}].recv(1))`), 0);
});

test('upgradeServerToSSL begins TLS in the middle, also when the ClientHello comes with the command', async (t) => {
  const { socket, port } = serving(t);
  const python = tlsClient(t, port);
  await python.run(`p = socket.create_connection(('127.0.0.1', ${port}))
came, goes = ssl.MemoryBIO(), ssl.MemoryBIO()
c = x.wrap_bio(came, goes, server_hostname='localhost')
def step():
    try: c.do_handshake()
    except ssl.SSLWantReadError: return False
    return True
def shake():
    while not step(): came.write(p.recv(65536))
    p.sendall(goes.read())
step()
p.sendall(b'GO' + goes.read())`);
  const accepted = socket.accept(LIMIT)!;
  t.after(() => accepted.close());
  accepted.setCertificate(pki().server.cert);
  accepted.setPrivateKey(pki().server.key);
  python.begin('shake()');
  assert.equal(accepted.recv(2, LIMIT), 'GO');
  assert.equal(accepted.upgradeServerToSSL(LIMIT), null);
  await python.caughtUp();
  assert.ok(accepted.isSecure());
  assert.equal(accepted.getSSLCipherName(), await python.value('c.cipher()[0]'));
});

test('certificates and keys come as objects, PEM and DER, with and without a password', async (t) => {
  const { server } = pki();
  const key = createPrivateKey(server.key);
  const pkcs1or8 = key.export({ format: 'der', type: 'pkcs8' });
  const sec1 = key.export({ format: 'der', type: 'sec1' });
  const { content: encrypted } = pki().encryptedKey(server, 'secret');
  const both = `${server.key}${server.cert}`;
  const leafDer = server.x509.raw;
  const forms: [what: string, set: (socket: Socket) => void, chain: boolean][] = [
    [
      'objects',
      (s) => (s.setCertificate(new SSLCertificate(server.cert)), s.setPrivateKey(new SSLPrivateKey(server.key))),
      true,
    ],
    ['PEM', (s) => (s.setCertificate(server.cert), s.setPrivateKey(server.key)), true],
    ['one PEM with both', (s) => (s.setCertificate(both), s.setPrivateKey(both)), true],
    ['a password', (s) => (s.setCertificate(server.cert), s.setPrivateKey(encrypted, 'secret')), true],
    [
      'an object with a password',
      (s) => (s.setCertificate(server.cert), s.setPrivateKey(new SSLPrivateKey(encrypted, 'secret'))),
      true,
    ],
    ['DER, PKCS#8', (s) => (s.setCertificate(leafDer), s.setPrivateKey(pkcs1or8)), false],
    ['DER, SEC1', (s) => (s.setCertificate(new SSLCertificate(leafDer)), s.setPrivateKey(new Uint8Array(sec1))), false],
  ];
  for (const [what, set, chain] of forms) {
    const { socket, port } = listening(t);
    set(socket);
    const client = startPuppet(
      t,
      `import ssl
x = ssl.create_default_context()
x.load_verify_locations(sys.argv[1])
if len(sys.argv) > 2: x.load_verify_locations(sys.argv[2])`,
      { args: [pki().root.certFile, ...(chain ? [] : [pki().intermediate.certFile])] },
    );
    client.begin(`c = x.wrap_socket(socket.create_connection(('127.0.0.1', ${port})), server_hostname='localhost')`);
    const accepted = socket.acceptSSL(LIMIT);
    await client.caughtUp();
    assert.ok(accepted?.isSecure(), what);
    accepted?.close();
    await client.end();
  }
});

test('what is no certificate is SSLCERTIFICATE-CONSTRUCTOR-ERROR', () => {
  const socket = new Socket();
  for (const bad of [
    '',
    'garbage',
    '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
    Buffer.from([1, 2]),
    pki().server.key,
  ]) {
    thrown(() => socket.setCertificate(bad), 'SSLCERTIFICATE-CONSTRUCTOR-ERROR');
    thrown(() => new SSLCertificate(bad), 'SSLCERTIFICATE-CONSTRUCTOR-ERROR');
  }
  thrown(() => new SSLCertificate(5 as unknown as string), 'SSLCERTIFICATE-CONSTRUCTOR-ERROR');
  thrown(() => socket.setCertificate(5 as unknown as string), 'RUNTIME-OVERLOAD-ERROR');
  thrown(() => socket.setCertificate(null as unknown as string), 'RUNTIME-OVERLOAD-ERROR');
});

test('what is no key, or a password that does not fit, is SSLPRIVATEKEY-CONSTRUCTOR-ERROR', () => {
  const socket = new Socket();
  const { content: encrypted } = pki().encryptedKey(pki().server, 'secret');
  for (const [bad, pass] of [
    ['', undefined],
    ['garbage', undefined],
    [Buffer.from([0x30, 3, 2, 1, 0]), undefined],
    [pki().server.leaf, undefined],
    [encrypted, undefined],
    [encrypted, ''],
    [encrypted, 'wrong'],
  ] as const) {
    thrown(() => socket.setPrivateKey(bad as string, pass), 'SSLPRIVATEKEY-CONSTRUCTOR-ERROR');
    thrown(() => new SSLPrivateKey(bad, pass), 'SSLPRIVATEKEY-CONSTRUCTOR-ERROR');
  }
  thrown(() => socket.setPrivateKey('x', 5 as unknown as string), 'SSLPRIVATEKEY-CONSTRUCTOR-ERROR');
  thrown(() => socket.setPrivateKey({} as unknown as string), 'RUNTIME-OVERLOAD-ERROR');
});

test('certificates and keys tell what they are', () => {
  const { x509, key, cert } = pki().issue({
    name: 'facts.test',
    subject: ['C = CZ', 'ST = Prague', 'O = Qore', 'CN = David', 'emailAddress = david@example.test'],
    key: 'rsa2048',
  });
  const certificate = new SSLCertificate(cert);
  assert.deepEqual(certificate.getSubjectHash(), {
    countryName: 'CZ',
    stateOrProvinceName: 'Prague',
    organizationName: 'Qore',
    commonName: 'David',
    emailAddress: 'david@example.test',
  });
  const info = certificate.getInfo();
  assert.deepEqual(info.subject, certificate.getSubjectHash());
  assert.deepEqual(info.issuer, { commonName: 'Test intermediate' });
  assert.deepEqual(certificate.getDER(), x509.raw);
  assert.equal(certificate.getSerialNumber(), BigInt(`0x${x509.serialNumber}`));
  assert.equal(info.notBefore.getTime(), Date.parse(x509.validFrom));
  assert.equal(certificate.getNotAfterDate().getTime(), Date.parse(x509.validTo));
  assert.ok(certificate.getPEM().startsWith('-----BEGIN CERTIFICATE-----'));
  const rsa = new SSLPrivateKey(key);
  assert.deepEqual(rsa.getInfo(), { type: 'RSA', version: 1, bitLength: 2048 });
  assert.equal(createPrivateKey(rsa.getPEM()).equals(createPrivateKey(key)), true);
  assert.deepEqual(new SSLPrivateKey(pki().server.key).getInfo(), { type: 'EC', version: 1, bitLength: 256 });
});

test('shutdownSSL says close_notify; the connection stays secure, and nothing more can be sent', async (t) => {
  const { socket, port } = serving(t);
  const python = tlsClient(t, port);
  python.begin('go()');
  const accepted = socket.acceptSSL(LIMIT)!;
  await python.caughtUp();
  t.after(() => accepted.close());
  assert.equal(accepted.shutdownSSL(), null);
  assert.equal(await python.value('len(c.recv(1))'), 0);
  assert.equal(accepted.isSecure(), true);
  assert.equal(accepted.shutdownSSL(), null);
  thrown(() => accepted.send('more'), 'SOCKET-SSL-ERROR');
  await python.run("c.sendall(b'still')");
  assert.equal(accepted.recv(5, LIMIT), 'still');
  const plain = newSocket(t);
  assert.equal(plain.shutdownSSL(), null);
});
