// TLS through a proxy that splits and cuts: any segmentation gives the same bytes, and a cut at any offset of a handshake is an
// error of that connection alone.

import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { readFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import * as promises from 'berkeley';
import { descriptors, inBothColours, Python, until, type Net } from '../net/kit.js';
import { pattern, sha256 } from '../support/bytes.js';
import { pki } from '../support/pki.js';

const script = readFileSync(fileURLToPath(new URL('../../../test/support/tls-proxy.py', import.meta.url)), 'utf8');
const MEGABYTE = 1024 * 1024;

function python(t: TestContext): Python {
  const { server, root } = pki();
  return new Python(t, script, server.certFile, server.keyFile, root.certFile);
}

async function ask<T>(peer: Python, order: unknown): Promise<T> {
  peer.say(order);
  return peer.hear<T>();
}

/** A port of a proxy before a TLS server that echoes. */
async function proxied(peer: Python, how: object): Promise<number> {
  const { port } = await ask<{ port: number }>(peer, { serve: 1 });
  return (await ask<{ port: number }>(peer, { proxy: port, ...how })).port;
}

for (const [sizes, length] of [
  [[1, 7, 1400], 10 * MEGABYTE],
  [[1], 64 * 1024],
  [[7], 512 * 1024],
] as const) {
  test(`${length} bytes each way at once arrive intact through a proxy that splits into pieces of ${sizes.join(', ')}`, async (t) => {
    const peer = python(t);
    const port = await proxied(peer, { sizes });
    const conn = await promises.connect(`localhost:${port}`, { tls: { ca: pki().root.cert }, family: 'ipv4' });
    const sent = pattern(length);
    const writing = conn.write(sent).then(() => conn.closeWrite());
    const received = await conn.readAll({ max: length + 1 });
    await writing;
    assert.equal(received.length, length);
    assert.equal(sha256(received), sha256(sent));
    await conn.close();
    assert.equal(conn.closeInfo?.clean, true);
  });

  test(`a listener echoes ${length} bytes through a proxy that splits into pieces of ${sizes.join(', ')}`, async (t) => {
    const { server } = pki();
    const listener = await promises.listen('127.0.0.1:0', { tls: { cert: server.cert, key: server.key } });
    const peer = python(t);
    const { port } = await ask<{ port: number }>(peer, { proxy: listener.address.port, sizes });
    peer.say({ echo: port, bytes: length });
    const conn = await listener.accept();
    for await (const piece of conn) await conn.write(piece);
    await conn.close();
    listener.close();
    assert.deepEqual(await peer.hear(), { length, sha256: sha256(pattern(length)) });
  });
}

inBothColours('one byte a segment makes a handshake and an echo like any other', async (net: Net, t) => {
  const peer = python(t);
  const port = await proxied(peer, { sizes: [1] });
  const conn = await net.connect(`127.0.0.1:${port}`, { tls: { ca: pki().root.cert } });
  for (const text of ['a', 'hello', 'x'.repeat(3000)]) {
    await conn.write(text);
    assert.equal((await conn.readExact(text.length)).toString(), text);
  }
  await conn.closeWrite();
  assert.equal(await conn.read(), null, 'the end is close_notify');
  await conn.close();
});

for (const reset of [false, true]) {
  test(`a handshake that is ${reset ? 'reset' : 'cut'} at any offset fails with the right error and leaves nothing behind`, async (t) => {
    const peer = python(t);
    const port = await proxied(peer, {});
    const options = { tls: { ca: pki().root.cert } };
    const whole = await promises.connect(`127.0.0.1:${port}`, options);
    const { passed } = await ask<{ passed: number }>(peer, { passed: 1 });
    await whole.close();
    const before = descriptors();
    assert.ok(passed > 1000, 'the handshake of the server has passed');
    const codes = new Set<string>();
    // A prime step with a new start for each kind, so that all kinds of offsets are met in little time.
    for (let offset = reset ? 1 : 0; offset < passed; offset += 3) {
      await ask(peer, { budget: offset + 1, reset });
      // The client's last flight may be counted and the handshake done: then the first read finds the cut.
      try {
        const conn = await promises.connect(`127.0.0.1:${port}`, options);
        try {
          // No two handshakes have the same length, for signatures differ by some bytes: this is more than that.
          await conn.write(Buffer.alloc(64));
          await conn.readExact(1);
          assert.fail('the connection was cut');
        } catch (error) {
          codes.add((error as promises.SocketError).code);
        }
        await conn.close();
      } catch (error) {
        assert.ok(error instanceof promises.SocketError, String(error));
        codes.add(error.code);
        assert.equal(error.phase, 'tls', String(error));
      }
    }
    for (const code of codes)
      assert.ok(['ERR_TLS_TRUNCATED', 'ECONNRESET', 'EPIPE'].includes(code), `${code} among ${[...codes].join(' ')}`);
    await until(() => descriptors() <= before, 'no descriptor is left');
    await ask(peer, { budget: null });
    const again = await promises.connect(`127.0.0.1:${port}`, options);
    await again.write('alive');
    assert.equal((await again.readExact(5)).toString(), 'alive');
    await again.close();
  });
}
