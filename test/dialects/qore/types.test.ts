// The types of Qore's module say what the module does. The compiler is the judge: nothing of this is run but the first lines.

import assert from 'node:assert/strict';
import test from 'node:test';
import * as qore from 'berkeley/dialects/qore';

test('the types allow what is allowed, and nothing else', () => {
  assert.equal(typeof allowed, 'function');
  assert.equal(typeof refused, 'function');
});

function allowed(socket: qore.Socket): unknown[] {
  const nothing: null[] = [socket.connect('h:1', '1250ms'), socket.connectINET('h', '80', 5n), socket.setCharset('x')];
  const codes: (0 | -1)[] = [
    socket.bind(80),
    socket.bind('/p', 1),
    socket.listen(),
    socket.send('x'),
    socket.sendi8(1n),
  ];
  const made: qore.Socket[] = [socket.accept(), socket.acceptSSL(), socket.copy()];
  const perhaps: (qore.Socket | null)[] = [socket.accept('30s'), socket.acceptSSL(new Date())];
  const text: string = socket.recv('5', -1);
  const bytes: Buffer = socket.recvBinary();
  const numbers: number[] = [socket.recvi4(), socket.recvu2('1s'), socket.getPort(), socket.getSocket()];
  const wide: bigint[] = [socket.recvi8(), socket.recvi8LSB()];
  const header: qore.HttpHash | string = socket.readHTTPHeader();
  const info: qore.SocketInfo = socket.getPeerInfo();
  const cipher: string | null = socket.getSSLCipherName();
  const queue = new qore.Queue<qore.Event>();
  socket.setEventQueue(queue);
  const event = queue.get();
  const read: number = event.event === qore.EVENT_PACKET_READ ? event.read : event.id;
  socket.setPrivateKey('pem', 'password');
  socket.setPrivateKey(new qore.SSLPrivateKey(Buffer.of(1)));
  return [nothing, codes, made, perhaps, text, bytes, numbers, wide, header, info, cipher, read];
}

function refused(socket: qore.Socket): void {
  // @ts-expect-error a limit has a unit
  socket.connect('h:1', '1250');
  // @ts-expect-error a destination is text
  socket.connect(80);
  // @ts-expect-error nobody may have come
  socket.accept(5).send('x');
  // @ts-expect-error 64 bits are a bigint
  const wide: number = socket.recvi8();
  assert.ok(wide);
  // @ts-expect-error a number is no data
  socket.send(5);
  // @ts-expect-error headers are a hash
  socket.sendHTTPMessage('GET', '/', '1.1', 'X: y');
  // @ts-expect-error it may be no header
  assert.ok(socket.readHTTPHeader().method);
  // @ts-expect-error a password belongs to text
  socket.setPrivateKey(Buffer.of(1), 'password');
  // @ts-expect-error there may be no TLS
  assert.ok(socket.getSSLCipherName().length);
  // @ts-expect-error an event has only its own keys
  assert.ok(new qore.Queue<qore.Event>().get().read);
  // @ts-expect-error what is below is nobody's business
  assert.ok(socket.link);
}
