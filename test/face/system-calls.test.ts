// Owns the test that a wrong argument is found before any system call, as strace sees it.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

/** Runs a program under strace and returns the socket calls that it made. */
function systemCalls(program: string): string[] {
  const dir = mkdtempSync(join(tmpdir(), 'bk-'));
  try {
    const trace = join(dir, 'trace');
    const run = spawnSync(
      'strace',
      [
        '-f',
        '-qq',
        '-e',
        'trace=%network,eventfd2',
        '-o',
        trace,
        process.execPath,
        '--input-type=module',
        '-e',
        program,
      ],
      {
        encoding: 'utf8',
        timeout: 30_000,
      },
    );
    assert.equal(run.status, 0, run.stderr);
    return readFileSync(trace, 'latin1')
      .split('\n')
      .filter((line) => line.includes('('));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

test('a wrong argument makes no system call', (t) => {
  try {
    execFileSync('strace', ['-V'], { stdio: 'ignore' });
  } catch {
    t.skip('strace is not installed');
    return;
  }
  const entry = new URL('../../../dist/promises/index.js', import.meta.url).href;
  const program = (lines: string) =>
    `import * as net from ${JSON.stringify(entry)}; const no = (p) => p.then(() => process.exit(9), () => 0); ${lines}`;
  const idle = systemCalls(program(''));
  const wrong = systemCalls(
    program(`
      await no(net.connect('host.example:65536')); await no(net.connect('host.example:1', { timeout: NaN }));
      await no(net.connect('host.example:1', { family: 'x' })); await no(net.connect('127.0.0.1:1', { timeout: 0 }));
      await no(net.listen('/' + 'x'.repeat(107))); await no(net.listen(0, { mode: -1 })); await no(net.lookup('host.example', 1, { signal: 5 }));`),
  );
  assert.equal(wrong.length, idle.length, wrong.join('\n'));
  const right = systemCalls(program(`await no(net.connect('127.0.0.1:1'));`));
  assert.ok(right.length > idle.length, 'the trace would have shown it');
});
