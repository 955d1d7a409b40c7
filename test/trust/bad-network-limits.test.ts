// Owns the limits over a link that goes dead in each phase: a call ends at its limit, says which phase that was and how far it
// had come, leaves the connection alive, and when the link lives again nothing is missing.

import assert from 'node:assert/strict';
import type * as promises from 'berkeley';
import { descriptors, failure, inBothColours, until, type Net } from '../net/kit.js';
import { pattern, sha256 } from '../support/bytes.js';
import { congestion, enterNetwork, far, PERFECT, startFar, startLink } from '../support/link.js';
import { pki } from '../support/pki.js';
import { seed } from './size.js';

enterNetwork();
const link = await startLink(seed);
const SOON = { timeout: '30s' } as const;
const { root, server } = pki();
const tls = { ca: root.cert, serverName: 'localhost' } as const;

/** A name server that knows one name, a listener, and `s`, whoever comes next: in the clear, or with TLS. */
const python = startFar(
  link,
  `
import hashlib, ssl
listener = congest(socket.create_server(('::', 0), family=socket.AF_INET6, dualstack_ipv6=True))
# TCP_THIN_LINEAR_TIMEOUTS: so that little data does not wait ever longer for a link that lives again.
listener.setsockopt(6, 16, 1)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
# Tickets that come after a close would be answered with a reset, which eats what is not there yet.
context.num_tickets = 0
context.load_cert_chain(${JSON.stringify(server.certFile)}, ${JSON.stringify(server.keyFile)})
def accept(secure):
    c = listener.accept()[0]
    return context.wrap_socket(c, server_side=True) if secure else c
def digest(n): return hashlib.sha256(exactly(s, n)).hexdigest().encode()
names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
names.bind(('${far.ipv4}', 53))
def answer():
    while True:
        asked, who = names.recvfrom(512)
        end = asked.index(0, 12) + 5
        kind = asked[end - 4:end - 2]
        found = {b'\\0\\x01': socket.inet_aton('${far.ipv4}'), b'\\0\\x1c': socket.inet_pton(socket.AF_INET6, '${far.ipv6}')}.get(kind)
        body = b'' if found is None else b'\\xc0\\x0c' + kind + b'\\0\\x01' + struct.pack('!IH', 0, len(found)) + found
        names.sendto(asked[:2] + b'\\x81\\x80\\0\\x01' + struct.pack('!H', 0 if found is None else 1) + b'\\0\\0\\0\\0' + asked[12:end] + body, who)
begin(answer)
`,
);
const port = (await python.value('listener.getsockname()[1]')) as number;

for (const secure of [false, true]) {
  const how = secure ? ' over TLS' : '';

  inBothColours(
    `a read${how} ends at its limit and takes nothing, and the stream goes on where it was`,
    async (net) => {
      await using conn = await open(net, secure);
      await python.run(`s.sendall(b'begun')`);
      await conn.peek(5, SOON);
      await link.set('both', { dead: true });
      await python.run(`s.sendall(b' and ended\\n')`);
      const reads: ((o: promises.Op) => unknown)[] = [
        (o) => conn.readExact(6, o),
        (o) => conn.readLine(o),
        (o) => conn.readUntil(['ended', ';'], o),
        (o) => conn.readNum('u64', o),
        (o) => conn.peek(6, o),
        (o) => conn.readAll(o),
      ];
      for (const read of reads) {
        const error = await atItsLimit(net, 'read', 50, read);
        assert.deepEqual([error.bytesDone, error.partial], [0, undefined]);
      }
      assert.equal((await conn.readExact(5)).toString(), 'begun');
      await atItsLimit(net, 'read', 50, (o) => conn.read(9, o));
      await atItsLimit(net, 'read', 50, (o) => conn.readInto(Buffer.alloc(9), o));
      assert.equal(await conn.waitReadable({ timeout: 50 }), false);
      assert.equal(conn.closeInfo, null);
      await link.set('both', { dead: false });
      assert.equal(await conn.readLine(SOON), ' and ended');
    },
  );

  inBothColours(`a write${how} ends at its limit and says how much went out, and the rest can follow`, async (net) => {
    const bytes = pattern(24 << 20);
    await using conn = await open(net, secure);
    await link.set('both', { dead: true });
    const { bytesDone } = await atItsLimit(net, 'write', 100, (o) => conn.write(bytes, o));
    assert.ok(bytesDone > 0 && bytesDone < bytes.length, `${bytesDone} bytes`);
    const none = await atItsLimit(net, 'write', 50, (o) => conn.write(bytes.subarray(bytesDone), o));
    const more = bytesDone + none.bytesDone;
    assert.equal(await conn.waitFlushed({ timeout: 50 }), false);
    assert.deepEqual([conn.closeInfo, conn.bytesWritten], [null, more]);
    await link.set('both', { dead: false });
    python.begin(`s.sendall(digest(${bytes.length}))`);
    assert.equal(await conn.write(bytes.subarray(more), SOON), bytes.length - more);
    assert.equal((await conn.readExact(64, SOON)).toString(), sha256(bytes));
    await python.caughtUp();
  });

  inBothColours(`a close${how} takes no longer than it may, and what was written arrives all the same`, async (net) => {
    const bytes = pattern(3000);
    const closes: Close[] = [
      [0, 1000, (conn) => conn.close()],
      [100, 5000, (conn) => conn.close({ timeout: 100 })],
      [100, 5000, (conn) => ((conn.linger = '60s'), conn.close({ timeout: 100 }))],
    ];
    // SO_LINGER has whole seconds; one such wait will do.
    if (!secure) closes.push([1000, 6000, (conn) => ((conn.linger = '1s'), conn.close())]);
    for (const [least, most, close] of closes) {
      const conn = await open(net, secure);
      await link.set('both', { dead: true });
      await conn.write(bytes);
      const begun = performance.now();
      await close(conn);
      const ms = performance.now() - begun;
      assert.ok(ms > least - 1 && ms < most, `${ms} ms instead of ${least}`);
      assert.equal(conn.socket.fd, -1);
      assert.equal(conn.closeInfo?.by, String(close).includes('timeout') ? 'timeout' : 'local');
      await link.set('both', { dead: false });
      assert.equal(await python.value('hashlib.sha256(everything(s)).hexdigest()'), sha256(bytes));
      await python.run('s.close()');
    }
  });

  inBothColours(`accept${how} gets the connection whose first answer was lost`, async (net) => {
    await link.set('both', PERFECT);
    const listener = await net.listen('10.78.0.1:0', secure ? { tls: { cert: server.cert, key: server.key } } : {});
    // The second segment of theirs is what ends the handshake of TCP; what they send next does so, too.
    await link.set('back', { lose: 2 });
    python.begin(`
s = congest(socket.create_connection(('10.78.0.1', ${listener.address.port})))
if ${secure ? 1 : 0}:
    c = ssl.create_default_context(cafile=${JSON.stringify(root.certFile)})
    s = c.wrap_socket(s, server_hostname='localhost')
s.sendall(b'hello')`);
    await using conn = await listener.accept(SOON);
    assert.equal((await conn.readExact(5, SOON)).toString(), 'hello');
    await python.caughtUp();
    listener.close();
  });
}

inBothColours('limits that end in mid-transfer over TLS, again and again, lose nothing either way', async (net) => {
  const bytes = pattern(256 << 10);
  await using conn = await open(net, true);
  conn.socket.setOption(net.options.SO_SNDBUF, 32 << 10);
  await link.set('both', { rate: [1 << 20, 64 << 10], delay: [10, 5] });
  let ended = 0;
  /** How much a call did until its limit. */
  const inPart = async (call: () => unknown): Promise<promises.SocketError | null> => {
    try {
      await call();
      return null;
    } catch (error) {
      if (!(error instanceof net.TimeoutError)) throw error;
      ended++;
      return error;
    }
  };
  await goDead(50, 250);
  python.begin(`s.sendall(digest(${bytes.length}))`);
  for (let sent = 0; sent < bytes.length;) {
    const error = await inPart(() => conn.write(bytes.subarray(sent), { timeout: 30 }));
    sent = error === null ? bytes.length : sent + error.bytesDone;
  }
  assert.equal((await conn.readExact(64, SOON)).toString(), sha256(bytes));
  await python.caughtUp();
  assert.ok(ended > 1, `${ended} limits ended a write`);
  ended = 0;
  await goDead(50, 250);
  python.begin(`s.sendall(bytes((i * i + (i >> 3)) & 255 for i in range(65521)) * 4)`);
  const pieces: Buffer[] = [];
  for (let got = 0; got < 65_521 * 4;) {
    // Most of these are in the middle of what they read when their limit comes.
    await inPart(async () => pieces.push(await conn.readExact(Math.min(50_001, 65_521 * 4 - got), { timeout: 20 })));
    got = pieces.reduce((sum, { length }) => sum + length, 0);
  }
  await python.caughtUp();
  assert.equal(sha256(Buffer.concat(pieces)), sha256(pattern(65_521 * 4)));
  assert.ok(ended > 2, `${ended} limits ended a read`);
});

inBothColours('a connect over a dead link ends at its limit and leaves no descriptor', async (net) => {
  await link.set('both', { ...PERFECT, dead: true });
  const before = descriptors();
  for (const host of [far.ipv4, far.ipv6]) {
    for (const o of [{}, { tls }]) {
      const error = await atItsLimit(net, 'connect', 100, (limit) => net.connect(host, port, { ...o, ...limit }));
      const tried = net.address({ host, port }).toString();
      assert.deepEqual(
        [error.attempts.length, error.attempts[0]?.address, error.attempts[0]?.code],
        [1, tried, 'ETIMEDOUT'],
      );
    }
  }
  assert.equal(descriptors(), before);
  // The first packet is sent again after a second.
  await goDead(0, 500);
  const begun = performance.now();
  await using conn = await open(net, false, false);
  assert.ok(performance.now() - begun > 900);
  await conn.write('x');
  assert.equal(await python.value('s.recv(1).decode()'), 'x');
});

inBothColours('a handshake over a link that dies ends at its limit and closes, in both roles', async (net) => {
  await link.set('both', PERFECT);
  const before = descriptors();
  for (const way of ['there', 'back'] as const) {
    const conn = await open(net, false);
    await link.set(way, { dead: true });
    await atItsLimit(net, 'tls', 100, (o) => conn.startTls({ ...tls, ...o }));
    assert.equal(conn.socket.fd, -1);
    await link.set('both', { dead: false });
    await python.run('s.close()');

    const listener = await net.listen('10.78.0.1:0', {
      tls: { cert: server.cert, key: server.key, handshakeTimeout: 100 },
    });
    for (const limit of [undefined, 50]) {
      python.begin(`s = socket.create_connection(('10.78.0.1', ${listener.address.port}))`);
      const accepted = await listener.accept(SOON);
      await python.caughtUp();
      await link.set(way, { dead: true });
      python.begin(`
try: ssl.create_default_context(cafile=${JSON.stringify(root.certFile)}).wrap_socket(s, server_hostname='localhost')
except OSError: s.close()`);
      await atItsLimit(net, 'tls', limit ?? 100, () =>
        accepted.handshake(limit === undefined ? {} : { timeout: limit }),
      );
      assert.equal(accepted.socket.fd, -1);
      await link.set('both', { dead: false });
      await python.caughtUp();
    }
    listener.close();
  }
  assert.equal(descriptors(), before);
});

inBothColours('one limit holds for connecting and the handshake together, wherever the link dies', async (net) => {
  await link.set('both', { ...PERFECT, delay: [50, 0] });
  const before = descriptors();
  // The first packet and its answer take 100 ms, so the link dies between that and the first answer of TLS.
  python.begin(`
try: s = accept(True)
except OSError: pass`);
  await link.after(150, 'both', { dead: true });
  await atItsLimit(net, 'tls', 500, (o) => net.connect(far.ipv4, port, { tls, ...o }));
  assert.equal(descriptors(), before);
  await link.set('both', PERFECT);
  await python.caughtUp();
});

inBothColours('a handshake survives a link that is dead for a while', async (net) => {
  await link.set('both', { ...PERFECT, delay: [50, 0] });
  await goDead(120, 500);
  await using conn = await open(net, true, false);
  await conn.write('x');
  assert.equal(await python.value('s.recv(1).decode()'), 'x');
});

inBothColours(
  'a lookup over a dead link ends at its limit, and one that lives long enough finds the name',
  async (net) => {
    await link.set('both', { ...PERFECT, dead: true });
    const before = descriptors();
    await atItsLimit(net, 'lookup', 100, (o) => net.lookup('peer.test', port, o));
    const error = await atItsLimit(net, 'lookup', 100, (o) => net.connect('peer.test', port, o));
    assert.deepEqual(error.attempts, []);
    await goDead(0, 500);
    const begun = performance.now();
    const conn = await net.connect('peer.test', port, SOON);
    assert.ok(performance.now() - begun > 500);
    assert.equal(conn.remoteAddr.address, far.ipv6);
    await python.run('accept(False).close()');
    assert.equal(await conn.read(1, SOON), null);
    conn.abort();
    // The lookups that were given up end with their threads.
    await until(() => descriptors() <= before, 'a lookup was left open');
  },
);

/** How long a close takes, at least and at most. */
type Close = [least: number, most: number, close: (conn: promises.AsyncConn) => unknown];

/** A connection to `s` of Python, over a link without faults unless told. */
async function open(net: Net, secure: boolean, perfect = true): Promise<promises.AsyncConn> {
  if (perfect) await link.set('both', PERFECT);
  python.begin(`s = accept(${secure ? 'True' : 'False'})`);
  const options = [
    [net.options.TCP_CONGESTION, congestion],
    [net.options.TCP_THIN_LINEAR_TIMEOUTS, true],
  ] as const satisfies promises.OptionSetting[];
  const conn = await net.connect(far.ipv4, port, { ...SOON, options: [...options], tls: secure && tls });
  await python.caughtUp();
  return conn;
}

/** From one moment until another, in milliseconds from now. */
async function goDead(from: number, until: number): Promise<void> {
  await link.after(from, 'both', { dead: true });
  await link.after(until, 'both', { dead: false });
}

/** A call that is bounded by `ms` and nothing else: not ended before, not long after, and not by the kernel. */
async function atItsLimit(
  net: Net,
  phase: promises.SocketError['phase'],
  ms: number,
  call: (o: promises.Op) => unknown,
): Promise<promises.SocketError> {
  const begun = performance.now();
  const error = await failure(() => call({ timeout: ms }));
  const took = performance.now() - begun;
  assert.ok(error instanceof net.TimeoutError, String(error));
  assert.deepEqual([error.code, error.errno, error.syscall, error.phase], ['ETIMEDOUT', undefined, undefined, phase]);
  assert.ok(took > ms - 1 && took < ms + 5000, `${took} ms instead of ${ms}`);
  return error;
}
