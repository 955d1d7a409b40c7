// Owns the tests of the words of the command line: help, version, and what is refused with exit code 2.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { berkeley } from './command.js';

test('--help, help and COMMAND --help explain the usage and succeed', async (t) => {
  for (const words of [
    ['--help'],
    ['-h'],
    ['help'],
    ['connect', '--help'],
    ['listen', '-h'],
    ['tls', '-h'],
    ['tour', '--help'],
  ]) {
    const command = berkeley(t, ...words);
    assert.equal(await command.ended(), 0, words.join(' '));
    assert.match(
      command.out.toString(),
      /^Usage: berkeley [^]*connect TARGET[^]*listen TARGET[^]*tls TARGET[^]*Exit codes/,
    );
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
  [['relay', ':0'], /relay needs an address to listen on and a TARGET/],
  [['relay', ':0', 'a:1', 'b:2'], /'b:2' is a third one/],
  [['relay', '--cert', 'x', ':0', 'a:1'], /--cert is about TLS: --tls is missing/],
  [['relay', '--tls', '--ca', 'x', ':0', 'a:1'], /--ca is about TLS: --tls-connect is missing/],
  [['relay', 'no-port-here', 'a:1'], /TARGET .*port/],
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
  [['tls'], /tls needs a TARGET, such as example\.org:443/],
  [['tls', '--tls', 'a:1'], /unknown option '--tls'/],
  [['tls', '--crlf', 'a:1'], /unknown option '--crlf'/],
  [['tls', 'no-port-here'], /TARGET .*port/],
  [['connect', '--json', 'a:1'], /unknown option '--json'/],
  [['connect', '--sni', 'b', 'a:1'], /--sni is about TLS: --tls or --starttls is missing/],
  [['connect', '--insecure', 'a:1'], /--insecure is about TLS/],
  [['connect', '--tls', '--ca', 'x', '--insecure', 'a:1'], /--insecure accepts any certificate/],
  [['connect', '--tls', '--key', 'x', 'a:1'], /--key is the key of a --cert/],
  [['connect', '--tls', '--ca', '', 'a:1'], /--ca is empty/],
  [['connect', '--tls', '--alpn', 'a,,b', 'a:1'], /--alpn takes names/],
  [['connect', '--tls', '--pin', 'abcd', 'a:1'], /--pin takes a SHA-256/],
  [['connect', '--tls', '--pin', 'x'.repeat(44), 'a:1'], /--pin takes a SHA-256/],
  [['connect', '--starttls', 'ldap', 'a:1'], /--starttls knows smtp, imap, pop3, postgres, and not 'ldap'/],
  [['connect', '--starttls', 'imap', 'tls://a:1'], /--starttls begins in plain text/],
  [['connect', '--tls', '--sni', 'a b', 'a:1'], /--sni/],
  [['listen', '--cert', 'x', ':0'], /--cert is about TLS: --tls is missing/],
  [['listen', '--tls', '--key', 'x', ':0'], /--key is the key of a --cert/],
  [['listen', '--tls', '--starttls', 'smtp', ':0'], /unknown option '--starttls'/],
  [['listen', '--tls', '--insecure', ':0'], /unknown option '--insecure'/],
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
