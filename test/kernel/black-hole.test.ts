// Connecting to what never answers: limits, attempts, the race, and the kernel's own ETIMEDOUT.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { address, options, TimeoutError, type Address, type Resolver, type SocketError } from 'berkeley';
import { startPuppet } from '../support/python.js';
import { colours, failureOf } from '../real/colours.js';
import { blackHole } from './black-hole.js';
import { limit, took } from './peers.js';

/** A resolver that knows what it is told; both colours can use it. */
function knows(...addresses: Address[]): Resolver {
  return { lookup: () => addresses } as unknown as Resolver;
}

for (const { name, net } of colours) {
  test(`connecting to a black hole ends at the limit, with the attempt (${name})`, async (t) => {
    const hole = await blackHole(t);
    let failure: SocketError | undefined;
    const ms = await took(async () => (failure = await failureOf(() => net.connect(hole.address, { timeout: 150 }))));
    assert.ok(failure instanceof TimeoutError);
    assert.equal(failure.code, 'ETIMEDOUT');
    assert.equal(failure.errno, undefined);
    assert.equal(failure.phase, 'connect');
    assert.ok(ms >= 145 && ms < 2000, `${ms} ms`);
    assert.deepEqual(
      failure.attempts.map((attempt) => [attempt.address, attempt.code]),
      [[hole.address, 'ETIMEDOUT']],
    );
    assert.ok(failure.attempts[0]!.ms >= 140 && failure.attempts[0]!.ms <= ms);
  });

  test(`attemptTimeout gives one address up and goes on to the next (${name})`, async (t) => {
    const hole = await blackHole(t);
    const listener = await net.listen('127.0.0.1:0');
    t.after(() => listener.close());
    const lookup = knows(address(hole.address), listener.address);
    const ms = await took(async () => {
      const conn = await net.connect('some.name', 1, { ...limit, lookup, attemptTimeout: 100, attemptDelay: '1h' });
      assert.ok(conn.remoteAddr.equals(listener.address));
      await conn.close();
    });
    assert.ok(ms >= 95 && ms < 3000, `${ms} ms`);
  });

  test(`when every address is a black hole, every attempt is told (${name})`, async (t) => {
    const first = await blackHole(t);
    const second = await blackHole(t, '127.0.0.2');
    const lookup = knows(address(first.address), address(second.address));
    const failure = await failureOf(() =>
      net.connect('some.name', 1, { ...limit, lookup, attemptTimeout: 80, attemptDelay: 20 }),
    );
    assert.ok(failure instanceof TimeoutError);
    assert.deepEqual(
      failure.attempts.map((attempt) => [attempt.address, attempt.code]),
      [
        [first.address, 'ETIMEDOUT'],
        [second.address, 'ETIMEDOUT'],
      ],
    );
    for (const attempt of failure.attempts) assert.ok(attempt.ms >= 75, `${attempt.ms} ms`);
  });

  test(`the race starts the second address after attemptDelay and leaves nothing of the first (${name})`, async (t) => {
    const hole = await blackHole(t);
    const listener = await net.listen('127.0.0.1:0');
    t.after(() => listener.close());
    const lookup = knows(address(hole.address), listener.address);
    for (const [given, least] of [
      [undefined, 245],
      [60, 55],
    ] as const) {
      const ms = await took(async () => {
        const conn = await net.connect('some.name', 1, { ...limit, lookup, attemptDelay: given });
        assert.ok(conn.remoteAddr.equals(listener.address));
        await conn.close();
      });
      assert.ok(ms >= least && ms < 3000, `${ms} ms`);
    }
  });

  test(`a refused address does not make the next one wait for attemptDelay (${name})`, async (t) => {
    const listener = await net.listen('127.0.0.1:0');
    t.after(() => listener.close());
    const refused = net.socket();
    t.after(() => refused.close());
    await refused.bind('127.0.0.1:0');
    const lookup = knows(refused.getsockname(), listener.address);
    const conn = await net.connect('some.name', 1, { ...limit, lookup, attemptDelay: '1h' });
    assert.ok(conn.remoteAddr.equals(listener.address));
    await conn.close();
  });

  test(`3. the kernel's ETIMEDOUT and a limit's are told apart (${name})`, async (t) => {
    const hole = await blackHole(t);
    const kernels = await failureOf(() =>
      net.connect(hole.address, { ...limit, options: [[options.TCP_USER_TIMEOUT, 200]] }),
    );
    assert.equal(kernels.code, 'ETIMEDOUT');
    assert.ok(!(kernels instanceof TimeoutError));
    assert.equal(kernels.errno, 110);
    assert.equal(kernels.syscall, 'connect');
    assert.deepEqual(
      kernels.attempts.map((attempt) => [attempt.address, attempt.code]),
      [[hole.address, 'ETIMEDOUT']],
    );
    const ours = await failureOf(() => net.connect(hole.address, { timeout: 50 }));
    assert.equal(ours.code, 'ETIMEDOUT');
    assert.ok(ours instanceof TimeoutError);
    assert.equal(ours.errno, undefined);
    assert.equal(ours.syscall, undefined);
  });

  test(`a socket whose connect ran out of time goes on when connect is called again (${name})`, async (t) => {
    const hole = await blackHole(t);
    const socket = net.socket();
    t.after(() => socket.close());
    for (let i = 0; i < 2; i++) {
      assert.ok((await failureOf(() => socket.connect(hole.address, { timeout: 30 }))) instanceof TimeoutError);
      assert.equal(socket.state, 'connecting');
    }
    await hole.open();
    await socket.connect(hole.address, limit);
    assert.equal(socket.state, 'connected');
    assert.equal(socket.getpeername().toString(), hole.address);
  });

  test(`a Unix listener whose queue is full makes connect wait until there is room (${name})`, async (t) => {
    const path = `berkeley-${process.pid}-${name}-full`;
    const python = startPuppet(
      t,
      `
listener = socket.socket(socket.AF_UNIX)
listener.bind('\\0${path}')
listener.listen(0)
filler = socket.socket(socket.AF_UNIX)
filler.connect('\\0${path}')`,
    );
    await python.run('pass');
    const failure = await failureOf(() => net.connect(`unix:@${path}`, { timeout: 60 }));
    assert.ok(failure instanceof TimeoutError);
    assert.equal(failure.attempts[0]?.address, `unix:@${path}`);
    python.begin(`time.sleep(0.1); listener.accept(); c, _ = listener.accept(); c.sendall(b'in')`);
    const conn = await net.connect(`unix:@${path}`, limit);
    assert.equal((await conn.readExact(2, limit)).toString(), 'in');
    await conn.close();
  });
}
