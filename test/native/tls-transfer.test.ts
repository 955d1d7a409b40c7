// Owns the tests of how the TLS addon moves bytes: whole, in pieces, against a full socket, up to the end and behind it.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import type { End } from './sessions.js';
import { connected, native, pair, status, tls, tlsResult, tlsStatus, versions } from './sessions.js';

const { truncated, wantRead, wantWrite, invalid, failed } = tlsResult;
const pieces = (text: string): Buffer[] => text.split('').map((letter) => Buffer.from(letter));

/** The contents' types and sizes of the records in some bytes. */
function records(bytes: Buffer): [type: number, size: number][] {
  const found: [number, number][] = [];
  for (let at = 0; at < bytes.length; at += 5 + bytes.readUInt16BE(at + 3)) {
    found.push([bytes[at]!, bytes.readUInt16BE(at + 3)]);
  }
  return found;
}

/** Writes all of it from one end and reads it at the other, in one thread. */
function carry(from: End, to: End, bytes: Buffer, writeSize: () => number, readSize: () => number): Buffer {
  const parts: Buffer[] = [];
  let written = 0;
  let read = 0;
  while (read < bytes.length) {
    const size = Math.min(writeSize(), bytes.length - written);
    const answer = size > 0 ? tls.write(from.session, bytes, written, size) : tls.flush(from.session);
    if (answer > 0) written += answer;
    else assert.ok(answer === 0 || answer === wantWrite, String(answer));
    for (let part = to.read(readSize()); typeof part !== 'number'; part = to.read(readSize())) {
      parts.push(part);
      read += part.length;
    }
  }
  assert.equal(to.read(), wantRead);
  return Buffer.concat(parts);
}

for (const [name, version] of versions) {
  test(`${name}: megabytes go both ways whole, in writes and reads of any size`, (t) => {
    const ends = connected(t, { version });
    for (const [from, to] of [ends, [...ends].reverse() as typeof ends])
      for (const most of [3_000_000, 70_000, 16_384, 5_000]) {
        const bytes = randomBytes(1_500_000);
        const size = (): number => 1 + Math.floor(Math.random() * most);
        assert.ok(carry(from, to, bytes, size, size).equals(bytes), `at most ${most}`);
      }
  });

  test(`${name}: a full socket stops a write, and nothing of what was taken is lost`, (t) => {
    const [client, server] = connected(t, { version });
    const bytes = randomBytes(4_000_000);
    let written = 0;
    for (;;) {
      const answer = tls.write(client.session, bytes, written, bytes.length - written);
      if (answer === wantWrite) break;
      assert.ok(answer > 0);
      written += answer;
    }
    assert.ok(written > 64 * 1024);
    const unsent = status[tlsStatus.unsent]!;
    assert.ok(unsent >= 64 * 1024 && unsent < 64 * 1024 + 17_000, `${unsent} bytes unsent`);
    assert.equal(tls.flush(client.session), wantWrite);
    assert.equal(server.write('meanwhile'), 9);
    assert.equal(client.text(), 'meanwhile', 'what is unsent stands in the way of no read');
    const parts: Buffer[] = [];
    for (let read = 0; read < written;) {
      const part = server.read();
      if (typeof part === 'number') {
        assert.equal(part, wantRead);
        assert.ok([0, wantWrite].includes(tls.flush(client.session)));
        continue;
      }
      parts.push(part);
      read += part.length;
    }
    assert.equal(tls.flush(client.session), 0);
    assert.equal(status[tlsStatus.unsent], 0);
    assert.ok(Buffer.concat(parts).equals(bytes.subarray(0, written)));
  });

  test(`${name}: small buffers share a record, large ones are cut into full ones`, (t) => {
    const [client, server] = connected(t, { version });
    server.write('x');
    client.read();
    const write = (buffers: Buffer[], first = 0, offset = 0): [number, number[]] => {
      const answer = tls.writev(client.session, buffers, first, offset);
      const raw = server.raw(1_000_000);
      for (const byte of [raw]) tls.sessionFeed(server.session, byte);
      const kept = records(raw);
      assert.ok(kept.every(([type]) => type === 23));
      const overhead = version === 0x0303 ? 24 : 17;
      return [answer, kept.map(([, size]) => size - overhead)];
    };
    assert.deepEqual(write(pieces('hello')), [5, [5]]);
    assert.deepEqual(write([Buffer.alloc(0), ...pieces('hello'), Buffer.alloc(0)], 2, 1), [3, [3]]);
    assert.deepEqual(write([Buffer.alloc(16_000, 1), Buffer.alloc(16_000, 2)]), [32_000, [16_384, 15_616]]);
    const large = [Buffer.from('ab'), Buffer.alloc(40_000, 3), Buffer.from('cd')];
    assert.deepEqual(write(large, 1, 7_232), [32_770, [16_384, 16_384, 2]]);
    assert.deepEqual(write([Buffer.from('abc'), Buffer.from('def')], 0, 4), [2, [2]], 'an offset beyond the first');
    assert.deepEqual(write([]), [0, []]);
    const all = Buffer.concat([
      ...[Buffer.from('hello'), Buffer.from('llo'), Buffer.alloc(16_000, 1), Buffer.alloc(16_000, 2)],
      ...[Buffer.alloc(32_768, 3), Buffer.from('cd'), Buffer.from('ef')],
    ]);
    assert.ok(Buffer.concat([server.read(100_000, false) as Buffer]).equals(all));
  });

  test(`${name}: a read of what was received needs no descriptor, and the status counts it`, (t) => {
    const [client, server] = connected(t, { version });
    for (const letter of 'abc') client.write(letter);
    assert.equal(server.text(1), 'a');
    const [drained, , buffered] = status;
    assert.equal(drained, 1);
    assert.ok(buffered! > 40);
    assert.equal(String(server.read(1, false)), 'b');
    assert.equal(status[tlsStatus.drained], 0, 'nothing was received in this call');
    assert.equal(String(server.read(9, false)), 'c');
    assert.equal(status[tlsStatus.buffered], 0);
    client.write('d');
    assert.equal(server.read(9, false), wantRead);
    assert.equal(server.text(9), 'd');
  });

  test(`${name}: one read takes several records, up to its length`, (t) => {
    const [client, server] = connected(t, { version });
    for (let i = 0; i < 20; i++) client.write(`${i}\n`);
    const expected = Array.from({ length: 20 }, (_, i) => `${i}\n`).join('');
    assert.equal(server.text(10), expected.slice(0, 10));
    assert.equal(server.text(), expected.slice(10));
    assert.equal(server.read(), wantRead);
  });

  test(`${name}: bytes behind close_notify in the same segment stay for leftover`, (t) => {
    const ends = connected(t, { version });
    for (const [client, server] of [ends, [...ends].reverse() as typeof ends]) {
      client.write('last words');
      assert.equal(tls.closeNotify(client.session), 0);
      client.send('in the clear');
      assert.equal(server.text(), 'last words');
      assert.equal(server.read(), 0);
      assert.equal(status[tlsStatus.closed], 1);
      assert.equal(server.read(), 0, 'again');
      client.send(', and more');
      assert.equal(tls.leftover(server.session).toString(), 'in the clear');
      assert.equal(tls.leftover(server.session).length, 0);
      assert.equal(server.raw().toString(), ', and more', 'what came later was not taken out of the kernel');
    }
  });

  test(`${name}: an end that came with the last bytes is known to the status, for nothing comes after it`, (t) => {
    const [client, server] = connected(t, { version });
    client.write('last words');
    tls.closeNotify(client.session);
    assert.equal(server.text(), 'last words');
    assert.ok(status[tlsStatus.buffered]! > 0);
    assert.equal(server.read(9, false), 0);
  });

  test(`${name}: an end of the stream that was found behind bytes is known to the status, too`, (t) => {
    const [client, server] = connected(t, { version });
    // Two records of 17 KiB together: a receive that fills its memory is followed by another, which finds the end.
    const overhead = version === 0x0303 ? 29 : 22;
    const bytes = Buffer.alloc(17 * 1024 - 2 * overhead, 'x');
    assert.equal(client.write(bytes), bytes.length);
    native.shutdown(client.fd, 1);
    assert.equal((server.read() as Buffer).length, bytes.length);
    assert.ok(status[tlsStatus.buffered]! > 0);
    assert.equal(server.read(9, false), truncated);
  });

  test(`${name}: a large record and close_notify in one segment, leftover of any length`, (t) => {
    for (const length of [0, 1, 100, 5_000, 30_000]) {
      const [client, server] = connected(t, { version });
      const plain = Buffer.alloc(length, 'p');
      client.write(Buffer.alloc(16_384, 'x'));
      tls.closeNotify(client.session);
      if (length > 0) client.send(plain);
      const parts: Buffer[] = [];
      for (let part = server.read(7_777); typeof part !== 'number'; part = server.read(7_777)) parts.push(part);
      assert.equal(Buffer.concat(parts).toString(), 'x'.repeat(16_384));
      assert.equal(server.read(), 0);
      assert.ok(Buffer.concat([tls.leftover(server.session), server.raw()]).equals(plain));
    }
  });

  test(`${name}: an end without close_notify is truncated, after everything that came before`, (t) => {
    const [client, server] = connected(t, { version });
    client.write('almost');
    native.shutdown(client.fd, 1);
    assert.equal(server.text(3), 'alm');
    assert.equal(server.text(), 'ost');
    assert.equal(server.read(), truncated);
    assert.equal(server.read(), truncated, 'again');
    assert.equal(status[tlsStatus.closed], 0);
    const [writer, reader] = connected(t, { version });
    const whole = Buffer.alloc(100);
    writer.write(whole);
    const cut = reader.raw();
    tls.sessionFeed(reader.session, cut.subarray(0, -1));
    native.shutdown(writer.fd, 1);
    assert.equal(reader.read(), truncated, 'in the middle of a record');
  });

  test(`${name}: a truncated direction leaves the other one usable`, (t) => {
    const [client, server] = connected(t, { version });
    native.shutdown(client.fd, 1);
    assert.equal(server.read(), truncated);
    assert.equal(server.write('still here'), 10);
    assert.equal(client.text(), 'still here');
    assert.equal(tls.closeNotify(server.session), 0);
    assert.equal(client.read(), 0);
  });

  test(`${name}: an error of the kernel comes behind the bytes that arrived before it`, (t) => {
    const [client, server] = connected(t, { version });
    server.write('x');
    client.write('before the reset');
    // A Unix socket that is closed with unread input resets its peer.
    client.hangUp();
    const codes = native.errnos;
    assert.equal(server.text(), 'before the reset');
    const end = server.read();
    assert.ok(end === -codes['ECONNRESET']! || end === truncated, String(end));
    assert.equal(server.read(), end, 'it stays');
    assert.equal(server.write('y'), 1);
    assert.equal(tls.flush(server.session), -codes['EPIPE']!);
    assert.equal(server.write('y'), -codes['EPIPE']!, 'it stays');
    assert.equal(status[tlsStatus.unsent], -1, 'whoever flushes learns that it never will be sent');
  });

  test(`${name}: a failing send does not cost what was received`, (t) => {
    const [client, server] = connected(t, { version });
    client.write('answer');
    native.shutdown(server.fd, 1);
    assert.equal(server.write('question'), 8);
    assert.equal(tls.flush(server.session), -native.errnos['EPIPE']!);
    assert.equal(server.text(), 'answer');
    assert.equal(server.read(), wantRead);
  });

  test(`${name}: close_notify goes out once; then nothing can be written, and reading goes on`, (t) => {
    const [client, server] = connected(t, { version });
    assert.equal(tls.closeNotify(client.session), 0);
    assert.equal(tls.closeNotify(client.session), 0);
    assert.equal(records(server.raw()).length, 1);
    assert.equal(client.write('more'), invalid);
    server.write('go on');
    assert.equal(client.text(), 'go on');
  });

  test(`${name}: damaged records fail behind what was good, with an alert to the peer`, (t) => {
    const [client, server] = connected(t, { version });
    server.write('x');
    client.read();
    client.write('good');
    client.write('bad');
    const raw = server.raw();
    raw[raw.length - 1]! ^= 1;
    tls.sessionFeed(server.session, raw);
    assert.equal(server.text(), 'good');
    assert.equal(server.read(), failed);
    assert.equal(server.failure.reason, 'decryption failed or bad record mac');
    assert.equal(server.read(), failed);
    assert.equal(server.write('x'), failed);
    assert.equal(client.read(), failed);
    assert.equal(client.failure.alertReceived, 20);
  });

  test(`${name}: a record that is too long is refused with record_overflow`, (t) => {
    const [client, server] = connected(t, { version });
    client.send(Buffer.concat([Buffer.from('1703034142', 'hex'), Buffer.alloc(0x4142)]));
    assert.equal(server.read(), failed);
    assert.equal(server.failure.alertSent, 22);
  });
}

test('what was received before the session began is fed to it, the rest comes from the descriptor', (t) => {
  for (const cut of [1, 5, 6, 100]) {
    const [client, server] = pair(t);
    client.shake();
    const hello = server.raw();
    tls.sessionFeed(server.session, hello.subarray(0, cut));
    client.send(hello.subarray(cut));
    assert.equal(server.shake(), wantRead);
    assert.equal(client.shake(), 0);
    assert.equal(server.shake(), 0);
  }
});

test('what was fed and never used is leftover', (t) => {
  const [, server] = pair(t);
  tls.sessionFeed(server.session, Buffer.from('plain '));
  tls.sessionFeed(server.session, Buffer.from('text'));
  tls.sessionFeed(server.session, Buffer.alloc(0));
  assert.equal(tls.leftover(server.session).toString(), 'plain text');
});
