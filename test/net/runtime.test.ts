// Owns the tests of what the library makes of its surroundings: the permission model (promise 13) and a platform that is
// not supported. Each is a process of its own.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

const nodeFlags = process.allowedNodeEnvironmentFlags;

const calls = `
  const calls = {
    connect: () => net.connect('127.0.0.1:1'),
    'connect to a name': () => net.connect('localhost:1', { timeout: 5000 }),
    'connect to a path': () => net.connect('/nowhere/at/all'),
    listen: () => net.listen('127.0.0.1:0'),
    'listen on every address': () => net.listen(0),
    lookup: () => net.lookup('localhost'),
    reverse: () => net.reverse('127.0.0.1'),
    socket: () => net.socket('ipv4', 'dgram'),
    udp: () => net.udp(),
    'udp to a name': () => net.udp(undefined, { connect: 'localhost:9' }),
  };
  const more = { pair: () => net.pair(), socketPair: () => net.socketPair('stream'), adopt: () => net.adopt(0) };
  async function codes(calls) {
    const result = {};
    for (const [name, call] of Object.entries(calls)) {
      let thrown = true;
      try { const made = call(); thrown = false; await made; result[name] = 'ok'; made?.close?.(); }
      catch (error) { result[name] = [error.code, thrown, error.message]; }
    }
    return result;
  }`;

function run(
  colour: string,
  flags: string[],
  body: string,
  before = '',
): Record<string, 'ok' | [string, boolean, string]> {
  const entry = new URL(`../../../dist/${colour}/index.js`, import.meta.url).href;
  const program = `${before}; const net = await import(${JSON.stringify(entry)}); ${calls} console.log(JSON.stringify(${body}));`;
  const { stdout, stderr, status } = spawnSync(process.execPath, [...flags, '--input-type=module', '-e', program], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as Record<string, 'ok' | [string, boolean, string]>;
}

for (const colour of ['promises', 'sync']) {
  const scope = nodeFlags.has('--allow-net');
  const permission = nodeFlags.has('--permission') ? '--permission' : '--experimental-permission';

  test(`promise 13: without --allow-net every call that opens something is ERR_ACCESS_DENIED (${colour})`, (t) => {
    if (!scope) {
      t.skip('this Node has no network scope');
      return;
    }
    const result = run(
      colour,
      [permission, '--allow-addons', '--allow-fs-read=*'],
      'await codes({ ...calls, ...more })',
    );
    for (const [name, outcome] of Object.entries(result)) assert.equal(outcome[0], 'ERR_ACCESS_DENIED', name);
  });

  test(`promise 13: with --allow-net everything works (${colour})`, (t) => {
    if (!scope) {
      t.skip('this Node has no network scope');
      return;
    }
    const result = run(
      colour,
      [permission, '--allow-addons', '--allow-fs-read=*', '--allow-net'],
      'await codes({ ...calls, pair: more.pair })',
    );
    for (const [name, outcome] of Object.entries(result)) assert.notEqual(outcome[0], 'ERR_ACCESS_DENIED', name);
    assert.deepEqual([result['listen'], result['socket'], result['pair']], ['ok', 'ok', 'ok']);
  });

  test(`promise 13: where the permission model has no network scope, nothing is refused (${colour})`, (t) => {
    if (scope) {
      t.skip('this Node has a network scope');
      return;
    }
    // Node 20 forbids addons altogether under its model unless it has the flag for them.
    const addons = nodeFlags.has('--allow-addons') ? ['--allow-addons'] : [];
    if (addons.length === 0) {
      t.skip('this Node loads no addon under its permission model');
      return;
    }
    const result = run(colour, [permission, ...addons, '--allow-fs-read=*'], 'await codes(calls)');
    assert.equal(result['listen'], 'ok');
    for (const outcome of Object.values(result)) assert.notEqual(outcome[0], 'ERR_ACCESS_DENIED');
  });

  test(`elsewhere importing works, and every call names the platform (${colour})`, () => {
    const before = `Object.defineProperty(process, 'platform', { value: 'darwin' })`;
    const result = run(colour, [], 'await codes({ ...calls, ...more })', before);
    assert.equal(Object.keys(result).length, 13);
    for (const [name, outcome] of Object.entries(result)) {
      assert.equal(outcome[0], 'ERR_UNSUPPORTED_PLATFORM', `${name}: ${outcome[0]}`);
      assert.match(outcome[2], /darwin/);
      // What may wait rejects in the promise colour; the rest throws in both.
      const waits = !['socket', 'pair', 'socketPair', 'adopt'].includes(name);
      assert.equal(outcome[1], colour === 'sync' || !waits, name);
    }
  });
}
