// Owns the tests of netlink sockets: the kernel's answer to us is its answer to Python, and events reach who joined their group.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { endianness } from 'node:os';
import { test } from 'node:test';
import * as promises from 'berkeley';
import { startPuppet } from '../support/python.js';
import { failure, inBothColours, limit, mayAdministrate } from './kit.js';

const C = promises.constants as Record<string, number>;
const little = endianness() === 'LE';

/** A request for everything of a kind: struct nlmsghdr and the fixed part behind it. */
function dumpRequest(type: number, fixed: number, sequence: number): Buffer {
  const bytes = Buffer.alloc(16 + fixed);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint32(0, bytes.length, little);
  view.setUint16(4, type, little);
  view.setUint16(6, 0x301, little);
  view.setUint32(8, sequence, little);
  return bytes;
}

const RTM_GETADDR = 22;
const NLMSG_DONE = 3;

inBothColours('the kernel tells us what it tells Python', false, async (net, t) => {
  const request = dumpRequest(RTM_GETADDR, 8, 77);
  const python = startPuppet(
    t,
    `def answers():
    s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0); s.bind((0, 0))
    s.send(bytes.fromhex('${request.toString('hex')}'))
    got = []
    while True:
        data, sender = s.recvfrom(65536)
        assert sender == (0, 0)
        got.append(data.hex())
        at = 0
        while at < len(data):
            length, kind = struct.unpack_from('=IH', data, at)
            if kind == 3: return [s.getsockname()[0], got]
            at += (length + 3) & ~3`,
  );
  const socket = net.socket('netlink', 'raw', C['NETLINK_ROUTE']);
  await socket.bind({ family: 'netlink' });
  const [own] = socket.getsockname().address.split(':').map(Number);
  assert.ok(own! > 0);
  assert.equal(await socket.sendTo(request, { family: 'netlink' }), request.length);
  const pieces: Buffer[] = [];
  for (let done = false; !done;) {
    const { data, from, truncated } = (await socket.recvFrom(65536, limit))!;
    assert.deepEqual([from.family, from.address, truncated], ['netlink', '0:0', false]);
    pieces.push(data);
    done = types(data).includes(NLMSG_DONE);
  }
  const [theirId, theirs] = (await python.value('answers()')) as [number, string[]];
  // The port id of the asker stands in each header.
  const withId = (id: number, bytes: Buffer) => withoutIds(bytes, id).toString('hex');
  assert.deepEqual(
    Buffer.concat(pieces.map((piece) => Buffer.from(withId(own!, piece), 'hex'))).toString('hex'),
    theirs.map((hex) => withId(theirId, Buffer.from(hex, 'hex'))).join(''),
  );
  // A datagram has the whole answer, and what there is no room for is told and lost.
  await socket.connect({ family: 'netlink' });
  await socket.send(request);
  const short = (await socket.recvFrom(20, limit))!;
  assert.deepEqual([short.data.length, short.truncated], [20, true]);
  socket.close();
});

function* headers(data: Buffer): Generator<{ at: number; type: number }> {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  for (let at = 0; at + 16 <= data.length; at += (view.getUint32(at, little) + 3) & ~3)
    yield { at, type: view.getUint16(at + 4, little) };
}

function types(data: Buffer): number[] {
  return [...headers(data)].map(({ type }) => type);
}

function withoutIds(data: Buffer, id: number): Buffer {
  const copy = Buffer.from(data);
  const view = new DataView(copy.buffer, copy.byteOffset, copy.length);
  for (const { at } of headers(copy)) {
    assert.equal(view.getUint32(at + 12, little), id);
    view.setUint32(at + 12, 0, little);
  }
  return copy;
}

inBothColours('two user sockets talk by port id, and the state is what the kernel has', false, async (net, t) => {
  const socket = net.socket('netlink', 'dgram', C['NETLINK_USERSOCK'] ?? 2);
  const python = startPuppet(t, `s = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, 2); s.bind((0, 0))`);
  const id = (await python.value('s.getsockname()[0]')) as number;
  await socket.bind({ family: 'netlink' });
  const own = socket.getsockname();
  assert.match(own.toString(), /^netlink:[1-9]\d*:0$/);
  python.begin(`s.sendto(b'hello', (${own.address.split(':')[0]}, 0))`);
  const { data, from } = (await socket.recvFrom(100, limit))!;
  await python.caughtUp();
  assert.deepEqual([data.toString(), from.address], ['hello', `${id}:0`]);
  // The sender's address is a target, as it came.
  await socket.sendTo('back to you', from);
  assert.deepEqual(await python.value(`(lambda m: [m[0].decode(), m[1][0]])(s.recvfrom(100))`), [
    'back to you',
    Number(own.address.split(':')[0]),
  ]);
  await socket.connect(from);
  assert.equal(socket.state, 'connected');
  assert.ok(socket.getpeername().equals(from));
  const again = net.adopt(socket.detach());
  assert.equal(again.state, 'connected');
  again.close();
  await python.end();
  const lost = net.socket('netlink', 'dgram', 2);
  assert.equal((await failure(() => lost.sendTo('x', from))).code, 'ECONNREFUSED');
  lost.close();
});

const watching = `
import * as promises from 'berkeley';
import * as sync from 'berkeley/sync';
import { execFileSync } from 'node:child_process';
const seen = [];
for (const net of [promises, sync]) {
  const socket = net.socket('netlink', 'raw', 0);
  await socket.bind({ family: 'netlink', host: '0:1' });
  execFileSync('ip', ['link', 'set', 'lo', net === promises ? 'up' : 'down']);
  const { data, from } = await socket.recvFrom(65536, { timeout: 5000 });
  seen.push([data[4], socket.getsockname().address.split(':')[1], from.address]);
  socket.close();
}
console.log(JSON.stringify(seen));`;

test('who joins a group hears its events, in both colours', { skip: mayAdministrate }, () => {
  const words = ['--net', process.execPath, '--input-type=module', '-e', watching];
  // RTM_NEWLINK, from the kernel, to the group RTMGRP_LINK.
  assert.deepEqual(JSON.parse(execFileSync('unshare', words, { encoding: 'utf8' })), [
    [16, '1', '0:1'],
    [16, '1', '0:1'],
  ]);
});

test('the numbers of netlink messages are those of the headers', () => {
  assert.deepEqual(
    [
      'NLM_F_REQUEST',
      'NLM_F_DUMP',
      'NLMSG_DONE',
      'NLMSG_ERROR',
      'RTM_NEWLINK',
      'RTM_GETLINK',
      'RTM_GETADDR',
      'RTM_GETROUTE',
    ].map((name) => C[name]),
    [1, 0x300, 3, 2, 16, 18, 22, 26],
  );
  assert.deepEqual(
    [
      'VMADDR_CID_HOST',
      'VMADDR_PORT_ANY',
      'PACKET_OUTGOING',
      'ETH_P_ALL',
      'RTMGRP_LINK',
      'ICMP_ECHO',
      'SOL_NETLINK',
    ].map((name) => C[name]),
    [2, 0xffff_ffff, 4, 3, 1, 8, 270],
  );
});
