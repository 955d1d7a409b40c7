// Owns the tests of the words of the command line: help, version, and what is refused with exit code 2.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { berkeley } from './command.js';

test('--help, help and COMMAND --help explain the usage and succeed', async (t) => {
  for (const words of [['--help'], ['-h'], ['help'], ['connect', '--help'], ['listen', '-h'], ['tour', '--help']]) {
    const command = berkeley(t, ...words);
    assert.equal(await command.ended(), 0, words.join(' '));
    assert.match(command.out.toString(), /^Usage: berkeley [^]*connect TARGET[^]*listen TARGET[^]*Exit codes/);
    assert.ok(
      command.out
        .toString()
        .split('\n')
        .every((line) => line.length <= 80),
    );
    assert.equal(command.err, '');
  }
});

test('--version prints the version of the package', async (t) => {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  const command = berkeley(t, '--version');
  assert.equal(await command.ended(), 0);
  assert.equal(command.out.toString(), `${(JSON.parse(text) as { version: string }).version}\n`);
});

const refused: [words: string[], why: RegExp][] = [
  [['conect', 'localhost:80'], /there is no command 'conect'/],
  [['--frob'], /there is no option '--frob'/],
  [['connect'], /connect needs a TARGET/],
  [['listen'], /listen needs a TARGET/],
  [['connect', 'a:1', 'b:2'], /'b:2' is a second one/],
  [['connect', '--frob', 'a:1'], /unknown option '--frob'/],
  [['connect', '--echo', 'a:1'], /unknown option '--echo'/],
  [['connect', '--timeout', '5', 'a:1'], /--timeout takes a time above 0 with its unit/],
  [['connect', '--timeout', '0s', 'a:1'], /--timeout takes a time above 0 with its unit/],
  [['connect', 'a:1', '--timeout'], /--timeout/],
  [['connect', '--crlf=yes', 'a:1'], /--crlf/],
  [['listen', '--echo', '--crlf', ':0'], /--crlf is for the input/],
  [['tour', '--crlf'], /unknown option '--crlf'/],
  [['tour', 'everything'], /tour takes no arguments/],
  [['connect', 'no-port-here'], /TARGET .*port/],
  [['connect', 'localhost:65536'], /65536/],
  [['listen', '[::1'], /\[::1/],
];

for (const [words, why] of refused) {
  test(`berkeley ${words.join(' ')} is a usage error`, async (t) => {
    const command = berkeley(t, ...words);
    assert.equal(await command.ended(), 2);
    const [line = '', ...rest] = command.err.split('\n');
    assert.match(line, /^berkeley: /);
    assert.match(line, why);
    assert.doesNotMatch(rest.join('\n'), /^\s+at /m, 'no stack');
    assert.equal(command.out.toString(), '');
  });
}
