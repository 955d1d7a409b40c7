// Owns the programs of the documents in other languages: each is run, and prints what the ones in TypeScript on the same page
// print. Those in Go are shown only: its compiler is not among what the check installs.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { blocks, pages, type Block } from './pages.js';

const folder = mkdtempSync(join(tmpdir(), 'berkeley-foreign-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const runs: Record<string, (code: string) => string> = {
  js: (code) => output(process.execPath, [written('program.mjs', code)]),
  python: (code) => output('python3', [written('program.py', code)]),
  c: (code) => {
    const program = join(folder, 'program');
    output('cc', ['-Wall', '-Wextra', '-Werror', '-O1', '-o', program, written('program.c', code)]);
    return output(program, []);
  },
};

const foreign = pages()
  .flatMap(blocks)
  .filter(({ page, info }) => page.startsWith('docs/coming-from/') && info in runs);

test('the pages for those who come from elsewhere have a program each', () => {
  assert.deepEqual(
    foreign.map(({ page, info }) => `${page} ${info}`),
    ['docs/coming-from/c.md c', 'docs/coming-from/node-net.md js', 'docs/coming-from/python.md python'],
  );
});

for (const block of foreign)
  test(`the program of ${block.page}:${block.line} prints what ours prints`, { timeout: 60_000 }, () => {
    const ours = blocks(block.page).filter(({ info }) => info === 'ts');
    assert.ok(ours.length > 0, block.page);
    const printed = runs[block.info]!(block.code).trimEnd().split('\n');
    for (const one of ours) assert.deepEqual(printed, expected(one));
  });

/** What stands behind its calls of console.log; that it prints this is tested where all programs are. */
function expected({ code }: Block): string[] {
  return [...code.matchAll(/console\.log\(.*\); \/\/ (.+)$/gm)].map(([, words]) => words!);
}

function written(name: string, code: string): string {
  writeFileSync(join(folder, name), `${code}\n`);
  return join(folder, name);
}

function output(program: string, args: readonly string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', timeout: 30_000, stdio: ['ignore', 'pipe', 'inherit'] });
}
