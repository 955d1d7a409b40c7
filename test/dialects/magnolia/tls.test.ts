// TLS under Magnolia's names: from the start and in the middle, both ways to call, against openssl and Python's ssl.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import * as socket from 'berkeley/dialects/magnolia';
import { setDefaults } from 'berkeley/sync';
import { startClient, startServer } from '../../support/openssl.js';
import { pki, type Issued } from '../../support/pki.js';
import type { Puppet } from '../../support/python.js';
import { bothWays, closeQuietly, connected, errorOf, events, handleOf, listening, type Ask } from './kit.js';

const { server: identity, client, root } = pki();
const stranger = pki().issue({ name: 'localhost', issuer: 'self' });
setDefaults({ tls: { ca: root.cert } });

const own = { certFile: identity.certFile, keyFile: identity.keyFile };

/** Python's sides of TLS: `secure()` is the server's, in the middle or at the start; `s` is what comes of it. */
const tlsOf = ({ certFile, keyFile }: Issued): string => `
import ssl
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain('${certFile}', '${keyFile}')
trusting = ssl.create_default_context(cafile='${root.certFile}')
def secure():
    global s
    try: s = context.wrap_socket(c, server_side=True, suppress_ragged_eofs=False)
    except OSError as error: s = None
def secured(name='localhost'):
    global s
    try: s = trusting.wrap_socket(c, server_hostname=name)
    except OSError as error: s = None
`;

/** In the clear on both ends; \`c\` is Python's. */
async function plain(
  ask: Ask,
  t: TestContext,
  host = 'localhost',
  issued = identity,
): Promise<{ python: Puppet; handle: socket.SocketHandle }> {
  const { python, port } = await listening(t, tlsOf(issued));
  const handle = handleOf(await ask('connect', `${host}:${port}`));
  t.after(() => closeQuietly(handle));
  await python.run('take()');
  return { python, handle };
}

bothWays('connect with tls makes the handshake and checks the certificate for the host', async (ask, t) => {
  const server = await startServer(t, identity, [], { connections: 2 });
  const port = server.target.split(':').at(-1)!;
  const answer = await ask('connect', `localhost:${port}`, { tls: true });
  assert.ok(answer.type === 'ok' && answer.tls, JSON.stringify(answer));
  assert.equal(answer.remote, `127.0.0.1:${port}`);
  await ask('sendLine', answer.socket, 'hello openssl');
  await server.until(/hello openssl/);
  server.tell('hello Magnolia\n');
  assert.deepEqual(await ask('recvLine', answer.socket), { type: 'data', data: 'hello Magnolia' });
  assert.deepEqual(await ask('close', answer.socket), { type: 'closed' });
  const other = errorOf(await ask('connect', `localhost:${port}`, { tls: true, serverName: 'elsewhere.test' }));
  assert.match(other, /^Could not connect socket: .*HOSTNAME_MISMATCH/);
});

bothWays('a certificate that nobody has signed is an error, and insecureSkipVerify accepts it', async (ask, t) => {
  const { python, port } = await listening(t, tlsOf(stranger));
  python.begin('take(); secure()');
  const refused = errorOf(await ask('connect', `localhost:${port}`, { tls: true }));
  assert.match(refused, /^Could not connect socket: .*DEPTH_ZERO_SELF_SIGNED_CERT/);
  python.begin('take(); secure(); s.sendall(b"whoever I am\\n")');
  const answer = await ask('connect', `localhost:${port}`, { tls: true, insecureSkipVerify: true });
  assert.deepEqual(await ask('recvLine', handleOf(answer)), { type: 'data', data: 'whoever I am' });
  await ask('close', handleOf(answer));
  await python.caughtUp();
});

bothWays('a client shows its certificate', async (ask, t) => {
  const server = await startServer(t, identity, ['-Verify', '2', '-CAfile', root.certFile]);
  const files = { certFile: client.certFile, keyFile: client.keyFile, server: true };
  const answer = await ask('connect', server.target, { tls: true, ...files });
  await ask('sendLine', handleOf(answer), 'it is me');
  await server.until(/subject=.*CN = client[^]*it is me/);
  await ask('close', handleOf(answer));
});

bothWays('startTLS checks the name of the host that connect was given, where it is told none', async (ask, t) => {
  const { python, handle } = await plain(ask, t);
  python.begin('secure(); s.sendall(b"protected\\n")');
  const answer = await ask('startTLS', handle);
  assert.ok(answer.type === 'ok' && answer.tls && answer.socket.id === handle.id, JSON.stringify(answer));
  assert.match(answer.remote, /^127\.0\.0\.1:\d+$/);
  assert.deepEqual(await ask('recvLine', handle), { type: 'data', data: 'protected' });
  assert.match(
    errorOf(await ask('startTLS', handle)),
    /^Could not upgrade socket to TLS: .*ERR_SOCKET_STATE/,
    'TLS is on',
  );
  await ask('sendLine', handle, 'thanks');
  assert.equal(await python.value('s.recv(99).decode()'), 'thanks\r\n');
  assert.deepEqual(await ask('close', handle), { type: 'closed' });
  assert.equal(await python.value('s.recv(99).decode()'), '', 'the end is no cut');
});

bothWays(
  'a failed startTLS is an error; nothing goes out in the clear after it, and close still works',
  async (ask, t) => {
    const { python, handle } = await plain(ask, t, '127.0.0.1', stranger);
    python.begin('secure()');
    assert.match(
      errorOf(await ask('startTLS', handle, { serverName: 'localhost' })),
      /^Could not upgrade socket to TLS: /,
    );
    assert.match(errorOf(await ask('send', handle, 'secret')), /^Could not write socket data: .*ERR_SOCKET_CLOSED/);
    assert.match(errorOf(await ask('recv', handle, 1)), /^Could not read socket data: .*ERR_SOCKET_CLOSED/);
    assert.deepEqual(await ask('close', handle), { type: 'closed' });
  },
);

bothWays('TLS that is cut is an unexpected EOF, TLS that says farewell is closed', async (ask, t) => {
  const { python, port } = await listening(t, tlsOf(identity));
  python.begin('take(); secure(); s.sendall(b"cut"); os.close(s.detach())');
  const cut = handleOf(await ask('connect', `localhost:${port}`, { tls: true }));
  assert.deepEqual(await ask('recvExact', cut, 3), { type: 'data', data: 'cut' });
  assert.match(errorOf(await ask('recv', cut, 9)), /^Could not read socket data: unexpected EOF/);
  await ask('close', cut);
  python.begin('take(); secure(); s.settimeout(0)\ntry: s.unwrap()\nexcept OSError: pass');
  const clean = handleOf(await ask('connect', `localhost:${port}`, { tls: true }));
  assert.deepEqual(await ask('recv', clean, 9), { type: 'closed' });
  await ask('close', clean);
  await python.caughtUp();
});

bothWays('plaintext that was injected before startTLS is never delivered (CVE-2011-0411)', async (ask, t) => {
  const { python, handle } = await plain(ask, t);
  await python.run('c.sendall(b"220 go ahead\\r\\n250 injected\\r\\n")');
  assert.deepEqual(await ask('recvLine', handle), { type: 'data', data: '220 go ahead' });
  await python.run('c.sendall(b"250 and more\\r\\n")');
  python.begin('secure(); s.sendall(b"250 protected\\r\\n")');
  const answer = await ask('startTLS', handle);
  assert.equal(answer.type, 'ok');
  assert.deepEqual(await ask('recvLine', handle), { type: 'data', data: '250 protected' });
  await python.caughtUp();
});

bothWays('a server takes a ClientHello that came in the segment of the command', async (ask, t) => {
  const { python, handle } = await connected(ask, t);
  await python.run(`${tlsOf(identity)}
incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
t = trusting.wrap_bio(incoming, outgoing, server_hostname='localhost')
try: t.do_handshake()
except ssl.SSLWantReadError: pass
c.sendall(b'STARTTLS\\r\\n' + outgoing.read())
def finish():
    while True:
        try: t.do_handshake(); break
        except ssl.SSLWantReadError: incoming.write(c.recv(65536))
    t.write(b'quick\\n'); c.sendall(outgoing.read())`);
  assert.deepEqual(await ask('recvLine', handle), { type: 'data', data: 'STARTTLS' });
  python.begin('finish()');
  const answer = await ask('startTLS', handle, { server: true, ...own });
  assert.ok(answer.type === 'ok' && answer.tls, JSON.stringify(answer));
  assert.deepEqual(await ask('recvLine', handle), { type: 'data', data: 'quick' });
  await python.caughtUp();
});

bothWays('a server takes no command that was injected before TLS', async (ask, t) => {
  const { python, handle } = await connected(ask, t);
  await python.run('c.sendall(b"STARTTLS\\r\\nMAIL FROM:<evil>\\r\\n")');
  assert.deepEqual(await ask('recvLine', handle), { type: 'data', data: 'STARTTLS' });
  assert.match(errorOf(await ask('startTLS', handle, { server: true, ...own })), /^Could not upgrade socket to TLS: /);
  assert.match(errorOf(await ask('recvLine', handle)), /ERR_SOCKET_CLOSED/);
});

bothWays(
  'an accepted connection becomes TLS as the server, and as the client where a name is given',
  async (ask, t) => {
    const { next } = events(t);
    const { python, port } = await listening(t, tlsOf(identity));
    await python.run('l.close()');
    assert.ok(port > 0);
    const local = (await ownPort(t, next, python)).local;
    for (const server of [true, false]) {
      await python.run(`c = socket.create_connection(('127.0.0.1', ${local.split(':')[1]!}))`);
      const event = await next();
      python.begin(`${server ? 'secured()' : 'secure()'}; s.sendall(b"by TLS\\n")`);
      if (!server)
        assert.match(errorOf(await ask('startTLS', event.socket)), /ERR_TLS_SERVER_NAME/, 'there is no name to check');
      const answer = await ask('startTLS', event.socket, server ? { server, ...own } : { serverName: 'localhost' });
      assert.equal(answer.type, 'ok', JSON.stringify(answer));
      assert.deepEqual(await ask('recvLine', event.socket), { type: 'data', data: 'by TLS' });
      await python.caughtUp();
    }
  },
);

/** An event of the listener, which says where it listens. */
async function ownPort(
  t: TestContext,
  next: () => Promise<socket.ConnectEvent>,
  python: Puppet,
): Promise<socket.ConnectEvent> {
  await python.run(`
import glob
own = {os.readlink(f) for f in glob.glob('/proc/${process.pid}/fd/*') if os.path.islink(f)}
for line in open('/proc/net/tcp').read().splitlines()[1:]:
    w = line.split()
    if w[3] == '0A' and 'socket:[%s]' % w[9] in own: found = int(w[1].split(':')[1], 16)
probe = socket.create_connection(('127.0.0.1', found))`);
  const event = await next();
  t.after(() => closeQuietly(event.socket));
  return event;
}

test(
  'a listener with tls calls back before the handshake, so a client that stalls or lies stops nobody',
  { timeout: 20_000 },
  async (t) => {
    const { next } = events(t, '127.0.0.1:0', { tls: true, ...own });
    const { python } = await listening(t);
    await python.run('l.close()');
    const silent = await ownPort(t, next, python);
    assert.equal(silent.tls, true);
    const openssl = startClient(t, silent.local, ['-quiet', '-verify_return_error', '-CAfile', root.certFile]);
    openssl.tell('I do speak TLS\n');
    const { socket: handle } = await next();
    const line = await new Promise((resolve) => void socket.recvLine(handle, resolve));
    assert.deepEqual(line, { type: 'data', data: 'I do speak TLS' });
    assert.deepEqual(await new Promise((resolve) => void socket.sendLine(handle, 'heard', resolve)), {
      type: 'sent',
      bytes: 7,
    });
    await openssl.until(/heard/);
    assert.deepEqual(socket.close(handle), { type: 'closed' });
    assert.equal((await openssl.ended()).code, 0);
    await python.run('probe.sendall(b"GET / HTTP/1.1\\r\\n\\r\\n")');
    const bad = await new Promise((resolve) => void socket.recv(silent.socket, 10, resolve));
    assert.match(errorOf(bad), /^Could not read socket data: /);
    assert.deepEqual(socket.close(silent.socket), { type: 'closed' });
  },
);
