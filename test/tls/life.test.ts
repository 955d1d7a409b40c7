// Owns the tests of TLS as a part of a connection's life: who drives the handshake, limits, both colours at once, select, workers,
// forgotten connections. The peer is Python.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';
import * as promises from 'berkeley';
import * as sync from 'berkeley/sync';
import { colours, descriptors, failure, inBothColours, Python, until } from '../net/kit.js';
import { openFiles } from '../support/open-files.js';
import { pki } from '../support/pki.js';

const { server, root } = pki();
const options = { tls: { cert: server.cert, key: server.key } };
const trusting = { tls: { ca: root.cert } };

const prelude = `
import ssl
server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); server.load_cert_chain(${JSON.stringify(server.certFile)}, ${JSON.stringify(server.keyFile)})
client = ssl.create_default_context(cafile=${JSON.stringify(root.certFile)})
def connect(port): return client.wrap_socket(socket.create_connection(('127.0.0.1', port)), server_hostname='localhost')
def nodelay(s): s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1); return s
`;
/** A server that shakes hands when it is told, and then does what the script says with `s`. */
const serving = (script: string): string => `${prelude}
l = listener(); say(l.getsockname()[1])
raw = nodelay(l.accept()[0])
${script}`;

test('a read and a write that come first share one handshake', async (t) => {
  const listener = await promises.listen('127.0.0.1:0', options);
  t.after(() => listener.close());
  const peer = new Python(
    t,
    `${prelude}
raw = socket.create_connection(('127.0.0.1', ${listener.address.port})); hear()
s = client.wrap_socket(raw, server_hostname='localhost')
s.sendall(s.recv(5)[::-1]); say('done'); hear()`,
  );
  const conn = await listener.accept();
  const reading = conn.readExact(5);
  const writing = conn.write('hello');
  const shaking = conn.handshake();
  assert.equal(conn.tlsState, 'pending');
  assert.equal(conn.tls, null);
  peer.say('go');
  assert.equal(await writing, 5);
  assert.equal(String(await reading), 'olleh');
  assert.equal((await shaking).version, 'TLSv1.3');
  assert.equal(await peer.hear(), 'done');
  await conn.close();
  assert.equal((conn.tls as promises.TlsInfo | null)?.cipherVersion, 'TLSv1.3', 'the facts remain after close');
});

inBothColours('what was agreed on can be asked for the first time when the connection is closed', async (net, t) => {
  const listener = await net.listen('127.0.0.1:0', { tls: { ...options.tls, alpn: ['b', 'a'] } });
  t.after(() => listener.close());
  const script = `${prelude}
client.set_alpn_protocols(['a', 'c']); s = connect(${listener.address.port}); s.sendall(b'hello'); hear()
say([s.version(), s.cipher()[0]]); hear()`;
  const peer = new Python(t, script);
  const conn = await listener.accept();
  assert.equal(String(await conn.readExact(5)), 'hello');
  await conn.close();
  peer.say('go');
  const [version, cipher] = await peer.hear<[string, string]>();
  const { tls } = conn as { tls: promises.TlsInfo | null };
  assert.ok(tls);
  const { alpn, serverName, resumed, chain, session, verifyCode } = tls;
  assert.deepEqual([tls.version, tls.cipher, tls.cipherVersion], [version, cipher, version]);
  assert.ok(['X25519', 'X25519MLKEM768'].includes(String(tls.group)), String(tls.group));
  assert.deepEqual(
    { alpn, serverName, resumed, chain, session, verifyCode },
    { alpn: 'a', serverName: 'localhost', resumed: false, chain: [], session: null, verifyCode: 'NO_PEER_CERTIFICATE' },
  );
  assert.throws(() => tls.exportKey(32, 'EXPORTER-test'), { code: 'ERR_SOCKET_CLOSED' });
});

test('when a handshake fails, everything that waits on the connection fails for its reason', async (t) => {
  const listener = await promises.listen('127.0.0.1:0', options);
  t.after(() => listener.close());
  const peer = new Python(
    t,
    `raw = socket.create_connection(('127.0.0.1', ${listener.address.port})); hear(); raw.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n'); hear()`,
  );
  const conn = await listener.accept();
  const calls = [conn.readExact(5), conn.read(), conn.write('hello'), conn.write('more'), conn.handshake()];
  peer.say('go');
  for (const result of await Promise.allSettled(calls)) {
    assert.equal(result.status, 'rejected');
    assert.equal((result.reason as promises.SocketError).code, 'ERR_TLS_PROTOCOL');
  }
  assert.equal(conn.closeInfo?.error?.code, 'ERR_TLS_PROTOCOL');
});

inBothColours(
  'promise 3: a limit bounds lookup, connect and handshake together, and leaves nothing behind',
  async (net, t) => {
    const peer = new Python(t, serving('hear()'));
    const port = await peer.hear<number>();
    const before = openFiles();
    const begun = performance.now();
    const error = await failure(() => net.connect(`localhost:${port}`, { ...trusting, timeout: 150 }));
    const took = performance.now() - begun;
    assert.equal(error.name, 'TimeoutError');
    assert.equal(error.phase, 'tls');
    assert.ok(took >= 145 && took < 2000, `${took} ms`);
    // The lookup of the other family was given up, and its thread may still have a file of the C library's open.
    await until(() => openFiles().every((file) => before.includes(file)), 'nothing is left open');
    for (const call of [() => net.connect(`localhost:${port}`, { ...trusting, timeout: 0 })])
      assert.equal((await failure(call)).name, 'RangeError');
  },
);

test('a signal ends a handshake, and the connection with it', async (t) => {
  const peer = new Python(t, serving('hear()'));
  const port = await peer.hear<number>();
  const before = descriptors();
  const controller = new AbortController();
  const connecting = promises.connect(`127.0.0.1:${port}`, { ...trusting, signal: controller.signal });
  await until(() => descriptors() > before, 'the connection is there');
  controller.abort(new Error('changed my mind'));
  const error = await failure(() => connecting);
  assert.equal(error.code, 'ABORT_ERR');
  assert.equal(descriptors(), before);
});

inBothColours(
  'promise 1: a write that runs out of time tells what is in records, and the stream goes on behind it',
  async (net, t) => {
    const peer = new Python(
      t,
      serving(`
s = server.wrap_socket(raw, server_side=True); hear()
got = 0
while True:
    piece = s.recv(65536)
    if not piece: break
    got += len(piece)
say(got)`),
    );
    const port = await peer.hear<number>();
    const conn = await net.connect(`127.0.0.1:${port}`, trusting);
    const error = await failure(() => conn.write(Buffer.alloc(32 << 20, 'a'), { timeout: 100 }));
    assert.equal(error.name, 'TimeoutError');
    assert.ok(error.bytesDone > 0 && error.bytesDone < 32 << 20, String(error.bytesDone));
    assert.equal(error.bytesDone % 16384, 0, 'whole records');
    assert.equal(conn.bytesWritten, error.bytesDone);
    peer.say('go');
    await conn.write('the rest', { timeout: '10s' });
    await conn.closeWrite();
    assert.equal(await peer.hear(), error.bytesDone + 8);
    await conn.close();
  },
);

inBothColours('promise 2: select and waitReadable mean plaintext', async (net, t) => {
  const peer = new Python(
    t,
    serving(`
incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
tls = server.wrap_bio(incoming, outgoing, server_side=True)
while True:
    try: tls.do_handshake(); break
    except ssl.SSLWantReadError: pass
    if outgoing.pending: raw.sendall(outgoing.read())
    incoming.write(raw.recv(65536))
raw.sendall(outgoing.read())
tls.write(b'x' * 5000); record = outgoing.read()
say('shaken'); hear()
raw.sendall(record[:-1]); say('most'); hear()
raw.sendall(record[-1:]); say('all'); hear()`),
  );
  const port = await peer.hear<number>();
  const conn = await net.connect(`127.0.0.1:${port}`, trusting);
  assert.equal(await peer.hear(), 'shaken');
  // Session tickets are there, and a record that lacks a byte.
  peer.say('go');
  assert.equal(await peer.hear(), 'most');
  assert.deepEqual(await net.select([[conn, { read: true }]], { timeout: 30 }), []);
  assert.equal(await conn.waitReadable({ timeout: 30 }), false);
  assert.deepEqual(await net.select([[conn, { write: true }]]), [{ index: 0, write: true }]);
  peer.say('go');
  assert.equal(await peer.hear(), 'all');
  assert.deepEqual(await net.select([[conn, { read: true }]], { timeout: '10s' }), [{ index: 0, read: true }]);
  assert.equal(await conn.waitReadable({ timeout: 0 }), true);
  assert.equal((await conn.readExact(5000)).length, 5000);
  assert.deepEqual(await net.select([[conn, { read: true }]], { timeout: 0 }), []);
  await conn.close();
});

test('both colours work on one TLS connection', async (t) => {
  const peer = new Python(
    t,
    serving(`
s = server.wrap_socket(raw, server_side=True)
while piece := s.recv(65536): s.sendall(piece)
s.unwrap()`),
  );
  const port = await peer.hear<number>();
  const conn = await promises.connect(`127.0.0.1:${port}`, trusting);
  const face = sync.share(conn);
  face.write('from the blocking colour');
  assert.equal(String(await conn.readExact(24)), 'from the blocking colour');
  await conn.write('and back');
  assert.equal(String(face.readExact(8)), 'and back');
  assert.equal(face.tls, conn.tls);
  const reading = conn.read();
  assert.throws(() => face.read(), { code: 'ERR_BUSY' });
  face.write('x');
  assert.equal(String(await reading), 'x');
  face.close();
});

inBothColours('what cannot be is refused and changes nothing', async (net, t) => {
  const peer = new Python(
    t,
    serving(`
s = server.wrap_socket(raw, server_side=True)
while piece := s.recv(65536): s.sendall(piece)`),
  );
  const port = await peer.hear<number>();
  const [a, b] = net.pair();
  for (const call of [() => a.stopTls(), () => a.handshake()])
    assert.equal((await failure(call)).code, 'ERR_SOCKET_STATE');
  assert.equal(a.tls, null);
  assert.equal(a.tlsState, 'none');
  await a.closeWrite();
  assert.equal((await failure(() => a.startTls({ serverName: 'x' }))).code, 'ERR_SOCKET_STATE');
  a.abort();
  b.abort();
  const conn = await net.connect(`127.0.0.1:${port}`, trusting);
  assert.equal((await failure(() => conn.startTls())).code, 'ERR_SOCKET_STATE');
  assert.equal((await failure(() => conn.startTls({ timeout: 0 }))).name, 'RangeError');
  assert.equal((await failure(() => conn.socket.detach())).code, 'ERR_SOCKET_STATE');
  for (const wrong of [{ server: 1 }, { buffered: 'keep' }, { minVersion: 'TLSv1' }, { verify: 'no' }, { timeout: -1 }])
    assert.match((await failure(() => conn.startTls(wrong as never))).code, /ERR_INVALID_ARG|ERR_SOCKET_STATE/);
  await conn.write('alive');
  assert.equal(String(await conn.readExact(5)), 'alive');
  await conn.close();
  assert.equal((await failure(() => conn.handshake())).code, 'ERR_SOCKET_CLOSED');
});

inBothColours('inspect shows what a person wants to know and no secret', async (net, t) => {
  const peer = new Python(t, serving(`s = server.wrap_socket(raw, server_side=True); s.sendall(b'x'); hear()`));
  const port = await peer.hear<number>();
  const conn = await net.connect(`127.0.0.1:${port}`, trusting);
  await conn.readExact(1);
  const session = Buffer.from(conn.tls?.session ?? []);
  assert.ok(session.length > 100);
  const shown = inspect(conn, { depth: 10, showHidden: true, maxArrayLength: null, maxStringLength: null });
  assert.match(shown, /tls: 'TLSv1\.3'/);
  assert.match(inspect(conn.tls), /^TlsInfo \{ version: 'TLSv1\.3', .*verifyCode: 'OK' \}$/);
  assert.ok(!shown.includes(session.subarray(60, 80).toString('hex')));
  assert.ok(!/session|Uint8Array|<Buffer/.test(shown), shown);
  assert.ok(!/session/.test(JSON.stringify(conn.tls)));
  await conn.close();
});

for (const [what, program] of Object.entries({
  handshake: `const conn = net.connect('127.0.0.1:' + workerData.port, workerData.options); ready(); await conn;`,
  'blocking handshake': `ready(); sync.connect('127.0.0.1:' + workerData.port, workerData.options);`,
})) {
  test(`promise 15: terminate() works in the middle of a ${what}, and leaves no descriptor`, async (t) => {
    const peer = new Python(t, serving(`raw.recv(1); say('begun'); hear()`));
    const port = await peer.hear<number>();
    const before = descriptors();
    const entry = (name: string): string =>
      JSON.stringify(new URL(`../../../dist/${name}/index.js`, import.meta.url).href);
    const thread = new Worker(
      new URL(
        `data:text/javascript,${encodeURIComponent(`
import { parentPort, workerData } from 'node:worker_threads';
import * as sync from ${entry('sync')}; import * as net from ${entry('promises')};
const ready = () => parentPort.postMessage('ready');
${program}`)}`,
      ),
      { workerData: { port, options: trusting } },
    );
    assert.equal(await peer.hear(), 'begun');
    await thread.terminate();
    await until(() => descriptors() <= before, 'no descriptor is left');
  });
}

test('a forgotten TLS connection is closed with a warning', async (t) => {
  const gc = (globalThis as { gc?: () => void }).gc ?? (await collector());
  const peer = new Python(t, serving(`s = server.wrap_socket(raw, server_side=True); say(len(s.recv(1)))`));
  const port = await peer.hear<number>();
  const warned = new Promise<Error>((tell) => process.once('warning', tell));
  await forget(port);
  // The end of the connection is what Python hears; a truncated one raises there.
  const begun = performance.now();
  let warning: Error | null = null;
  void warned.then((it) => (warning = it));
  while (warning === null && performance.now() - begun < 10_000) {
    gc();
    await new Promise((go) => setImmediate(go));
  }
  assert.equal((warning as Error | null)?.name, 'SocketLeakWarning');
});

async function forget(port: number): Promise<void> {
  const conn = await promises.connect(`127.0.0.1:${port}`, trusting);
  assert.equal(conn.tlsState, 'established');
}

async function collector(): Promise<() => void> {
  const { setFlagsFromString } = await import('node:v8');
  const { runInNewContext } = await import('node:vm');
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

for (const [name, net] of colours) {
  test(`setDefaults gives every connection its CA, and cannot switch verification off (${name})`, async (t) => {
    t.after(() => net.setDefaults({ tls: {} }));
    const peer = new Python(
      t,
      serving(`
for _ in range(3):
    try: server.wrap_socket(raw, server_side=True).sendall(b'x')
    except OSError: pass
    raw = nodelay(l.accept()[0])`),
    );
    const port = await peer.hear<number>();
    const refused = await failure(() => net.connect(`127.0.0.1:${port}`, { tls: true }));
    assert.equal(refused.code, 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY');
    assert.ok(refused instanceof promises.CertificateError);
    assert.throws(() => net.setDefaults({ tls: { verify: false } as object }), TypeError);
    net.setDefaults({ tls: { ca: root.cert } });
    const conn = await net.connect(`tls://127.0.0.1:${port}`);
    assert.equal(conn.tls?.authorized, true);
    assert.equal(conn.tls.verifyCode, 'OK');
    await conn.close();
  });
}
