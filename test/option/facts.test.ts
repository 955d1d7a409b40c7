// What the kernel tells of a socket: TCP_INFO, SO_PEERCRED, the lengths of the queues. Python is the judge.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constants, listen, options, pair, socket, socketPair, SocketError, type Socket } from 'berkeley/sync';
import { startPuppet } from '../support/python.js';
import { Hall, heir } from './sockets.js';

const codeOf = (call: () => unknown): string => {
  try {
    call();
  } catch (error) {
    if (error instanceof SocketError) return error.code;
    throw error;
  }
  return 'none';
};

test('tcpInfo agrees with what Python reads of the same connection, after traffic in both directions', async (t) => {
  const peer = startPuppet(t, `listener = socket.create_server(('127.0.0.1', 0))`);
  const one = socket('ipv4', 'stream');
  t.after(() => one.close());
  one.connect(`127.0.0.1:${String(await peer.value('listener.getsockname()[1]'))}`);
  await peer.run('c, _ = listener.accept(); c.sendall(b"x" * 1000); got = None');
  one.recv(1000, { flags: constants.MSG_WAITALL! });
  one.sendAll(Buffer.alloc(5000));
  await peer.run('got = exactly(c, 5000)');
  one.setInheritable(true);
  const python = heir(t, [one]);
  const ours = one.tcpInfo();
  const theirs = Buffer.from((await python.value('list(socks[0].getsockopt(6, 11, 512))')) as number[]);
  // Times since the last packet (44 to 60) go on, and so does what has not settled on the way: the state has.
  assert.equal(ours.raw.length, theirs.length);
  assert.deepEqual(ours.raw.subarray(0, 8), theirs.subarray(0, 8));
  assert.equal(ours.state, 'ESTABLISHED');
  assert.equal(ours.raw[0], constants.TCP_ESTABLISHED);
  assert.equal(ours.mss, theirs.readUInt32LE(16));
  assert.equal(ours.rtt, theirs.readUInt32LE(68));
  assert.equal(ours.rttVar, theirs.readUInt32LE(72));
  assert.ok(ours.rtt > 0 && ours.rtt < 1_000_000);
  assert.equal(ours.cwnd, theirs.readUInt32LE(80));
  assert.deepEqual([ours.retransmits, ours.lost, ours.unacked, ours.notSent], [0, 0, 0, 0]);
  // The byte of the SYN is among the acknowledged.
  assert.equal(ours.bytesAcked, 5001n);
  assert.equal(ours.bytesReceived, 1000n);
  assert.equal(typeof ours.deliveryRate, 'bigint');
  assert.deepEqual(one.getOption(options.TCP_INFO).state, 'ESTABLISHED');
  await python.end();
});

test('tcpInfo names the states of a connection', () => {
  const listener = listen('127.0.0.1:0');
  const one = socket('ipv4', 'stream');
  assert.equal(one.tcpInfo().state, 'CLOSE');
  assert.equal(listener.sockets[0]!.tcpInfo().state, 'LISTEN');
  one.connect(listener.address);
  const conn = listener.accept();
  one.shutdown('wr');
  conn.readAll();
  // Our end has been acknowledged, or soon will be.
  assert.match(one.tcpInfo().state, /^FIN_WAIT[12]$/);
  assert.equal(conn.socket.tcpInfo().state, 'CLOSE_WAIT');
  conn.close();
  one.recv(1);
  one.close();
  listener.close();
});

test('tcpInfo is an error on what is no TCP socket', () => {
  const udp = socket('ipv4', 'dgram');
  const unix = socket('unix', 'stream');
  for (const one of [udp, unix])
    assert.match(
      codeOf(() => one.tcpInfo()),
      /^(ENOPROTOOPT|EOPNOTSUPP)$/,
    );
  udp.close();
  unix.close();
  assert.equal(
    codeOf(() => udp.tcpInfo()),
    'ERR_SOCKET_CLOSED',
  );
});

test('getpeercred tells who has connected: another process, and this one for a pair', (t) => {
  const at = `unix:@berkeley-cred-${process.pid}`;
  const listener = listen(at);
  t.after(() => listener.close());
  const peer = startPuppet(t, `c = socket.socket(socket.AF_UNIX); c.connect('\\0${at.slice(6)}')`);
  const conn = listener.accept();
  t.after(() => conn.abort());
  assert.deepEqual(conn.socket.getpeercred(), { pid: peer.pid, uid: process.getuid!(), gid: process.getgid!() });
  const [one, other] = socketPair('seqpacket');
  assert.deepEqual(one.getpeercred(), { pid: process.pid, uid: process.getuid!(), gid: process.getgid!() });
  one.close();
  other.close();
});

test('getpeercred is an error where nobody is known', () => {
  for (const [family, kind] of [
    ['unix', 'stream'],
    ['unix', 'dgram'],
    ['ipv4', 'stream'],
    ['ipv4', 'dgram'],
  ] as const) {
    const one = socket(family, kind);
    assert.equal(
      codeOf(() => one.getpeercred()),
      'ERR_SOCKET_STATE',
      `${family} ${kind}`,
    );
    one.close();
  }
});

test('queued counts as the kernel does, on every kind of socket', (t) => {
  const hall = new Hall(t);
  for (const kind of ['stream', 'seqpacket', 'dgram'] as const) {
    const [one, other] = socketPair(kind);
    one.send(Buffer.alloc(100));
    one.send(Buffer.alloc(30));
    assert.equal(other.queued().in, kind === 'dgram' ? 100 : 130, kind);
    // The memory of what has not been received, overhead included.
    assert.ok(one.queued().out >= 130, kind);
    other.recv(100);
    assert.equal(other.queued().in, 30);
    one.close();
    other.close();
  }
  const receiver = hall.make('udp').bind('127.0.0.1:0');
  const sender = hall.make('udp');
  sender.sendTo(Buffer.alloc(0), receiver.getsockname());
  sender.sendTo(Buffer.alloc(77), receiver.getsockname());
  assert.equal(receiver.queued().in, 0, 'an empty datagram');
  assert.equal(receiver.recv()?.length, 0);
  assert.deepEqual(receiver.queued(), { in: 77, out: 0 });
  const [one, other] = pair();
  one.write('12345');
  assert.equal(other.socket.queued().in, 5);
  one.abort();
  other.abort();
});

test('queued is an error where the kernel does not count', () => {
  const refused = (one: Socket<'sync'>, code: string): void => {
    assert.equal(
      codeOf(() => one.queued()),
      code,
    );
    one.close();
  };
  refused(socket('ipv4', 'stream').bind('127.0.0.1:0').listen(), 'EINVAL');
  refused(socket('netlink', 'raw'), 'ENOTTY');
});
