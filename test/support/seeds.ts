// Owns a test file under several seeds of the fault injector in one process, so that Node, the library and the other end are
// started once for all of them: node seeds.js SEED … FILE. It must not know what is tested.
//
// The file comes last: the injector takes its name from there.

import { resolve } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { chooseSeed } from './faults.js';

const words = process.argv.slice(2);
const file = pathToFileURL(resolve(words.at(-1)!)).href;
for (const seed of words.slice(0, -1)) {
  // Tests run in the order in which they are defined. scripts/faults.mjs tells by these titles which seed a failure belongs to.
  void test(`under seed ${seed}`, () => chooseSeed(Number(seed)));
  await import(`${file}?seed=${seed}`);
}
