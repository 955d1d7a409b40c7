// Owns the tests of packet sockets with Python at the other end of lo, and of what they see of other sockets.

import assert from 'node:assert/strict';
import * as promises from 'berkeley';
import { startPuppet } from '../support/python.js';
import { failure, inBothColours, limit, mayBeRaw } from './kit.js';

const C = promises.constants as Record<string, number>;

inBothColours(
  'whole frames go to Python and come from it, with the address of the interface',
  mayBeRaw,
  async (net, t) => {
    // For experiments of this network only (IEEE 802.1): nobody else sends them.
    const type = net === promises ? 0x88b5 : 0x88b6;
    const python = startPuppet(
      t,
      `s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
s.bind(('lo', ${type}))
def heard():
    while True:
        data, (name, proto, kind, hardware, address) = s.recvfrom(2000)
        if kind != socket.PACKET_OUTGOING and data[14:21] == b'to you ': return [data[14:].decode(), name, proto, hardware, address.hex()]`,
    );
    await python.run('pass');
    const socket = net.socket('packet', 'raw', 0);
    assert.equal(socket.state, 'new');
    await socket.bind({ family: 'packet', host: 'lo', port: type });
    assert.equal(socket.state, 'bound');
    const own = socket.getsockname();
    assert.equal(own.toString(), `packet:[00:00:00:00:00:00%lo]:0x${type.toString(16)}`);
    assert.deepEqual([own.family, own.scope, own.port, own.address], ['packet', 'lo', type, '00:00:00:00:00:00']);
    const head = Buffer.from([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, type >> 8, type & 255]);
    const frame = Buffer.concat([head, Buffer.from('to you and me')]);
    assert.equal(await socket.send(frame), frame.length);
    assert.deepEqual(await python.value('heard()'), ['to you and me', 'lo', type, 772, '020000000002']);
    python.begin(`s.send(bytes.fromhex('${head.toString('hex')}') + b'from python')`);
    for (;;) {
      const datagram = (await socket.recvFrom(2000, limit))!;
      assert.equal(datagram.from.scope, 'lo');
      assert.equal(datagram.from.port, type);
      if (datagram.data.subarray(14).toString() !== 'from python') continue;
      if (datagram.from.raw![10] === C['PACKET_OUTGOING']) continue;
      assert.equal(datagram.from.address, '02:00:00:00:00:02');
      break;
    }
    await python.caughtUp();
    // What the kernel gave as an address is one: bind takes it back.
    const second = net.socket('packet', 'raw', 0);
    await second.bind(own);
    assert.ok(second.getsockname().equals(own));
    second.close();
    socket.close();
  },
);

inBothColours('without headers: sendTo builds the frame from the address', mayBeRaw, async (net, t) => {
  const type = 0x9000 + (process.pid & 0xff) * 2 + (net === promises ? 0 : 1);
  const python = startPuppet(t, `s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0); s.bind(('lo', ${type}))`);
  await python.run('pass');
  const socket = net.socket('packet', 'dgram', 0);
  await socket.bind({ family: 'packet', host: 'lo', port: type });
  await socket.sendTo('payload', { family: 'packet', host: '02:00:00:00:00:09%lo', port: type });
  assert.equal(
    await python.value('s.recv(2000).hex()'),
    `020000000009000000000000${type.toString(16)}${Buffer.from('payload').toString('hex')}`,
  );
  // Our own socket hears it, too: for somebody else, since lo has no such address.
  assert.deepEqual(
    (await socket.recvMany(4, limit)).map(({ data, from }) => [data.toString(), from.scope, from.raw![10]]),
    [['payload', 'lo', C['PACKET_OTHERHOST']]],
  );
  socket.close();
  await python.end();
});

inBothColours('it sees the datagrams of others, cut off where there is no room', mayBeRaw, async (net) => {
  const capture = net.socket('packet', 'dgram', 0);
  const receiver = await net.socket('ipv4', 'dgram').bind('127.0.0.1:0');
  const sender = net.socket('ipv4', 'dgram');
  const { port } = receiver.getsockname();
  // Before it hears anything: bulk traffic of others on lo would fill the queue, and a full queue drops.
  capture.setOption(net.options.SO_ATTACH_FILTER, destinationPort(port!));
  await capture.bind({ family: 'packet', host: 'lo', port: C['ETH_P_IP']! });
  await sender.sendTo('0123456789', `127.0.0.1:${port}`);
  const seen = (await capture.recvFrom(32, limit))!;
  assert.equal(seen.data[9], 17, 'UDP');
  assert.equal(seen.data.readUInt16BE(22), port);
  assert.equal(seen.data.subarray(28).toString(), '0123');
  assert.equal(seen.truncated, true);
  for (const each of [capture, receiver, sender]) each.close();
});

inBothColours('what packet sockets cannot do is the error of the system', mayBeRaw, async (net) => {
  const socket = net.socket('packet', 'raw', 0);
  assert.equal((await failure(() => socket.getpeername())).code, 'EOPNOTSUPP');
  assert.equal((await failure(() => socket.listen())).code, 'EOPNOTSUPP');
  assert.equal((await failure(() => socket.bind('127.0.0.1:0'))).code, 'ERR_NO_ADDRESS');
  const wrong = await failure(() => socket.bind({ family: 'packet', host: 'no-such-thing' }));
  assert.ok(wrong instanceof TypeError);
  assert.match(wrong.message, /no-such-thing/);
  assert.equal((await failure(() => socket.bind({ family: 'packet', host: '99999' }))).code, 'ENODEV');
  // Bytes go to the kernel as they are.
  assert.equal((await failure(() => socket.bind({ family: 17, raw: new Uint8Array([17, 0, 0]) }))).code, 'EINVAL');
  assert.equal(socket.state, 'new');
  socket.close();
});

/** bpf(4): UDP over IPv4 to this port, whole; anything else not at all. */
function destinationPort(port: number): Buffer {
  const instructions = [
    [0x30, 0, 0, 9], // A = the protocol
    [0x15, 0, 3, 17], // UDP, or the last instruction
    [0x28, 0, 0, 22], // A = the port
    [0x15, 0, 1, port],
    [0x06, 0, 0, 0xffffffff],
    [0x06, 0, 0, 0],
  ] as const;
  return Buffer.concat(
    instructions.map(([code, jumpTrue, jumpFalse, k]) => {
      const bytes = Buffer.alloc(8);
      // struct sock_filter, in the order of this machine.
      new Uint16Array(bytes.buffer, bytes.byteOffset, 1)[0] = code;
      bytes[2] = jumpTrue;
      bytes[3] = jumpFalse;
      new Uint32Array(bytes.buffer, bytes.byteOffset + 4, 1)[0] = k;
      return bytes;
    }),
  );
}
