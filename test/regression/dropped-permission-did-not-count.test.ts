// A program that had dropped the network could still connect, bind and listen with sockets that it had made before, and send datagrams
// anywhere; node:net and node:dgram ask again for each.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enforced, evaluate, network, noScope, permission } from '../support/permission.js';

const noDrop = noScope !== false || !canDrop() ? 'this Node cannot drop a permission' : false;

for (const name of ['berkeley', 'berkeley/sync']) {
  test(
    `a program that has dropped the network goes on with what is open, and gets nothing new (${name})`,
    { skip: noDrop },
    () => {
      const dropped = `
import * as net from '${name}';
import { connect as other } from 'node:net';
const listener = await net.listen('127.0.0.1:0');
const client = await net.connect(listener.address), server = await listener.accept();
const waiting = await net.connect(listener.address);
const datagrams = await net.udp('127.0.0.1:0'), peer = await net.udp(undefined, { connect: datagrams.localAddr });
const free = net.socket(), bound = net.socket(), plain = net.socket('ipv4', 'dgram');
await bound.bind('127.0.0.1:0');
await datagrams.send('before', peer.localAddr);
const had = net.features.unix;
process.permission.drop('net');
await client.write('x'); await server.write('y'); await peer.send('still');
const open = [String(await server.read()), String(await client.read()), String((await datagrams.recv()).data)];
open.push((await listener.accept()).state ?? 'accepted', client.socket.fd >= 0, had, net.features.unix, net.features.permission);
const calls = {
  connect: () => net.connect(listener.address), listen: () => net.listen(0), udp: () => net.udp(),
  'connect of a socket': () => free.connect(listener.address), 'bind of a socket': () => free.bind('127.0.0.1:0'),
  'listen of a socket': () => bound.listen(), 'a datagram': () => datagrams.send('after', peer.localAddr),
  'several': () => datagrams.sendMany([{ data: 'after', to: peer.localAddr }]),
  'sendTo': () => plain.sendTo('after', peer.localAddr), 'sendMsg': () => plain.sendMsg({ data: 'after', to: peer.localAddr }),
  'connect of UDP': () => datagrams.connect(peer.localAddr),
};
const codes = {};
for (const [label, call] of Object.entries(calls))
  try { await call(); codes[label] = 'ok'; } catch (error) { codes[label] = error.code + ' ' + error.permission; }
console.log(JSON.stringify({ open, codes }));
process.exit();`;
      const { stdout, stderr } = evaluate(dropped, [...enforced, ...network]);
      assert.notEqual(stdout, '', stderr);
      const { open, codes } = JSON.parse(stdout) as { open: unknown[]; codes: Record<string, string> };
      assert.deepEqual(open.slice(0, 3), ['x', 'y', 'still']);
      assert.deepEqual(open.slice(4), [true, true, false, false]);
      for (const [label, code] of Object.entries(codes)) assert.equal(code, 'ERR_ACCESS_DENIED Net', label);
      assert.equal(Object.keys(codes).length, 11);
    },
  );
}

function canDrop(): boolean {
  return evaluate('console.log(typeof process.permission.drop)', [permission]).stdout.trim() === 'function';
}
