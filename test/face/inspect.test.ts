// Owns what util.inspect, and so a REPL and console.log, shows of each object of the API: one line, what a person wants to know,
// nothing of the inside, nothing that is carried, no secret.

import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { inspect } from 'node:util';
import * as promises from 'berkeley';
import * as sync from 'berkeley/sync';
import * as chapel from 'berkeley/dialects/chapel';
import * as fatscript from 'berkeley/dialects/fatscript';
import * as qore from 'berkeley/dialects/qore';
import { colours } from '../real/colours.js';
import { pki } from '../support/pki.js';

const ip = String.raw`'127\.0\.0\.1:\d+'`;

/** Each thing with its name and what is shown of it, in the colour of `net`. */
async function things(t: TestContext, net: typeof promises): Promise<readonly (readonly [unknown, string, RegExp])[]> {
  const open = <T extends Disposable>(one: T): T => {
    t.after(() => one[Symbol.dispose]());
    return one;
  };
  const ends = `local: ${ip}, remote: ${ip}`;
  const listener = open(await net.listen('127.0.0.1:0'));
  const conn = open(await net.connect(listener.address));
  const peer = open(await listener.accept());
  const [left, right] = net.pair().map(open) as [promises.AsyncConn, promises.AsyncConn];
  await right.write('x'.repeat(100));
  await left.peek(1);
  const udp = open(await net.udp('127.0.0.1:0'));
  const connected = open(await net.udp(undefined, { connect: udp.localAddr }));
  await connected.send('secret');
  const datagram = await udp.recv();
  const queue = conn.events();
  await conn.write('secret');
  await peer.readExact(6);
  const [packets] = net.socketPair('seqpacket').map(open);
  const closed = await net.connect(listener.address);
  const gone = open(await listener.accept());
  gone.abort();
  await assert.rejects(async () => closed.read());
  await closed.close();
  const over = await net.listen('127.0.0.1:0');
  over.close();
  return [
    [conn, 'Conn', new RegExp(`^Conn { fd: \\d+, state: 'connected', ${ends} }$`)],
    [left, 'Conn', /^Conn \{ fd: \d+, state: 'connected', local: 'unix:', remote: 'unix:', buffered: 100 \}$/],
    [closed, 'Conn', new RegExp(`^Conn { fd: -1, state: 'closed', ${ends}, closed: 'error', error: 'ECONNRESET' }$`)],
    [
      conn.socket,
      'Socket',
      new RegExp(`^Socket { fd: \\d+, family: 'ipv4', kind: 'stream', state: 'connected', ${ends} }$`),
    ],
    [open(net.socket()), 'Socket', /^Socket \{ fd: \d+, family: 'ipv4', kind: 'stream', state: 'new' \}$/],
    [packets, 'Socket', /^Socket \{ fd: \d+, family: 'unix', kind: 'seqpacket', state: 'connected', .*'unix:' \}$/],
    [closed.socket, 'Socket', /^Socket \{ fd: -1, family: 'ipv4', kind: 'stream', state: 'closed' \}$/],
    [listener, 'Listener', new RegExp(`^Listener { addresses: \\[ ${ip} \\], open: true }$`)],
    [over, 'Listener', new RegExp(`^Listener { addresses: \\[ ${ip} \\], open: false }$`)],
    [udp, 'UdpSocket', new RegExp(`^UdpSocket { fd: \\d+, local: ${ip} }$`)],
    [connected, 'UdpSocket', new RegExp(`^UdpSocket { fd: \\d+, ${ends} }$`)],
    [udp.multicast, 'Multicast', /^Multicast \{ ttl: 1, loopback: true \}$/],
    [datagram, 'Datagram', /^Datagram \{ data: <Buffer 73 65 63 72 65 74>, from: SocketAddress <127\.0\.0\.1:\d+> \}$/],
    [listener.address, '', /^SocketAddress <127\.0\.0\.1:\d+>$/],
    [queue, 'EventQueue', /^EventQueue \{ size: 1, dropped: 0, closed: false \}$/],
    [conn.framed(net.codecs.lines()), 'Framed', new RegExp(`^Framed { conn: Conn { fd: \\d+, .*${ends} } }$`)],
    [net.options.SO_RCVBUF, '', /^SocketOption <SO_RCVBUF>$/],
    [net.features, 'Features', /^Features \{ platform: 'linux', native: true, .*ipv6: \w+, unix: true, .* \}$/],
  ];
}

for (const { name: colour, net } of colours) {
  test(`each object is one line in a REPL, without what is inside (${colour})`, async (t) => {
    for (const [thing, , expected] of await things(t, net)) {
      assert.match(inspect(thing), expected);
      const all = inspect(thing, { depth: 10, showHidden: true, maxStringLength: null, maxArrayLength: null });
      assert.doesNotMatch(all, /handle|lane|registration|stream:|secret|xxx/i, all);
    }
  });

  test(`depth, colors and compact are honoured (${colour})`, async (t) => {
    for (const [thing, name] of await things(t, net)) {
      assert.match(inspect(thing, { colors: true }), /\x1b\[\d+m/); // eslint-disable-line no-control-regex -- a colour
      if (name === '') continue;
      assert.equal(inspect({ inner: thing }, { depth: 0 }), `{ inner: [${name}] }`);
      assert.match(inspect(thing, { compact: false }), new RegExp(`^${name} \\{\n  \\w+: `));
    }
  });
}

test('TLS: the version on a connection, the facts on conn.tls, and never a session or a key', async (t) => {
  const { server, root } = pki();
  const listener = await promises.listen('127.0.0.1:0', { tls: { cert: server.cert, key: server.key } });
  const dialling = promises.connect('localhost', listener.address.port!, { tls: { ca: root.cert } });
  const accepted = await listener.accept();
  t.after(() => [listener, accepted].forEach((one) => one[Symbol.dispose]()));
  assert.match(inspect(accepted), / remote: '127\.0\.0\.1:\d+', tls: 'pending' \}$/);
  await accepted.write('x');
  const conn = await dialling;
  t.after(() => conn.abort());
  await conn.readExact(1);
  assert.match(inspect(conn), / tls: 'TLSv1\.3' \}$/);
  assert.match(inspect(conn.tls), /^TlsInfo \{ version: 'TLSv1\.3', .*, verifyCode: 'OK' \}$/);
  assert.equal(inspect([conn.tls], { depth: 0 }), '[ [TlsInfo] ]');
  assert.doesNotMatch(inspect(conn.tls, { depth: 10, showHidden: true }), /session|PRIVATE|Buffer/);
});

test('the objects of the dialects', (t) => {
  const listener = sync.listen('127.0.0.1:0');
  t.after(() => listener.close());
  const port = listener.address.port!;
  const client = fatscript.connect('127.0.0.1', port);
  assert.match(inspect(client), /^ClientSocket \{ id: \d+, peer: '127\.0\.0\.1:\d+', ssl: <Buffer > \}$/);
  assert.equal(inspect([client], { depth: 0 }), '[ [ClientSocket] ]');
  client.close();
  const conn = chapel.connect(chapel.ipAddr.create('127.0.0.1', port));
  assert.match(inspect(conn.reader()), /^fileReader \{ conn: Conn \{ fd: \d+, .* \} \}$/);
  assert.match(inspect(conn.writer()), /^fileWriter \{ conn: Conn \{ fd: \d+, .* \} \}$/);
  conn.close();
  const queue = new qore.Queue(5);
  queue.push('secret');
  assert.equal(inspect(queue, { showHidden: true }), 'Queue { size: 1, max: 5 }');
  const { cert, key } = pki().server;
  assert.match(
    inspect(new qore.SSLCertificate(cert)),
    /^SSLCertificate \{ subject: '.*', issuer: '.*', validTo: '.*' \}$/,
  );
  assert.match(
    inspect(new qore.SSLPrivateKey(key), { showHidden: true }),
    /^SSLPrivateKey \{ type: '\w+', bitLength: \d+ \}$/,
  );
});
