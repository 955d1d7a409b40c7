// What a Qore Socket sends and receives: bytes and text, sizes, limits, the end. Python at the other end.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import test from 'node:test';
import { errno, Socket, strerror } from 'berkeley/dialects/qore';
import { connected, LIMIT, listening, newSocket, pythonListener, thrown } from './kit.js';

test('send and sendBinary send everything and say 0', async (t) => {
  const { socket, python } = await connected(t);
  assert.equal(socket.send('héllo'), 0);
  assert.equal(socket.send(Buffer.from([0, 255])), 0);
  assert.equal(socket.sendBinary(new Uint8Array([1, 2])), 0);
  assert.equal(socket.sendBinary('é'), 0);
  assert.equal(socket.send(''), 0);
  assert.equal(socket.sendBinary(Buffer.alloc(0)), 0);
  assert.equal(await python.value('exactly(c, 12).hex()'), '68c3a96c6c6f00ff0102c3a9');
  const large = randomBytes(10 * 1024 * 1024);
  python.begin(
    'big = exactly(c, 10 * 1024 * 1024); import hashlib; digest = hashlib.sha256(big).hexdigest(); c.sendall(big)',
  );
  assert.equal(socket.send(large), 0);
  assert.ok(socket.recvBinary(large.length, LIMIT).equals(large), '10 MiB arrive intact');
  await python.caughtUp();
});

test('a send that fails says -1, and errno tells why', async (t) => {
  const { socket, python } = await connected(t);
  await python.run('c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)); c.close()');
  assert.equal(socket.isDataAvailable(LIMIT), true);
  assert.equal(socket.send('x'), -1);
  assert.match(strerror(errno()), /Connection reset by peer|Broken pipe/);
  assert.equal(socket.send('x'), -1);
  assert.equal(strerror(errno()), 'Broken pipe');
  assert.equal(socket.sendBinary('x'), -1);
  assert.equal(socket.sendi1(1), -1);
  assert.equal(socket.isOpen(), true);
});

test('recv with a size receives exactly so many bytes, in whatever segments they come', async (t) => {
  const { socket, python } = await connected(t);
  python.begin("[(c.sendall(b), time.sleep(0.01)) for b in (b'ab', b'c', b'defgh')]");
  assert.equal(socket.recv(4, LIMIT), 'abcd');
  assert.deepEqual(socket.recvBinary('4', LIMIT), Buffer.from('efgh'));
  await python.caughtUp();
});

test('recv without a size receives what is there', async (t) => {
  const { socket, python } = await connected(t);
  await python.run("c.sendall(b'some')");
  assert.equal(socket.isDataAvailable(LIMIT), true);
  assert.equal(socket.recv(), 'some');
  await python.run("c.sendall(b'y' * 200000)");
  let got = 0;
  for (let calls = 0; got < 200_000; calls++) {
    assert.ok(calls < 100);
    got += socket.recvBinary(0, LIMIT).length;
  }
  assert.equal(got, 200_000);
  assert.equal(socket.isDataAvailable(), false);
});

test('recv(-1) reads to the end of the stream', async (t) => {
  const { socket, python } = await connected(t);
  python.begin("c.sendall(b'first '); time.sleep(0.05); c.sendall(b'last'); c.close()");
  assert.equal(socket.recv(-1), 'first last');
  assert.equal(socket.recv(-1), '');
  assert.equal(socket.recvBinary(-1).length, 0);
  thrown(() => socket.recv(), 'SOCKET-CLOSED');
  await python.caughtUp();
});

test('256 bytes of every value that are sent before the other end closes arrive', async (t) => {
  const { socket, python } = await connected(t);
  await python.run('c.sendall(bytes(range(256))); c.close()');
  assert.deepEqual(socket.recvBinary(256, LIMIT), Buffer.from(Array.from({ length: 256 }, (_, i) => i)));
  thrown(() => socket.recvBinary(1, LIMIT), 'SOCKET-CLOSED');
});

test('the end in the middle of a sized read is SOCKET-CLOSED, and the bytes before it are kept', async (t) => {
  const { socket, python } = await connected(t);
  await python.run("c.sendall(b'abc'); c.shutdown(socket.SHUT_WR)");
  for (const read of [
    () => socket.recv(10, LIMIT),
    () => socket.recvBinary(10, LIMIT),
    () => socket.recvi4(LIMIT),
    () => socket.recvi8(LIMIT),
  ]) {
    const { arg, desc } = thrown(read, 'SOCKET-CLOSED');
    assert.deepEqual(arg, Buffer.from('abc'));
    assert.match(desc, /remote end closed the connection/);
  }
  assert.equal(socket.recv(), 'abc');
  thrown(() => socket.recv(), 'SOCKET-CLOSED');
  thrown(() => socket.recv(1), 'SOCKET-CLOSED');
  assert.equal(socket.send('half-closed'), 0, 'the other direction goes on');
  assert.equal(await python.value('c.recv(20).decode()'), 'half-closed');
});

test('a limit that is spent is SOCKET-TIMEOUT, for the whole call, and nothing is lost', async (t) => {
  const { socket, python } = await connected(t);
  await python.run("c.sendall(b'ab')");
  for (const limit of [0, 60, '60ms', new Date(Date.now() + 60)] as const) {
    const begun = performance.now();
    thrown(() => socket.recv(4, limit), 'SOCKET-TIMEOUT');
    thrown(() => socket.recvBinary(-1, limit), 'SOCKET-TIMEOUT');
    thrown(() => socket.recvi4(limit), 'SOCKET-TIMEOUT');
    assert.ok(performance.now() - begun < 10_000);
  }
  assert.equal(
    thrown(() => socket.recv(3, 40), 'SOCKET-TIMEOUT').desc,
    'timed out after 40 milliseconds in Socket::recv() call',
  );
  assert.match(thrown(() => socket.recv(3, 1), 'SOCKET-TIMEOUT').desc, /after 1 millisecond in/);
  // A peer that trickles does not stretch it.
  await python.run(`def trickle():
    n = 0
    while not select.select([c], [], [], 0.03)[0]:
        c.sendall(b't')
        n += 1
    return n`);
  python.begin('n = trickle()');
  const begun = performance.now();
  thrown(() => socket.recv(5000, 150), 'SOCKET-TIMEOUT');
  const took = performance.now() - begun;
  assert.ok(took >= 145 && took < 10_000, `${took} ms`);
  socket.send('enough');
  const trickled = (await python.value('n')) as number;
  assert.equal(socket.recv(2 + trickled, LIMIT), `ab${'t'.repeat(trickled)}`);
});

test('isDataAvailable knows of bytes that were read ahead, of the end and of a reset', async (t) => {
  const { socket, python } = await connected(t);
  assert.equal(socket.isDataAvailable(), false);
  assert.equal(socket.isDataAvailable('20ms'), false);
  await python.run("c.sendall(b'abc')");
  assert.equal(socket.recv(1, LIMIT), 'a');
  assert.equal(socket.isDataAvailable(), true);
  socket.recv(2);
  assert.equal(socket.isDataAvailable(), false);
  await python.run('c.shutdown(socket.SHUT_WR)');
  assert.equal(socket.isDataAvailable(-1), true);
  await python.run('c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)); c.close()');
  assert.equal(socket.isDataAvailable(), true);
});

test('isWriteFinished is true when the other end has everything', async (t) => {
  const { python, port } = await pythonListener(t);
  await python.run('l.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)');
  const socket = newSocket(t);
  socket.connect(`127.0.0.1:${port}`, LIMIT);
  await python.run('c, _ = l.accept()');
  assert.equal(socket.isWriteFinished(), true);
  socket.send(Buffer.alloc(1024));
  assert.equal(socket.isWriteFinished(LIMIT), true);
  // More than the other end takes while nobody reads.
  socket.send(Buffer.alloc(1_000_000));
  assert.equal(socket.isWriteFinished('50ms'), false);
  await python.run('exactly(c, 1001024)');
  assert.equal(socket.isWriteFinished(-1), true);
});

test('a reset is SOCKET-RECV-ERROR, with the words of the system', async (t) => {
  const { socket, python, port } = await connected(t);
  await python.run('c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)); c.close()');
  assert.match(thrown(() => socket.recv(1, LIMIT), 'SOCKET-RECV-ERROR').desc, /Connection reset by peer/);
  assert.equal(strerror(), 'Connection reset by peer');
  assert.match(thrown(() => socket.recv(0, LIMIT), 'SOCKET-CLOSED').desc, /Socket::recv\(\)/);
  assert.match(thrown(() => socket.recvBinary(0, LIMIT), 'SOCKET-CLOSED').desc, /Socket::recvBinary\(\)/);
  assert.equal(socket.getPort(), port);
  assert.match(thrown(() => socket.getPeerInfo(), 'SOCKET-GETPEERINFO-ERROR').desc, /not connected/);
});

test('what is not connected neither sends nor receives', (t) => {
  const { socket: listener } = listening(t);
  for (const socket of [new Socket(), listener])
    for (const call of [
      () => socket.send('1'),
      () => socket.sendBinary('1'),
      () => socket.sendi1(1),
      () => socket.recv(1),
      () => socket.recv(),
      () => socket.recvBinary(1),
      () => socket.recvi1(),
      () => socket.readHTTPHeader(),
      () => socket.sendHTTPMessage('GET', '/', '1.1', {}),
      () => socket.sendHTTPResponse(200, 'OK', '1.1', {}),
    ])
      thrown(call, 'SOCKET-NOT-OPEN');
});

test('data, sizes and limits of the wrong type are exceptions', async (t) => {
  const { socket } = await connected(t);
  const any = socket as unknown as Record<string, (...given: unknown[]) => unknown>;
  for (const call of [
    () => any['send']!(5),
    () => any['send']!(null),
    () => any['sendBinary']!({}),
    () => any['recv']!('all'),
    () => any['recv']!(1, 'soon'),
    () => any['recv']!(2 ** 40),
    () => any['recvBinary']!(NaN),
    () => any['recvi4']!({}),
    () => any['sendi4']!('four'),
    () => any['sendi4']!(null),
    () => any['sendi8']!(NaN),
    () => any['recvi4']!('4'),
  ])
    thrown(call, 'RUNTIME-TYPE-ERROR');
});
