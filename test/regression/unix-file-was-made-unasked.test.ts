// Under Node's permission model a Unix socket made its file wherever it was told to, and left it there: bind(2) did not ask, and what
// looks at the file and removes it (node:fs) was refused afterwards.

import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../support/launch.js';
import { enforced, evaluate, network, noAddons } from '../support/permission.js';

test(`the file of a Unix socket is made, and that of a message read, where files may be `, { skip: noAddons }, (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'secret'), 'secret');
  const calls = `
import * as promises from 'berkeley';
import * as sync from 'berkeley/sync';
import { relative } from 'node:path';
const folder = ${JSON.stringify(folder)};
const callsOf = (net) => ({
  listen: () => net.listen(folder + '/a'), 'relative to here': () => net.listen({ path: relative(process.cwd(), folder) + '/b' }), around: () => net.listen(folder + '/../x/../' + folder.split('/').pop() + '/c'),
  bind: () => net.socket('unix').bind(folder + '/d'), datagrams: () => net.socket('unix', 'dgram').bind(folder + '/e'),
  'from a path': () => net.connect('/nowhere/at/all', { local: folder + '/f' }),
  bytes: () => net.socket('unix').bind({ family: 1, raw: Buffer.from('\\x01\\x00' + folder + '/g\\xff\\x00', 'latin1') }),
  'a file': () => net.pair()[0].writeFile(folder + '/secret'), 'a key log': () => net.connect('127.0.0.1:1', { tls: { keylog: folder + '/h' } }),
  'a key': () => net.listen(0, { tls: { key: { file: folder + '/secret' }, cert: { file: folder + '/secret' } } }),
});
const codes = {};
for (const [colour, net] of Object.entries({ promises, sync }))
for (const [label, call] of Object.entries(callsOf(net)))
  try { (await call())?.close?.(); codes[label + ' ' + colour] = 'ok'; } catch (error) { codes[label + ' ' + colour] = [error.code, error.resource ?? '']; }
console.log(JSON.stringify(codes));
process.exit();`;

  const codesOf = (flags: string[]) => {
    const { stdout, stderr } = evaluate(calls, [...enforced, ...network, ...flags]);
    assert.notEqual(stdout, '', stderr);
    return Object.entries(JSON.parse(stdout) as Record<string, [string, string] | 'ok'>);
  };
  for (const flags of [[], [`--allow-fs-read=${folder}/*`], [`--allow-fs-write=${folder}/*`]]) {
    // Each has one half at most: a file that is made must be looked at as well.
    const found = codesOf(flags);
    for (const [label, outcome] of found) {
      if (label.startsWith('a ')) continue;
      assert.equal(outcome[0], 'ERR_ACCESS_DENIED', `${label} ${flags.join()}`);
      assert.ok(outcome[1].startsWith(folder), `${label} ${outcome[1]}`);
    }
    const files = Object.fromEntries(found);
    const [mayRead, mayWrite] = ['read', 'write'].map((scope) => flags.join().includes(scope));
    assert.equal(files['a file sync'] === 'ok', mayRead);
    assert.equal(files['a key log promises']?.[0] === 'ERR_ACCESS_DENIED', !mayWrite);
    assert.equal(files['a key promises']?.[0] === 'ERR_ACCESS_DENIED', !mayRead);
    assert.deepEqual(
      readdirSync(folder).filter((file) => file !== 'h'),
      ['secret'],
    );
  }
  const allowed = codesOf([`--allow-fs-read=${folder}/*`, `--allow-fs-write=${folder}/*`]);
  for (const [label, outcome] of allowed) assert.notEqual(outcome[0], 'ERR_ACCESS_DENIED', label);
});
