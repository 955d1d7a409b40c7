// Owns the tests of the race between addresses (RFC 8305). The addresses are real ones of this machine: 127.0.0.x, each
// with a listener, with nobody, or with a listener whose full queue swallows every SYN.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as promises from 'berkeley';
import { descriptors, failure, inBothColours, Python, resolverOf } from './kit.js';

/** A black hole at 127.0.1.1 and, on the same port, listeners at 127.0.1.2 and .3 that say who came. */
const scene = `
port = black_hole('127.0.1.1')
a = listener('127.0.1.2', port=port); b = listener('127.0.1.3', port=port)
say(port)
while True:
    ready, _, _ = select.select([a, b, sys.stdin], [], [])
    if sys.stdin in ready: hear()
    for s in ready:
        if s is sys.stdin: continue
        c, peer = s.accept(); kept.append(c)
        say([s.getsockname()[0], peer[0]])
`;

inBothColours('a black hole is left alone for 250 ms, then the next address is tried beside it', async (net, t) => {
  const python = new Python(t, scene);
  const port = await python.hear<number>();
  const before = descriptors();
  const begun = performance.now();
  const conn = await net.connect('race.example', port, {
    lookup: resolverOf(net, [`127.0.1.1:${port}`, `127.0.1.2:${port}`]),
    timeout: 5000,
  });
  const ms = performance.now() - begun;
  assert.ok(ms >= 249 && ms < 900, `${ms} ms`);
  assert.equal(conn.remoteAddr.address, '127.0.1.2');
  assert.equal((await python.hear<string[]>())[0], '127.0.1.2');
  conn.abort();
  assert.equal(descriptors(), before, 'a loser was left open');
});

inBothColours('attemptDelay is the time between two attempts', async (net, t) => {
  const python = new Python(t, scene);
  const port = await python.hear<number>();
  const begun = performance.now();
  const lookup = resolverOf(net, [`127.0.1.1:${port}`, `127.0.1.3:${port}`]);
  const conn = await net.connect('race.example', port, { lookup, attemptDelay: '30ms', timeout: 5000 });
  const ms = performance.now() - begun;
  assert.ok(ms >= 29 && ms < 230, `${ms} ms`);
  conn.abort();
});

inBothColours('an error starts the next attempt at once', async (net, t) => {
  const python = new Python(t, scene);
  const port = await python.hear<number>();
  const begun = performance.now();
  // 127.0.1.9 to .11 have nobody on this port.
  const addresses = ['127.0.1.9', '127.0.1.10', '127.0.1.11', '127.0.1.2'].map((host) => `${host}:${port}`);
  const conn = await net.connect('race.example', port, { lookup: resolverOf(net, addresses), timeout: 5000 });
  assert.ok(performance.now() - begun < 240);
  assert.equal(conn.remoteAddr.toString(), `127.0.1.2:${port}`);
  conn.abort();
});

inBothColours('an error starts the next attempt at once also while an earlier one still runs', async (net, t) => {
  const python = new Python(t, scene);
  const port = await python.hear<number>();
  const lookup = resolverOf(
    net,
    ['127.0.1.1', '127.0.1.9', '127.0.1.2'].map((host) => `${host}:${port}`),
  );
  const begun = performance.now();
  const conn = await net.connect('race.example', port, { lookup, attemptDelay: 600, timeout: 5000 });
  const ms = performance.now() - begun;
  assert.ok(ms >= 599 && ms < 1100, `${ms} ms`);
  assert.equal(conn.remoteAddr.address, '127.0.1.2');
  conn.abort();
});

inBothColours('the first success wins, and nobody after it is asked', async (net, t) => {
  const python = new Python(t, scene);
  const port = await python.hear<number>();
  const lookup = resolverOf(net, [`127.0.1.3:${port}`, `127.0.1.2:${port}`]);
  const conn = await net.connect('race.example', port, { lookup });
  assert.equal(conn.remoteAddr.address, '127.0.1.3');
  assert.deepEqual(await python.hear<string[]>(), ['127.0.1.3', conn.localAddr.address]);
  conn.abort();
  const again = await net.connect(`127.0.1.2:${port}`);
  // Had the race gone on, its second address would have been the one that comes next.
  assert.deepEqual((await python.hear<string[]>())[0], '127.0.1.2');
  again.abort();
});

inBothColours('a failed dial carries every attempt with its address, milliseconds and code', async (net, t) => {
  const python = new Python(t, scene);
  const port = await python.hear<number>();
  const before = descriptors();
  const addresses = ['127.0.1.9', '127.0.1.1', '127.0.1.10'].map((host) => `${host}:${port}`);
  const error = await failure(() =>
    net.connect('race.example', port, { lookup: resolverOf(net, addresses), attemptTimeout: 300, timeout: 5000 }),
  );
  assert.ok(error instanceof net.SocketError);
  assert.equal(error.code, 'ECONNREFUSED');
  assert.equal(error.phase, 'connect');
  assert.match(error.message, new RegExp(`^connect ECONNREFUSED 127\\.0\\.1\\.9:${port} \\(then `));
  assert.deepEqual(
    error.attempts.map(({ address, code }) => [address, code]),
    [
      [addresses[0], 'ECONNREFUSED'],
      [addresses[2], 'ECONNREFUSED'],
      [addresses[1], 'ETIMEDOUT'],
    ],
  );
  const [, second, hole] = error.attempts.map(({ ms }) => ms);
  assert.ok(second! < 200 && hole! >= 299 && hole! < 900, `${second} ${hole}`);
  assert.equal(descriptors(), before);
});

inBothColours('attemptTimeout bounds each address: when all are spent it is one spent limit', async (net, t) => {
  const python = new Python(t, scene);
  const port = await python.hear<number>();
  const begun = performance.now();
  const error = await failure(() => net.connect(`127.0.1.1:${port}`, { attemptTimeout: '80ms' }));
  const ms = performance.now() - begun;
  assert.ok(error instanceof net.TimeoutError);
  assert.equal(error.code, 'ETIMEDOUT');
  assert.equal(error.errno, undefined);
  assert.deepEqual([error.address, error.port], ['127.0.1.1', port]);
  assert.equal(error.attempts.length, 1);
  assert.ok(ms >= 79 && ms < 600, `${ms} ms`);
});

inBothColours('promise 3: timeout, deadline and signal bound the whole call', async (net, t) => {
  const python = new Python(t, scene);
  const port = await python.hear<number>();
  const hole = `127.0.1.1:${port}`;
  const limits = [
    () => ({ timeout: 120 }),
    () => ({ deadline: Date.now() + 120 }),
    () => ({ deadline: new Date(Date.now() + 120) }),
  ];
  for (const limit of limits) {
    const begun = performance.now();
    const error = await failure(() => net.connect(hole, limit()));
    const ms = performance.now() - begun;
    assert.ok(error instanceof net.TimeoutError);
    assert.deepEqual(
      error.attempts.map(({ address, code }) => [address, code]),
      [[hole, 'ETIMEDOUT']],
    );
    assert.ok(ms >= 100 && ms < 700, `${ms} ms`);
  }
  const zero = await failure(() => net.connect(hole, { timeout: 0 }));
  assert.equal(zero.name, 'RangeError');
  assert.match(zero.message, /"timeout"/);
});

test('a signal ends a race at once, and attempts say so', async (t) => {
  const python = new Python(t, scene);
  const port = await python.hear<number>();
  const controller = new AbortController();
  const before = descriptors();
  const connecting = promises.connect(`127.0.1.1:${port}`, { signal: controller.signal });
  const reason = new Error('enough');
  setImmediate(() => controller.abort(reason));
  const error = await failure(() => connecting);
  assert.equal(error.code, 'ABORT_ERR');
  assert.equal(error.name, 'AbortError');
  assert.equal(error.cause, reason);
  assert.deepEqual(
    error.attempts.map(({ address, code }) => [address, code]),
    [[`127.0.1.1:${port}`, 'ABORT_ERR']],
  );
  assert.equal(descriptors(), before);
});

inBothColours('a signal that is aborted already stops the call before anything is opened', async (net) => {
  const before = descriptors();
  for (const target of ['127.0.0.1:1', 'localhost:1']) {
    const error = await failure(() => net.connect(target, { signal: AbortSignal.abort() }));
    assert.equal(error.code, 'ABORT_ERR');
  }
  assert.equal(descriptors(), before);
});

test('IPv6 and IPv4 take turns, IPv6 first', async (t) => {
  // /etc/hosts decides what localhost has, so the two families come from two empty ports of ':port'.
  const python = new Python(t, `s = listener(); p = s.getsockname()[1]; s.close(); say(p); hear()`);
  const port = await python.hear<number>();
  const error = await failure(() => promises.connect(`:${port}`));
  const addresses = error.attempts.map(({ address }) => address);
  const wanted = promises.features['ipv6'] ? [`[::1]:${port}`, `127.0.0.1:${port}`] : [`127.0.0.1:${port}`];
  assert.deepEqual(addresses, wanted);
});

inBothColours('a resolver is asked for the host, the service, the family and the limit', async (net) => {
  const asked: unknown[] = [];
  const lookup = resolverOf(net, ['127.0.0.1:1', '[::1]:1'], asked);
  const { signal } = new AbortController();
  const error = await failure(() => net.connect('[six.example]:1', { lookup, timeout: 1000, signal }));
  // Only IPv6 was asked for, so the IPv4 answer is not tried.
  assert.deepEqual(
    error.attempts.map(({ address }) => address),
    ['[::1]:1'],
  );
  const [[host, service, o]] = asked as [[string, number, Record<string, unknown>]];
  assert.deepEqual([host, service, o['family'], o['timeout']], ['six.example', 1, 'ipv6', 1000]);
  assert.equal(o['signal'], signal);
});

inBothColours('a resolver may give addresses without a port, and none at all is an error', async (net, t) => {
  const python = new Python(t, scene);
  const port = await python.hear<number>();
  const conn = await net.connect('race.example', port, { lookup: resolverOf(net, ['127.0.1.2:0']) });
  assert.equal(conn.remoteAddr.port, port);
  conn.abort();
  const error = await failure(() => net.connect('race.example', port, { lookup: resolverOf(net, []) }));
  assert.equal(error.code, 'ERR_NO_ADDRESS');
});

inBothColours('what a resolver throws reaches the caller as it is', async (net) => {
  const trouble = new Error('no such luck');
  const lookup = {
    lookup: () => {
      throw trouble;
    },
  };
  assert.equal(await failure(() => net.connect('race.example:1', { lookup })), trouble);
});

test('a resolver that hangs is bounded by timeout and by signal', async () => {
  const lookup = { lookup: () => new Promise<never>(() => undefined) };
  const begun = performance.now();
  const error = await failure(() => promises.connect('race.example:1', { lookup, timeout: 60 }));
  const ms = performance.now() - begun;
  assert.ok(error instanceof promises.TimeoutError);
  assert.equal(error.phase, 'lookup');
  assert.deepEqual(error.attempts, []);
  assert.ok(ms >= 59 && ms < 500, `${ms} ms`);
  const controller = new AbortController();
  const connecting = promises.connect('race.example:1', { lookup, signal: controller.signal });
  controller.abort();
  assert.equal((await failure(() => connecting)).code, 'ABORT_ERR');
});

test('the time that a resolver took is taken from the limit', async (t) => {
  const python = new Python(t, scene);
  const port = await python.hear<number>();
  const lookup: promises.ConnectOptions['lookup'] = {
    lookup: () => new Promise((go) => setTimeout(() => go([promises.address(`127.0.1.1:${port}`)]), 150)),
  };
  const begun = performance.now();
  const error = await failure(() => promises.connect('race.example', port, { lookup, timeout: 250 }));
  const ms = performance.now() - begun;
  assert.ok(error instanceof promises.TimeoutError);
  assert.equal(error.attempts.length, 1);
  assert.ok(ms >= 249 && ms < 390, `${ms} ms`);
});

test('20 expired limits in a row neither drift nor leak', async (t) => {
  const python = new Python(t, scene);
  const port = await python.hear<number>();
  await failure(() => promises.connect(`127.0.1.1:${port}`, { timeout: 1 }));
  const before = descriptors();
  for (let i = 0; i < 20; i++) {
    const begun = performance.now();
    await failure(() => promises.connect(`127.0.1.1:${port}`, { timeout: 20 }));
    const ms = performance.now() - begun;
    assert.ok(ms >= 19.9 && ms < 150, `${ms} ms`);
  }
  assert.equal(descriptors(), before);
});
