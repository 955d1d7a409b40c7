// Owns the test that SECURITY names every variable of the environment that the library looks at. Nothing is run: the sources are read.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

test('every variable of the environment that the library reads is named in SECURITY', () => {
  const security = readFileSync(join(root, 'SECURITY.md'), 'utf8');
  const section = security.slice(security.indexOf('## The environment'), security.indexOf('## Out of scope'));
  const read = variables();
  assert.ok(read.size >= 5, [...read.keys()].join());
  for (const [name, file] of read)
    assert.ok(section.includes(`\`${name}\``), `${name} of ${file} is not in SECURITY.md`);
});

test('the C++ reads no variable, and asks OpenSSL for nothing that does', () => {
  const asks =
    /getenv|\benviron\b|set_default_(verify|paths)|CONF_modules_load|OPENSSL_(load_builtin|config|no_config)|SSL_CTX_config|SSL_CONF_|default_cert_(file|dir)/;
  for (const file of filesOf('native', /\.(cc|h)$/)) assert.doesNotMatch(textOf(file), asks, file);
});

/** The names that the sources read, each with a file. Whoever reads all of them at once is not let by. */
function variables(): Map<string, string> {
  const found = new Map<string, string>();
  for (const file of filesOf('src', /\.ts$/)) {
    const text = textOf(file);
    for (const { index } of text.matchAll(/process\.env\b/g)) {
      const after = /^process\.env(?:\.(\w+)|\['(\w+)'\])/.exec(text.slice(index));
      const before = /\{([^{}]*)\} = $/.exec(text.slice(0, index));
      const names = after === null ? (before?.[1] ?? '').split(',') : [after[1] ?? after[2]!];
      for (const name of names) {
        const variable = name.split(':')[0]!.trim();
        assert.match(variable, /^[A-Z][A-Z_]+$/, `${file} reads the environment in a way that this test cannot`);
        found.set(variable, file);
      }
    }
    // No other way to it.
    assert.doesNotMatch(text, /\benv\b.*from 'node:process'|globalThis\.process|process\[/, file);
  }
  return found;
}

function filesOf(folder: string, names: RegExp): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => names.test(name) && !name.startsWith('build'))
    .map((name) => join(folder, name));
}

function textOf(file: string): string {
  // A comment may say what is not done.
  return readFileSync(join(root, file), 'utf8').replace(/^\s*(\/\/|\*|\/\*).*$/gm, '');
}
