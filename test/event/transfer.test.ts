// Owns the events of reading and writing: one for each receive and each send, with the totals of their operation.

import assert from 'node:assert/strict';
import { options, type Events } from 'berkeley';
import { failure, inBothColours, Python } from '../net/kit.js';
import { pki } from '../support/pki.js';
import { carried, course, hearing } from './kit.js';

type Read = Events['read'];

const setting = `
import ssl
given = json.loads(sys.argv[1])
s = listener()
say(s.getsockname()[1])
c, _ = s.accept()
c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
def wrap(c):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(given['cert'], given['key'])
    return context.wrap_socket(c, server_side=True)
if 'cert' in given and not given.get('later'): c = wrap(c)
`;

inBothColours(
  'each receive of readExact says what it brought, the total so far, and what is wanted',
  async (net, t) => {
    // It sends the next piece when it is told that the last one was received.
    const python = new Python(
      t,
      `${setting}\nfor piece in (b'four', b'56', b'7890and more'):\n    c.sendall(piece); c.recv(1)\nhear()`,
      '{}',
    );
    const conn = await net.connect(`127.0.0.1:${await python.hear<number>()}`);
    const found: Read[] = [];
    conn.on('read', (event) => {
      found.push(event);
      void conn.write('.');
    });
    assert.equal((await conn.readExact(10)).toString(), 'four567890');
    assert.deepEqual(found, [
      { bytes: 4, total: 4, wanted: 10 },
      { bytes: 2, total: 6, wanted: 10 },
      { bytes: 12, total: 18, wanted: 10 },
    ]);
    assert.equal((await conn.readExact(8)).toString(), 'and more');
    assert.equal(found.length, 3, 'what a read finds in the buffer posts nothing');
    assert.equal(conn.bytesRead, 18);
    await conn.close();
  },
);

inBothColours(
  'the sum of all events is what the connection counts, whatever was read and written how',
  async (net, t) => {
    const python = new Python(
      t,
      `${setting}
c.sendall(b'one\\ntwo\\n' + b'x' * 200000)
got = 0
while got < 130018: got += len(c.recv(65536))
c.shutdown(socket.SHUT_WR)
hear()`,
      '{}',
    );
    const { on, heard } = hearing();
    const conn = await net.connect(`127.0.0.1:${await python.hear<number>()}`, { on });
    const ends: number[] = [];
    function operation(): Read[] {
      const all = heard.filter(({ name }) => name === 'read').map(({ value }) => value as Read);
      const own = all.slice(ends.at(-1) ?? 0);
      ends.push(all.length);
      // Within an operation the totals add up.
      for (let sum = 0, i = 0; i < own.length; i++) assert.equal(own[i]!.total, (sum += own[i]!.bytes));
      return own;
    }
    assert.equal(await conn.readLine(), 'one');
    for (const { wanted } of operation()) assert.equal(wanted, undefined);
    await conn.peek(10);
    for (const { wanted } of operation()) assert.equal(wanted, 10);
    await conn.readExact(100_000);
    for (const { wanted } of operation()) assert.equal(wanted, 100_000);
    await conn.readInto(Buffer.alloc(50_000));
    for (const event of operation()) assert.deepEqual(Object.keys(event), ['bytes', 'total']);
    await conn.read(5);
    operation();
    await conn.write('a line\r\n');
    await conn.write(['123', '45', '67890']);
    await conn.write(Buffer.alloc(130_000));
    const rest = await conn.readAll();
    operation();
    assert.ok(rest.length > 0);
    const sum = (name: 'read' | 'sent'): number =>
      heard.filter((one) => one.name === name).reduce((all, { value }) => all + (value as Read).bytes, 0);
    assert.equal(sum('read'), conn.bytesRead);
    assert.equal(conn.bytesRead, 200_008);
    assert.equal(sum('sent'), conn.bytesWritten);
    assert.equal(conn.bytesWritten, 130_018);
    await conn.close();
  },
);

inBothColours(
  'a write that the kernel takes in parts says how far it is, and where a limit ended it',
  async (net, t) => {
    const python = new Python(
      t,
      `${setting}
say('here')
hear()
got = 0
while got < 4000000: got += len(c.recv(65536))
say(got)
hear()`,
      '{}',
    );
    const conn = await net.connect(`127.0.0.1:${await python.hear<number>()}`, {
      options: [[options.SO_SNDBUF, 65_536]],
    });
    await python.hear();
    const sent: Events['sent'][] = [];
    conn.on('sent', (event) => void sent.push(event));
    const error = await failure(() => conn.write(Buffer.alloc(40_000_000), { timeout: 20 }));
    const done = error.bytesDone;
    assert.ok(done > 0 && done < 40_000_000);
    assert.deepEqual(sent.at(-1), { bytes: sent.at(-1)!.bytes, total: done, wanted: 40_000_000 });
    assert.equal(
      sent.reduce((sum, { bytes }) => sum + bytes, 0),
      done,
    );
    conn.abort();
    await python.stop();
  },
);

inBothColours('the parts of one write add up to what it wanted', async (net, t) => {
  const python = new Python(t, `${setting}\nwhile c.recv(65536): pass\nsay('all')`, '{}');
  const conn = await net.connect(`127.0.0.1:${await python.hear<number>()}`, {
    options: [[options.SO_SNDBUF, 65_536]],
  });
  const sent: Events['sent'][] = [];
  conn.on('sent', (event) => void sent.push(event));
  await conn.write([Buffer.alloc(3_000_000), Buffer.alloc(1_000_000)]);
  let sum = 0;
  for (const { bytes, total, wanted } of sent) {
    sum += bytes;
    assert.equal(total, sum);
    assert.equal(wanted, 4_000_000);
  }
  assert.ok(sent.length > 1, 'the send buffer does not hold it all');
  assert.equal(sum, 4_000_000);
  await conn.close();
  assert.equal(await python.hear(), 'all');
});

inBothColours('with TLS the bytes are those of plaintext', async (net, t) => {
  const { certFile: cert, keyFile: key } = pki().server;
  const script = `${setting}\nn = int(hear())\nc.sendall(b'y' * n)\nwhile c.recv(65536): pass`;
  const python = new Python(t, script, JSON.stringify({ cert, key }));
  const { on, heard } = hearing();
  const conn = await net.connect(`localhost:${await python.hear<number>()}`, {
    tls: { ca: pki().root.cert },
    family: 'ipv4',
    on,
  });
  python.say(100_000);
  await conn.readExact(100_000);
  await conn.write(Buffer.alloc(50_000));
  const all = heard.filter(({ name }) => name === 'read').map(({ value }) => value as Read);
  assert.equal(
    all.reduce((sum, { bytes }) => sum + bytes, 0),
    100_000,
  );
  assert.equal(all.at(-1)!.total, 100_000);
  assert.equal(carried(heard, 'sent').wanted, 50_000);
  await conn.close();
});

inBothColours('startTls posts its handshake, and stopTls what it receives', async (net, t) => {
  const { certFile: cert, keyFile: key } = pki().server;
  const script = `${setting}
c.recv(1)
secure = wrap(c)
secure.sendall(b'last words')
plain = secure.unwrap()
plain.sendall(b'in the clear')
hear()`;
  const python = new Python(t, script, JSON.stringify({ cert, key, later: true }));
  const { on, heard } = hearing();
  const conn = await net.connect(`127.0.0.1:${await python.hear<number>()}`, { on });
  await conn.write('!');
  await conn.startTls({ ca: pki().root.cert });
  await conn.stopTls();
  assert.equal((await conn.readExact(22)).toString(), 'last wordsin the clear');
  const sum = heard.filter(({ name }) => name === 'read').reduce((all, { value }) => all + (value as Read).bytes, 0);
  assert.equal(sum, 22);
  assert.equal(sum, conn.bytesRead);
  await conn.close();
  const told = course(heard).replace(/( read)+/, ' read');
  assert.equal(told, 'lookup resolved connecting connected sent tlsStart tlsDone read closed deleted');
});
