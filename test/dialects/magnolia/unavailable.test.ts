// Where there is no native addon the module loads, and every call answers with an error, as the original's does in its JavaScript
// runtime.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../docs/pages.js';
import { temporaryFolder } from '../../support/launch.js';

test('without the addon every call is an error value, also with a callback, and even for a handle that is none', (t) => {
  const folder = temporaryFolder(t);
  // The library without its folder native/.
  cpSync(`${root}dist`, join(folder, 'dist'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: folder,
    encoding: 'utf8',
  });
  const answers = JSON.parse(output) as Record<string, { type: string; error: string }>;
  const names = ['connect', 'send', 'sendLine', 'recv', 'recvExact', 'recvLine', 'startTLS', 'close'];
  assert.deepEqual(
    Object.keys(answers).sort(),
    [
      ...names,
      'listen',
      ...names.map((name) => `later ${name}`),
      ...names.slice(1).map((name) => `wrapped ${name}`),
    ].sort(),
  );
  for (const [name, { type, error, ...rest }] of Object.entries(answers)) {
    assert.equal(type, 'error', name);
    assert.match(error, /^Could not .*: sockets are unavailable in this runtime: .*ERR_NATIVE_MISSING/);
    assert.deepEqual(rest, {});
  }
});

const program = `
import * as socket from './dist/dialects/magnolia/index.js';
const handle = { type: 'socket', id: 0 };
const args = {
  connect: ['127.0.0.1:1'], send: [handle, 'x'], sendLine: [handle, 'x'], recv: [handle, 1],
  recvExact: [handle, 1], recvLine: [handle], startTLS: [handle], close: [handle],
};
const answers = { listen: socket.listen('127.0.0.1:0', () => undefined) };
for (const [name, given] of Object.entries(args)) {
  answers[name] = socket[name](...given);
  const later = await new Promise((resolve) => {
    if (socket[name](...given, resolve) !== null) throw new Error(name + ' with a callback returned something');
  });
  answers['later ' + name] = later;
}
const wrapped = socket.Socket(handle);
for (const [name, [, ...given]] of Object.entries(args)) if (name !== 'connect') answers['wrapped ' + name] = wrapped[name](...given);
console.log(JSON.stringify(answers));
`;
