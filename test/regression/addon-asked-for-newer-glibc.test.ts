// The addon that is built on a new system asked for fstat@GLIBC_2.33 and pthread_sigmask@GLIBC_2.32, and would not have loaded
// on the systems with glibc 2.28 that Node itself runs on. The names of versions stand in the file as they are.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

for (const name of ['berkeley', 'berkeley_tls'])
  test(`${name}.node asks for no glibc above 2.28`, () => {
    const file = fileURLToPath(new URL(`../../../native/build/Release/${name}.node`, import.meta.url));
    const versions = [...readFileSync(file, 'latin1').matchAll(/\bGLIBC_2\.(\d+)/g)].map(([, minor]) => Number(minor));
    assert.ok(versions.length > 1, 'the file names no version at all');
    assert.ok(Math.max(...versions) <= 28, `it asks for 2.${Math.max(...versions)}`);
  });
