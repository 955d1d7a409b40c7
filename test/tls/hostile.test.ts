// Peers that mean harm or know no better. Each harms its own connection only, and is told apart.

import assert from 'node:assert/strict';
import type * as promises from 'berkeley';
import { descriptors, failure, inBothColours, Python, type Net } from '../net/kit.js';
import { pki } from '../support/pki.js';

/** A ClientHello that TLS 1.2 to 1.3 need, and the flights of a good client, made by OpenSSL in memory. */
const prelude = `
import ssl, random, os
def hello():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT); context.check_hostname = False; context.verify_mode = ssl.CERT_NONE
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing)
    try: tls.do_handshake()
    except ssl.SSLWantReadError: pass
    return tls, incoming, outgoing
def reset(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0)); s.close()
def quiet(action):
    try: return action()
    except OSError: return None
def old_hello(version):
    body = version + bytes(32) + b'\\0' + struct.pack('>H', 4) + b'\\xc0\\x13\\x00\\x2f' + b'\\1\\0' 
    return b'\\x16\\3\\1' + struct.pack('>H', len(body) + 4) + b'\\1' + struct.pack('>I', len(body))[1:] + body
def alerts(s):
    # What the server said before it ended the connection: the descriptions of its alerts.
    data = b''
    try:
        while piece := s.recv(65536): data += piece
    except OSError: pass
    found = []
    while len(data) >= 5:
        length = struct.unpack('>H', data[3:5])[0]
        if data[0] == 21 and length == 2: found.append(data[6])
        data = data[5 + length:]
    return found
`;

interface Case {
  readonly title: string;
  /** What the client does with the connected socket `s`. */
  readonly script: string;
  readonly code: string;
  readonly alert?: string;
  readonly hint?: RegExp;
}

const clients: readonly Case[] = [
  {
    title: 'plain HTTP',
    script: `s.sendall(b'GET / HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n'); alerts(s)`,
    code: 'ERR_TLS_PROTOCOL',
    hint: /plain HTTP/,
  },
  {
    title: 'random bytes',
    script: `s.sendall(random.Random(7).randbytes(4000)); alerts(s)`,
    code: 'ERR_TLS_PROTOCOL',
  },
  {
    title: 'a hello of TLS 1.0 only',
    script: `s.sendall(old_hello(b'\\3\\1')); assert alerts(s) == [70], 'protocol_version'`,
    code: 'ERR_TLS_PROTOCOL',
    alert: 'protocol_version',
    hint: /older version/,
  },
  {
    title: 'a record of 2^14 + 257 bytes',
    script: `s.sendall(b'\\x16\\3\\1\\x41\\1' + b'\\1' + bytes(0x4100)); assert alerts(s) == [22], 'record_overflow'`,
    code: 'ERR_TLS_PROTOCOL',
    alert: 'record_overflow',
  },
  {
    title: 'a hello that is cut off by the end of the connection',
    script: `s.sendall(hello()[2].read()[:50]); s.shutdown(socket.SHUT_WR); alerts(s)`,
    code: 'ERR_TLS_TRUNCATED',
  },
  {
    title: 'nothing, and the end',
    script: `s.shutdown(socket.SHUT_WR); alerts(s)`,
    code: 'ERR_TLS_TRUNCATED',
  },
  { title: 'nothing, and a reset', script: `reset(s)`, code: 'ECONNRESET' },
  {
    title: 'a hello, and a reset after the answer of the server began',
    script: `s.sendall(hello()[2].read()); s.recv(10); reset(s)`,
    code: 'ECONNRESET',
  },
  {
    title: 'a fatal alert in place of its last flight',
    script: `s.sendall(hello()[2].read()); s.recv(10); s.sendall(b'\\x15\\3\\3\\0\\2\\2\\x30'); alerts(s)`,
    code: 'ERR_TLS_ALERT',
    alert: 'unknown_ca',
  },
];

for (const { title, script, code, alert, hint } of clients) {
  inBothColours(`a listener survives a client that sends ${title}`, async (net, t) => {
    const { server } = pki();
    const listener = await net.listen('127.0.0.1:0', { tls: { cert: server.cert, key: server.key } });
    t.after(() => listener.close());
    const peer = new Python(
      t,
      `${prelude}
s = socket.create_connection(('127.0.0.1', ${listener.address.port}))
${script}
say('done')
good = ssl.create_default_context(cafile=${JSON.stringify(pki().root.certFile)})
conn = good.wrap_socket(socket.create_connection(('127.0.0.1', ${listener.address.port})), server_hostname='localhost')
conn.sendall(b'ping'); say(conn.recv(4).decode()); conn.close()
`,
    );
    const bad = await listener.accept({ timeout: '10s' });
    assert.equal(bad.tlsState, 'pending');
    const error = await failure(() => bad.handshake({ timeout: '10s' }));
    assert.equal(error.code, code, error.message);
    assert.equal(error.phase, 'tls');
    if (alert !== undefined) assert.equal(error.tlsAlert, alert);
    if (hint !== undefined) assert.match(error.hint ?? '', hint);
    assert.equal(bad.socket.fd, -1, 'a failed handshake closes the socket');
    assert.equal(bad.closeInfo?.by, 'error');
    assert.equal((await failure(() => bad.read())).code, 'ERR_SOCKET_CLOSED');
    assert.equal(await peer.hear(), 'done');
    const good = await listener.accept({ timeout: '10s' });
    await good.write(await good.readExact(4));
    assert.equal(await peer.hear(), 'ping');
    await good.close();
  });
}

const servers: readonly Case[] = [
  {
    title: 'speaks HTTP',
    script: `s.sendall(b'HTTP/1.1 400 Bad Request\\r\\n\\r\\n'); quiet(lambda: s.recv(65536))`,
    code: 'ERR_TLS_PROTOCOL',
    hint: /right port/,
  },
  { title: 'ends the connection at once', script: `s.recv(65536); s.close()`, code: 'ERR_TLS_TRUNCATED' },
  { title: 'resets the connection at once', script: `s.recv(65536); reset(s)`, code: 'ECONNRESET' },
  {
    title: 'refuses with an alert and is gone',
    script: `s.recv(65536); s.sendall(b'\\x15\\3\\3\\0\\2\\2\\x28'); s.close()`,
    code: 'ERR_TLS_ALERT',
    alert: 'handshake_failure',
  },
  {
    title: 'answers with a record that is too long',
    script: `s.recv(65536); s.sendall(b'\\x16\\3\\3\\x48\\1' + bytes(0x4801)); quiet(lambda: s.recv(65536))`,
    code: 'ERR_TLS_PROTOCOL',
    alert: 'record_overflow',
  },
];

for (const { title, script, code, alert, hint } of servers) {
  inBothColours(
    `a connect to a server that ${title} fails in the handshake and leaves nothing behind`,
    async (net, t) => {
      const peer = new Python(
        t,
        `${prelude}
l = listener(); say(l.getsockname()[1])
s = l.accept()[0]
${script}
hear()`,
      );
      const port = await peer.hear<number>();
      const before = descriptors();
      const error = await failure(() =>
        net.connect(`127.0.0.1:${port}`, { tls: { ca: pki().root.cert }, timeout: '10s' }),
      );
      assert.equal(error.code, code, error.message);
      assert.equal(error.phase, 'tls');
      assert.equal(error.port, port);
      if (alert !== undefined) assert.equal(error.tlsAlert, alert);
      if (hint !== undefined) assert.match(error.hint ?? '', hint);
      assert.equal(descriptors(), before);
    },
  );
}

inBothColours(
  'promise 2: a client that stalls is in nobody’s way, and the limit of its handshake counts from the first use',
  async (net: Net, t) => {
    const { server } = pki();
    const tls = { cert: server.cert, key: server.key, handshakeTimeout: 300 };
    const listener = await net.listen('127.0.0.1:0', { tls });
    t.after(() => listener.close());
    const peer = new Python(
      t,
      `${prelude}
port = ${listener.address.port}
silent = [socket.create_connection(('127.0.0.1', port)) for _ in range(20)]
half = socket.create_connection(('127.0.0.1', port)); half.sendall(hello()[2].read()[:20])
good = ssl.create_default_context(cafile=${JSON.stringify(pki().root.certFile)})
conn = good.wrap_socket(socket.create_connection(('127.0.0.1', port)), server_hostname='localhost')
conn.sendall(b'ping'); say(conn.recv(4).decode())
ends = [quiet(lambda: s.recv(1)) for s in silent + [half]]
say(len(ends))`,
    );
    const stalled: promises.AsyncConn[] = [];
    for (let i = 0; i < 21; i++) stalled.push(await listener.accept({ timeout: '10s' }));
    const good = await listener.accept({ timeout: '10s' });
    await good.write(await good.readExact(4));
    assert.equal(await peer.hear(), 'ping');
    for (const conn of stalled.slice(0, 3)) {
      assert.equal(conn.tlsState, 'pending');
      const begun = performance.now();
      // A limit of its own that is longer: the handshake's comes first.
      const error = await failure(() => conn.read(1, { timeout: '10s' }));
      assert.equal(error.name, 'TimeoutError');
      assert.equal(error.phase, 'tls');
      const took = performance.now() - begun;
      assert.ok(took >= 295 && took < 3000, `${took} ms`);
      assert.equal(conn.socket.fd, -1);
    }
    for (const conn of stalled) conn.abort();
    assert.equal(await peer.hear(), 21);
    await good.close();
  },
);

inBothColours('a read whose own limit is spent during the handshake leaves the connection alive', async (net, t) => {
  const { server } = pki();
  const listener = await net.listen('127.0.0.1:0', { tls: { cert: server.cert, key: server.key } });
  t.after(() => listener.close());
  const peer = new Python(
    t,
    `${prelude}
s = socket.create_connection(('127.0.0.1', ${listener.address.port}))
hear()
good = ssl.create_default_context(cafile=${JSON.stringify(pki().root.certFile)})
conn = good.wrap_socket(s, server_hostname='localhost')
conn.sendall(b'late'); say(conn.recv(2).decode())`,
  );
  const conn = await listener.accept({ timeout: '10s' });
  const error = await failure(() => conn.read(4, { timeout: 50 }));
  assert.equal(error.name, 'TimeoutError');
  assert.equal(conn.tlsState, 'pending');
  assert.equal(await conn.waitReadable({ timeout: 20 }), false, 'readable means plaintext');
  peer.say('go');
  assert.equal((await conn.readExact(4)).toString(), 'late');
  assert.equal(conn.tlsState, 'established');
  await conn.write('ok');
  assert.equal(await peer.hear(), 'ok');
  await conn.close();
});

inBothColours('a client that wants to renegotiate is refused', async (net, t) => {
  const { server } = pki();
  const listener = await net.listen('127.0.0.1:0', {
    tls: { cert: server.cert, key: server.key, maxVersion: 'TLSv1.2' },
  });
  t.after(() => listener.close());
  const peer = new Python(
    t,
    `import subprocess
p = subprocess.Popen(['openssl', 's_client', '-connect', '127.0.0.1:${listener.address.port}', '-tls1_2'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
p.stdin.write(b'before\\n'); p.stdin.flush(); hear()
# A command counts only where it begins what s_client reads.
p.stdin.write(b'R\\n'); p.stdin.flush()
out = p.communicate()[0].decode()
say('no renegotiation' in out)`,
  );
  const conn = await listener.accept({ timeout: '10s' });
  assert.equal(await conn.readLine(), 'before');
  peer.say('go');
  const error = await failure(() => conn.readAll());
  assert.equal(error.code, 'ERR_TLS_ALERT', String(error));
  await conn.close();
  assert.equal(await peer.hear(), true);
});
