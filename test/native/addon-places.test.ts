// Where the addons are looked for: in the package as it is installed, and in a program that a bundler has put it into.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const platform = `${process.platform}-${process.arch}`;
const folder = mkdtempSync(join(tmpdir(), 'berkeley-places-'));
after(() => rmSync(folder, { recursive: true }));

/** Prints where the addons came from, or the error. Descriptors are closed by the end of the process. */
const program = `
import { readFileSync } from 'node:fs';
import { listen } from 'berkeley/sync';
try {
  listen('127.0.0.1:0', { tls: { cert: '', key: '' } });
} catch ({ code, message, hint }) {
  const places = readFileSync('/proc/self/maps', 'utf8').match(/\\/.*\\/berkeley(_tls)?\\.node$/gm) ?? [];
  console.log(JSON.stringify({ places: [...new Set(places)], code, message, hint }));
}`;

interface Outcome {
  readonly places: readonly string[];
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

function run(file: string): Outcome {
  const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
  assert.equal(stderr, '');
  return JSON.parse(stdout) as Outcome;
}

/** A project with the package as npm installs it, the addons in each of the places below the package. */
function project(name: string, places: readonly string[]): { readonly home: string; readonly berkeley: string } {
  const home = join(folder, name);
  const berkeley = join(home, 'node_modules', 'berkeley');
  mkdirSync(berkeley, { recursive: true });
  cpSync(join(root, 'dist'), join(berkeley, 'dist'), { recursive: true });
  cpSync(join(root, 'package.json'), join(berkeley, 'package.json'));
  for (const place of places) addonsTo(join(berkeley, place));
  writeFileSync(join(home, 'program.mjs'), program);
  return { home, berkeley };
}

function addonsTo(place: string): void {
  mkdirSync(place, { recursive: true });
  for (const addon of ['berkeley.node', 'berkeley_tls.node'])
    cpSync(join(root, 'native', 'build', 'Release', addon), join(place, addon));
}

const addonsIn = (place: string): string[] => ['berkeley.node', 'berkeley_tls.node'].map((name) => join(place, name));
const own = 'native/build/Release';
const prebuilt = `native/prebuilt/${platform}`;

test('the addons that came with the package are loaded', () => {
  const { home, berkeley } = project('installed', [prebuilt]);
  const { places, code } = run(join(home, 'program.mjs'));
  assert.deepEqual([...places].sort(), addonsIn(join(berkeley, prebuilt)));
  assert.equal(code, 'ERR_TLS_CERTIFICATE');
});

test('a build of one’s own comes before them', () => {
  const { home, berkeley } = project('both', [prebuilt, own]);
  assert.deepEqual([...run(join(home, 'program.mjs')).places].sort(), addonsIn(join(berkeley, own)));
});

test('a build of one’s own that does not load is an error, and not passed over', () => {
  const { home, berkeley } = project('broken', [prebuilt, own]);
  writeFileSync(join(berkeley, own, 'berkeley.node'), 'nothing that could be loaded');
  const { places, code, message } = run(join(home, 'program.mjs'));
  assert.deepEqual([places, code], [[], 'ERR_NATIVE_MISSING']);
  assert.ok(message.includes(join(berkeley, own, 'berkeley.node')), message);
});

test('where there are none, the error names platform, processor, C library and places, and says how to build', () => {
  const { home, berkeley } = project('without', []);
  const { code, message, hint } = run(join(home, 'program.mjs'));
  assert.equal(code, 'ERR_NATIVE_MISSING');
  assert.match(message, new RegExp(`no native addon for ${process.platform} ${process.arch} (glibc \\d|musl|without)`));
  for (const place of [own, prebuilt]) assert.ok(message.includes(join(berkeley, place, 'berkeley.node')), message);
  assert.ok(hint?.includes(`node-gyp rebuild -C ${join(berkeley, 'native')}`), hint);
});

for (const format of ['esm', 'cjs'] as const) {
  test(`a bundle (${format}) finds the package by its name, else a folder beside it, and says what to do without`, async () => {
    const { home, berkeley } = project(`bundled-${format}`, [prebuilt]);
    const bundle = join(home, 'out', format === 'esm' ? 'program.mjs' : 'program.cjs');
    const { warnings } = await build({
      entryPoints: [join(home, 'program.mjs')],
      outfile: bundle,
      bundle: true,
      platform: 'node',
      format,
      logLevel: 'silent',
    });
    assert.deepEqual(warnings, []);
    assert.deepEqual([...run(bundle).places].sort(), addonsIn(join(berkeley, prebuilt)));

    rmSync(join(home, 'node_modules'), { recursive: true });
    const { code, message, hint } = run(bundle);
    const beside = join(dirname(bundle), 'berkeley-native');
    assert.equal(code, 'ERR_NATIVE_MISSING');
    assert.ok(message.includes(join(beside, platform, 'berkeley.node')), message);
    assert.match(hint ?? '', /bundle.*--external:berkeley.*native\/prebuilt/);
    assert.ok(hint?.includes(beside), hint);

    addonsTo(join(beside, platform));
    assert.deepEqual([...run(bundle).places].sort(), addonsIn(join(beside, platform)));
  });
}

test('a bundle takes nothing from folders above it that look like those of the package', async () => {
  const { home } = project('above', [prebuilt]);
  const bundle = join(home, 'a', 'b', 'program.mjs');
  await build({
    entryPoints: [join(home, 'program.mjs')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
  rmSync(join(home, 'node_modules'), { recursive: true });
  addonsTo(join(home, own));
  addonsTo(join(home, prebuilt));
  assert.equal(run(bundle).code, 'ERR_NATIVE_MISSING');
});

test('CommonJS requires the same module that others import', { skip: !requires() }, () => {
  const { home } = project('required', [prebuilt]);
  const file = join(home, 'program.cjs');
  writeFileSync(file, "import('berkeley').then(({ listen }) => console.log(require('berkeley').listen === listen));");
  assert.equal(execFileSync(process.execPath, [file], { encoding: 'utf8' }), 'true\n');
});

/** Node 20.19 and 22.12 and later. */
function requires(): boolean {
  return (process.features as { require_module?: boolean }).require_module === true;
}
