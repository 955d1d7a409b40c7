// Owns the events of a call of connect: their order, what they carry, and that a call that fails tells as much.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import * as promises from 'berkeley';
import { failure, folder, inBothColours, Python, resolverOf, until } from '../net/kit.js';
import { pki } from '../support/pki.js';
import { carried, course, hearing } from './kit.js';

const server = `
import ssl, threading
given = json.loads(sys.argv[1])
s = listener()
say(s.getsockname()[1])
while True:
    c, _ = s.accept()
    if 'cert' in given:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(given['cert'], given['key'])
        try: c = context.wrap_socket(c, server_side=True)
        except ssl.SSLError: continue
    while c.recv(100): c.sendall(b'pong')
    c.close()
`;

inBothColours('connect to a name with TLS posts every event in its order', async (net, t) => {
  const { certFile: cert, keyFile: key } = pki().server;
  const python = new Python(t, server, JSON.stringify({ cert, key }));
  const port = await python.hear<number>();
  const { on, heard } = hearing();
  const queue = promises.eventQueue();
  const conn = await net.connect('localhost', port, { tls: { ca: pki().root.cert }, family: 'ipv4', on, queue });
  assert.equal(course(heard), 'lookup resolved connecting connected tlsStart tlsDone');
  assert.deepEqual(carried(heard, 'lookup'), { host: 'localhost', service: String(port) });
  const resolved = carried(heard, 'resolved');
  assert.deepEqual(Object.keys(resolved), ['host', 'address']);
  assert.equal(resolved.address!.toString(), `127.0.0.1:${port}`);
  const { address, ...connecting } = carried(heard, 'connecting');
  assert.equal(address.toString(), `127.0.0.1:${port}`);
  assert.deepEqual(connecting, { attempt: 1, target: 'localhost', service: String(port) });
  assert.equal(carried(heard, 'connected').address.toString(), `127.0.0.1:${port}`);
  assert.deepEqual(carried(heard, 'tlsStart'), { server: false });
  const { version, cipher, cipherVersion, alpn, serverName, resumed, authorized, verifyCode } = conn.tls!;
  const facts = { version, cipher, cipherVersion, alpn, serverName, resumed, authorized, verifyCode };
  assert.deepEqual(carried(heard, 'tlsDone'), facts);
  await conn.write('ping');
  await conn.readExact(4);
  await conn.close();
  assert.equal(
    course(heard),
    'lookup resolved connecting connected tlsStart tlsDone sent read closed deleted',
    'and then those of the connection',
  );
  const events = queue.drain();
  assert.equal(course(events), course(heard), 'the queue has the same');
  assert.ok(
    events.every(({ id }) => id === conn.id),
    'from the lookup on under the id of the connection',
  );
  assert.ok(
    events.every(({ time }, i) => i === 0 || time >= events[i - 1]!.time),
    'the clock is never set back',
  );
  assert.ok(Math.abs(events[0]!.time - Date.now()) < 60_000, 'milliseconds since the epoch');
});

inBothColours('a failed address is told of, and then the next one', async (net, t) => {
  const python = new Python(t, server, '{}');
  const port = await python.hear<number>();
  const { on, heard } = hearing();
  const lookup = resolverOf(net, ['127.0.0.99', '127.0.0.1']);
  const conn = await net.connect(`two.test:${port}`, { on, lookup });
  await conn.close();
  assert.equal(course(heard), 'lookup resolved resolved connecting attemptFailed connecting connected closed deleted');
  const { address, error } = carried(heard, 'attemptFailed');
  assert.equal(address.toString(), `127.0.0.99:${port}`);
  assert.equal(error.code, 'ECONNREFUSED');
  assert.deepEqual(
    [0, 1].map((i) => carried(heard, 'connecting', i).attempt),
    [1, 2],
  );
});

inBothColours(
  'a dial that fails tells what happened and closes nothing, for there is nothing to close',
  async (net) => {
    const { on, heard } = hearing();
    await failure(() => net.connect('127.0.0.99:9', { on }));
    assert.equal(course(heard), 'lookup resolved connecting attemptFailed');
    heard.length = 0;
    await failure(() => net.connect('no-such-name.invalid:80', { on }));
    assert.equal(course(heard), 'lookup resolved');
    const { host, error, address } = carried(heard, 'resolved');
    assert.equal(host, 'no-such-name.invalid');
    assert.equal(address, undefined);
    assert.equal(error!.phase, 'lookup');
  },
);

inBothColours('an attempt that a limit ends is told of', async (net, t) => {
  const python = new Python(t, `say(black_hole('127.0.0.1'))\nhear()`);
  const port = await python.hear<number>();
  const { on, heard } = hearing();
  await failure(() => net.connect(`127.0.0.1:${port}`, { on, timeout: 50 }));
  assert.equal(course(heard), 'lookup resolved connecting attemptFailed');
  assert.equal(carried(heard, 'attemptFailed').error.code, 'ETIMEDOUT');
});

test('an attempt that a signal ends is told of', async (t) => {
  const python = new Python(t, `say(black_hole('127.0.0.1'))\nhear()`);
  const port = await python.hear<number>();
  const { on, heard } = hearing();
  const controller = new AbortController();
  const dialling = failure(() => promises.connect(`127.0.0.1:${port}`, { on, signal: controller.signal }));
  await until(() => heard.some(({ name }) => name === 'connecting'), 'the attempt began');
  controller.abort();
  assert.equal((await dialling).code, 'ABORT_ERR');
  assert.equal(course(heard), 'lookup resolved connecting attemptFailed');
  assert.equal(carried(heard, 'attemptFailed').error.code, 'ABORT_ERR');
});

inBothColours("a resolver of the caller's own that fails is told of", async (net) => {
  const { on, heard } = hearing();
  const wrong = new Error('no idea');
  const lookup = {
    lookup: () => {
      if (net === promises) return Promise.reject(wrong);
      throw wrong;
    },
  };
  assert.equal(await failure(() => net.connect('some.test:80', { on, lookup })), wrong);
  assert.equal(course(heard), 'lookup resolved');
  assert.equal(carried(heard, 'resolved').error, wrong);
});

inBothColours('a Unix connect has a path and nothing to look up', async (net, t) => {
  const path = join(folder(t), 's');
  const listener = await net.listen(`unix:${path}`);
  const { on, heard } = hearing();
  const conn = await net.connect(`unix:${path}`, { on });
  assert.equal(course(heard), 'connecting connected');
  const { address, ...rest } = carried(heard, 'connecting');
  assert.equal(address.path, path);
  assert.deepEqual(rest, { attempt: 1, target: path });
  await conn.close();
  await failure(() => net.connect(`unix:${path}.gone`, { on }));
  assert.equal(course(heard), 'connecting connected closed deleted connecting attemptFailed');
  listener.close();
});

inBothColours('a TLS handshake that fails ends with the close of the connection', async (net, t) => {
  const { certFile: cert, keyFile: key } = pki().server;
  const python = new Python(t, server, JSON.stringify({ cert, key }));
  const port = await python.hear<number>();
  const { on, heard } = hearing();
  // Nobody trusts the root of the tests.
  const error = await failure(() => net.connect(`127.0.0.1:${port}`, { tls: true, on }));
  assert.equal(course(heard), 'lookup resolved connecting connected tlsStart closed deleted');
  const info = carried(heard, 'closed');
  assert.equal(info.by, 'error');
  assert.equal(info.error!.code, error.code);
});
