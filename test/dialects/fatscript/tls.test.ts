// FatScript's sockets with TLS: its two switches, against openssl, curl and Python's ssl.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { bind, connect, setSSL, verifySSL, type ServerSocket } from 'berkeley/dialects/fatscript';
import { setDefaults } from 'berkeley/sync';
import { installed } from '../../support/launch.js';
import { startClient, startServer } from '../../support/openssl.js';
import { pki } from '../../support/pki.js';
import { startPuppet } from '../../support/python.js';

const { server: identity, root } = pki();
setDefaults({ tls: { ca: root.cert } });

// The switch is one for the process: this server was there before it.
const plainServer = bind(0);
setSSL(identity.certFile, identity.keyFile);

function serving(t: TestContext): ServerSocket {
  const server = bind(0);
  t.after(() => server.close());
  return server;
}

const port = (target: string): number => Number(target.split(':').at(-1));

/** A Python TLS server whose `s` is the accepted connection, after its handshake. */
const tlsPython = `
import ssl
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
l = socket.create_server(('127.0.0.1', 0))
def take():
    global c, s
    c, _ = l.accept()
    try: s = context.wrap_socket(c, server_side=True)
    except OSError as error: s = None
`;
async function tlsListening(t: TestContext) {
  const python = startPuppet(t, tlsPython, { args: [identity.certFile, identity.keyFile] });
  return { python, port: (await python.value('l.getsockname()[1]')) as number };
}

test('connect with useSSL verifies the certificate for the name, and speaks to an openssl s_server', async (t) => {
  const server = await startServer(t, identity);
  const con = connect('localhost', port(server.target), true);
  con.send('hello openssl\n');
  await server.until(/hello openssl/);
  server.tell('hello FatScript\n');
  assert.equal(con.receive(100).toString(), 'hello FatScript\n');
  assert.equal(con.ssl.length, 8);
  con.close();
  await server.ended();
});

test('the certificate of another name, and one that nobody has signed, are refused, and nothing stays open', async (t) => {
  const { python } = await tlsListening(t);
  await python.run("l = socket.create_server(('127.0.0.2', 0))");
  const before = readdirSync('/proc/self/fd').length;
  const second = (await python.value('l.getsockname()[1]')) as number;
  python.begin('take()');
  assert.throws(() => connect('127.0.0.2', second, true), { name: 'AsyncError', code: 'IP_ADDRESS_MISMATCH' });
  await python.caughtUp();

  assert.equal(readdirSync('/proc/self/fd').length, before);

  const stranger = pki().issue({ name: 'localhost', issuer: 'self' });
  await python.run(
    `context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); context.load_cert_chain('${stranger.certFile}', '${stranger.keyFile}'); l = socket.create_server(('127.0.0.1', 0))`,
  );
  const third = (await python.value('l.getsockname()[1]')) as number;
  python.begin('take()');
  assert.throws(() => connect('localhost', third, true), { name: 'AsyncError', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  await python.caughtUp();

  await t.test('verifySSL(false) accepts it, from then on and for later connections only', async () => {
    verifySSL(false);
    t.after(() => verifySSL(true));
    python.begin('take(); s.sendall(b"whoever I am")');
    const con = connect('localhost', third, true);
    verifySSL(true);
    assert.equal(con.receive(100).toString(), 'whoever I am', 'an open connection goes on');
    con.close();
    await python.caughtUp();
    python.begin('take()');
    assert.throws(() => connect('localhost', third, true), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    await python.caughtUp();
  });
});

test('TLS that is cut is an AsyncError, TLS that says farewell is the end', async (t) => {
  const { python, port } = await tlsListening(t);
  python.begin('take(); s.sendall(b"clean"); s.setblocking(False)\ntry: s.unwrap()\nexcept OSError: pass');
  const clean = connect('localhost', port, true);
  assert.equal(clean.receive(100).toString(), 'clean');
  assert.equal(clean.receive(100).length, 0);
  clean.close();
  await python.caughtUp();
  python.begin('take(); s.sendall(b"cut"); c = s.detach(); os.close(c)');
  const cut = connect('localhost', port, true);
  assert.equal(cut.receive(100).toString(), 'cut');
  assert.throws(() => cut.receive(100), { name: 'AsyncError', code: 'ERR_TLS_TRUNCATED' });
  cut.close();
  await python.caughtUp();
});

test('`ssl` tells TLS connections apart, and is no secret of the session', async (t) => {
  const { python, port } = await tlsListening(t);
  python.begin('take(); first = s; take()');
  const [one, two] = [connect('localhost', port, true), connect('localhost', port, true)];
  assert.notDeepEqual(one.ssl, two.ssl);
  assert.deepEqual(one.ssl, one.ssl);
  assert.deepEqual([one.ssl.length, two.ssl.length], [8, 8]);
  const before = one.ssl;
  one.close();
  assert.deepEqual(one.ssl, before);
  two.close();
  await python.caughtUp();
});

test('a server bound after setSSL speaks TLS, one bound before stays plain, at the same time', async (t) => {
  const server = serving(t);
  const python = startPuppet(
    t,
    `p = socket.create_connection(('127.0.0.1', ${plainServer.port})); p.sendall(b'in the clear')`,
  );
  const plain = plainServer.accept(10_000)!;
  assert.equal(plain.receive(100).toString(), 'in the clear');
  assert.equal(plain.ssl.length, 0);
  plain.close();
  const client = startClient(t, `127.0.0.1:${server.port}`, [
    '-quiet',
    '-verify_return_error',
    '-CAfile',
    root.certFile,
  ]);
  client.tell('through TLS\n');
  const con = server.accept(10_000)!;
  assert.equal(con.ssl.length, 8);
  assert.equal(con.receive(100).toString(), 'through TLS\n');
  con.send('and back\n');
  con.close();
  await client.until(/and back/);
  assert.equal((await client.ended()).code, 0);
  await python.value('1');
  plainServer.close();
});

test('curl visits a TLS server', async (t) => {
  const curl = installed(t, 'curl');
  if (curl === null) return;
  const server = serving(t);
  const visit = promisify(execFile)(curl, ['-sS', '--cacert', root.certFile, '--max-time', '15', `https://localhost:${server.port}/page`]); // prettier-ignore
  const con = server.accept(10_000)!;
  assert.match(con.receive(4096).toString(), /^GET \/page HTTP\/1\.1\r\nHost: localhost/);
  con.send('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nfrom FatScript');
  con.close();
  assert.equal((await visit).stdout, 'from FatScript');
});

test('a TLS client that stalls does not stop the next accept', async (t) => {
  const server = serving(t);
  const python = startPuppet(t, `s = socket.create_connection(('127.0.0.1', ${server.port}))`);
  await python.value('1');
  const stalled = server.accept(10_000)!;
  const client = startClient(t, `127.0.0.1:${server.port}`, ['-quiet', '-CAfile', root.certFile]);
  client.tell('I do speak\n');
  const con = server.accept(10_000)!;
  assert.equal(con.receive(100).toString(), 'I do speak\n');
  con.send('heard\n');
  con.close();
  await client.until(/heard/);
  await client.ended();
  await python.run('s.sendall(b"this is no ClientHello at all, sorry\\n")');
  assert.throws(() => stalled.receive(1), { name: 'AsyncError', code: 'ERR_TLS_PROTOCOL' });
  assert.throws(() => stalled.send('nothing in the clear'), { name: 'AsyncError', code: 'ERR_SOCKET_CLOSED' });
  assert.equal(stalled.id, -1);
});
