// The encodings of a Qore Socket against Python's codecs.

import assert from 'node:assert/strict';
import test from 'node:test';
import { connected, LIMIT, thrown } from './kit.js';

const texts = [
  ['UTF-8', 'utf-8', 'Příliš žluťoučký 😀'],
  ['ISO-8859-1', 'iso-8859-1', 'grüezi \u0080\u009f'],
  ['ISO-8859-15', 'iso-8859-15', 'zehn €'],
  ['ISO-8859-2', 'iso-8859-2', 'Příliš žluťoučký'],
  ['KOI8-R', 'koi8-r', 'привет'],
  ['WINDOWS-1252', 'cp1252', '“€”'],
  ['US-ASCII', 'ascii', 'plain'],
  ['UTF-16LE', 'utf-16-le', 'à😀'],
  ['SHIFT_JIS', 'shift_jis', '日本語'],
  ['EUC-JP', 'euc-jp', '日本語'],
  ['GBK', 'gbk', '中文'],
] as const;

test('text goes out and comes in in the encoding of the socket', async (t) => {
  const { socket, python } = await connected(t);
  for (const [charset, codec, text] of texts) {
    assert.equal(socket.setCharset(charset), null);
    assert.equal(socket.getCharset(), charset);
    assert.equal(socket.send(text), 0);
    const length = (await python.value(`len(${JSON.stringify(text)}.encode('${codec}'))`)) as number;
    assert.equal(await python.value(`exactly(c, ${length}).decode('${codec}')`), text, charset);
    await python.run(`c.sendall(${JSON.stringify(text)}.encode('${codec}'))`);
    assert.equal(socket.recv(length, LIMIT), text, charset);
    await python.run(`c.sendall(${JSON.stringify(text)}.encode('${codec}'))`);
    assert.equal(socket.recv(0, LIMIT), text, charset);
  }
  socket.sendBinary('€');
  assert.equal(await python.value('exactly(c, 3).hex()'), 'e282ac', 'sendBinary does not convert');
});

test('text that the encoding has not is ENCODING-CONVERSION-ERROR, and nothing is sent', async (t) => {
  const { socket, python } = await connected(t);
  for (const [charset, text] of [
    ['ISO-8859-1', 'ok €'],
    ['US-ASCII', 'é'],
    ['KOI8-R', '日'],
    ['UTF-8', '\ud800'],
    ['no-such-charset', 'plain'],
    ['', 'plain'],
    ['base64', 'plain'],
  ] as const) {
    socket.setCharset(charset);
    thrown(() => socket.send(text), 'ENCODING-CONVERSION-ERROR');
  }
  socket.setCharset('UTF-8');
  socket.send('.');
  assert.equal(await python.value('c.recv(100).decode()'), '.');
});

test('bytes that are no text are ENCODING-CONVERSION-ERROR, and can still be read', async (t) => {
  const { socket, python } = await connected(t);
  await python.run("c.sendall(b'\\xff\\xfe\\x00')");
  thrown(() => socket.recv(3, LIMIT), 'ENCODING-CONVERSION-ERROR');
  thrown(() => socket.recv(0, LIMIT), 'ENCODING-CONVERSION-ERROR');
  socket.setCharset('no-such-charset');
  thrown(() => socket.recv(3, LIMIT), 'ENCODING-CONVERSION-ERROR');
  socket.setCharset('ISO-8859-1');
  assert.equal(socket.recv(1, LIMIT), 'ÿ');
  assert.deepEqual(socket.recvBinary(2, LIMIT), Buffer.from([0xfe, 0]));
});

test('a character that is cut by a segment or by the size stays for the next call', async (t) => {
  const { socket, python } = await connected(t);
  await python.run("c.sendall(b'ab\\xe2\\x82')");
  assert.equal(socket.recv(0, LIMIT), 'ab');
  thrown(() => socket.recv(0, 30), 'SOCKET-TIMEOUT');
  await python.run("c.sendall(b'\\xacxyz')");
  assert.equal(socket.recv(4, LIMIT), '€x');
  assert.equal(socket.recv(0, LIMIT), 'yz');
  await python.run("c.sendall('a€b'.encode())");
  assert.equal(socket.recv(2, LIMIT), 'a');
  thrown(() => socket.recv(1, LIMIT), 'ENCODING-CONVERSION-ERROR');
  assert.equal(socket.recv(4, LIMIT), '€b');
  await python.run("c.sendall(b'end\\xe2\\x82'); c.close()");
  thrown(() => socket.recv(-1, LIMIT), 'ENCODING-CONVERSION-ERROR');
  assert.deepEqual(socket.recvBinary(-1, LIMIT), Buffer.from('656e64e282', 'hex'));
});
