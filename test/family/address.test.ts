// Owns the tests of addresses as bytes: they go to the kernel as they are, of whatever family, and what it gives goes back to it.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir, endianness } from 'node:os';
import { join } from 'node:path';
import { startPuppet } from '../support/python.js';
import { failure, inBothColours, limit } from './kit.js';

/** `sa_family` and what is behind it. */
function sockaddr(family: number, rest: readonly number[] | Buffer): { family: number; raw: Uint8Array } {
  const number = endianness() === 'LE' ? [family & 255, family >> 8] : [family >> 8, family & 255];
  return { family, raw: Uint8Array.from([...number, ...rest]) };
}

inBothColours('families by number and addresses by bytes do what names and text do', false, async (net, t) => {
  const socket = net.socket(2, 2, 17);
  assert.deepEqual([socket.family, socket.kind, socket.protocol], ['ipv4', 'dgram', 17]);
  await socket.bind(sockaddr(2, [0, 0, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]));
  const { port } = socket.getsockname();
  const python = startPuppet(t, `s = socket.socket(2, 2); s.bind(('127.0.0.1', 0))`);
  const theirs = (await python.value('s.getsockname()[1]')) as number;
  const target = sockaddr(2, [theirs >> 8, theirs & 255, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
  await socket.sendTo('by bytes', target);
  assert.deepEqual(await python.value('(lambda m: [m[0].decode(), m[1]])(s.recvfrom(99))'), [
    'by bytes',
    ['127.0.0.1', port],
  ]);
  await socket.connect(target, limit);
  assert.equal(socket.getpeername().toString(), `127.0.0.1:${theirs}`);
  assert.equal(socket.state, 'connected');
  await socket.connect(sockaddr(0, [0, 0]));
  assert.equal(socket.state, 'bound');
  socket.close();
  await python.end();
});

inBothColours(
  'a family that nobody knows is the system’s to refuse, and so are bytes that it cannot read',
  false,
  async (net) => {
    assert.equal((await failure(() => net.socket(250, 1))).code, 'EAFNOSUPPORT');
    const socket = net.socket('ipv4', 'stream');
    const error = await failure(() => socket.connect(sockaddr(250, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14])));
    assert.equal(error.code, 'EAFNOSUPPORT');
    assert.match(error.message, /^connect EAFNOSUPPORT family 250: /);
    assert.equal((await failure(() => socket.bind(sockaddr(2, [0, 0])))).code, 'EINVAL');
    assert.equal(socket.state, 'new');
    socket.close();
  },
);

inBothColours('a Unix name that no text can carry is bound, found and answered', false, async (net, t) => {
  const folder = mkdtempSync(join(tmpdir(), 'bk-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of [Buffer.from(`${folder}/\xff`, 'latin1'), Buffer.from(`\0bk ${process.pid}\0\xff`, 'latin1')]) {
    const server = await net.socket('unix', 'dgram').bind(sockaddr(1, name));
    assert.equal(server.state, 'bound');
    const client = net.socket('unix', 'dgram');
    await client.bind(sockaddr(1, Buffer.concat([name, Buffer.from('client')])));
    await client.sendTo('ask', server.getsockname());
    const { data, from } = (await server.recvFrom(99, limit))!;
    await server.sendTo(`${data.toString()}ed`, from);
    assert.equal((await client.recv(99, limit))!.toString(), 'asked');
    for (const each of [server, client]) each.close();
  }
  assert.ok(existsSync(folder));
  // Its text does not name the file, so nothing is removed that could be another's.
  assert.equal(readdirSync(folder, 'buffer').length, 2);
});

inBothColours('a bound TCP socket whose connect fails later is bound, as before', false, async (net, t) => {
  const python = startPuppet(t, `s = socket.socket(); s.bind(('127.0.0.1', 0))`);
  const port = (await python.value('s.getsockname()[1]')) as number;
  const socket = await net.socket().bind('127.0.0.1:0');
  const own = socket.getsockname();
  assert.equal((await failure(() => socket.connect(`127.0.0.1:${port}`, limit))).code, 'ECONNREFUSED');
  assert.equal(socket.state, 'bound');
  assert.ok(socket.getsockname().equals(own));
  await python.run('s.listen()');
  await socket.connect(`127.0.0.1:${port}`, limit);
  assert.equal(socket.state, 'connected');
  socket.close();
  await python.end();
});
