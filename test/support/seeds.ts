// Owns a test file under several seeds of the fault injector in one process, so that Node, the library and the other end are
// started once for all of them: node seeds.js SEED … FILE. It must not know what is tested.
//
// The file comes last: the injector takes its name from there.

import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const words = process.argv.slice(2);
const file = pathToFileURL(resolve(words.at(-1)!)).href;
const faults = new URL('./faults.js', import.meta.url).href;

// Tests run in the order in which they are defined. All have to be there in one go: where some are defined later, newer Nodes are done
// with the first ones before. scripts/faults.mjs tells by the titles which seed a failure belongs to.
await import(
  moduleOf(
    words
      .slice(0, -1)
      .map((seed) => `import '${moduleOf(begin(Number(seed)))}'; import '${file}?seed=${seed}';`)
      .join('\n'),
  )
);

function begin(seed: number): string {
  return `
    import { test } from 'node:test';
    import { chooseSeed } from '${faults}';
    void test('under seed ${seed}', () => chooseSeed(${seed}));`;
}

function moduleOf(source: string): string {
  return `data:text/javascript;base64,${Buffer.from(source).toString('base64')}`;
}
