// Owns the tests of the words of the command line: help, version, and what is refused with exit code 2.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { berkeley } from './command.js';
import { commands, entryOf, exitCodes, helpOf, parseCommand, spelling, UsageError } from './inside.js';

test('--help and help list the commands, the forms of a TARGET and the exit codes', async (t) => {
  for (const words of [['--help'], ['-h'], ['help']]) {
    const text = await helped(t, words);
    assert.match(text, /^Usage: berkeley COMMAND [^]*connect TARGET[^]*TARGET is HOST:PORT[^]*Exit codes:[^]* 9 /);
    for (const { name } of commands) assert.match(text, new RegExp(`^ {2}${name} `, 'm'));
    for (const [code, meaning] of exitCodes) assert.ok(text.includes(`  ${code}  ${meaning.slice(0, 40)}`), meaning);
  }
});

test('COMMAND --help and help COMMAND explain a command with each of its flags', async (t) => {
  assert.equal(commands.length, 13);
  for (const words of [
    ['connect', '--help'],
    ['help', 'connect'],
    ['ping', '-h'],
  ]) {
    const { name, flags } = entryOf(words.find((word) => !/^(help|-)/.test(word))!);
    const text = await helped(t, words);
    assert.ok(text.startsWith(`Usage: berkeley ${name} [OPTION...] `));
    for (const flag of flags) assert.ok(text.includes(`  ${spelling(flag)}`), flag.name);
  }
  for (const entry of commands) {
    const text = helpOf(entry);
    assert.ok(
      text.split('\n').every((line) => line.length <= 80),
      `${entry.name} fits a screen`,
    );
    for (const example of entry.examples) assert.ok(text.includes(`\n  ${example}\n`));
  }
});

async function helped(t: TestContext, words: string[]): Promise<string> {
  const command = berkeley(t, ...words);
  assert.equal(await command.ended(), 0, words.join(' '));
  assert.equal(command.err, '');
  assert.ok(!command.out.includes(27), 'no colours where there is no terminal');
  return command.out.toString();
}

test('--version prints the version of the package', async (t) => {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  const command = berkeley(t, '--version');
  assert.equal(await command.ended(), 0);
  assert.equal(command.out.toString(), `${(JSON.parse(text) as { version: string }).version}\n`);
});

const refused: [words: string[], why: RegExp][] = [
  [['conect', 'localhost:80'], /there is no command 'conect': did you mean 'connect'\?$/],
  [['lsiten', ':0'], /there is no command 'lsiten': did you mean 'listen'\?$/],
  [['frobnicate'], /there is no command 'frobnicate'$/],
  [['toString'], /there is no command 'toString'$/],
  [['help', 'pign'], /did you mean 'ping'\?$/],
  [['--frob'], /there is no option '--frob'$/],
  [['--hlep'], /there is no option '--hlep': did you mean '--help'\?$/],
  [['connect', '--tiemout', '1s', 'a:1'], /unknown option '--tiemout': did you mean '--timeout'\?$/],
  [['connect', '--echo', 'a:1'], /unknown option '--echo'$/],
  [['dns'], /dns needs a NAME, such as example\.org/],
  [['dns', '--type', 'FROB', 'a.b'], /--type takes A, AAAA/],
  [['dns', '--type', 'A', 'a..b'], /'a\.\.b' has a part that is empty/],
  [['cert'], /cert needs a TARGET or a FILE/],
  [['cert', '--days', '3', 'a:1'], /--days is about --make/],
  [['cert', '--make', 'a b'], /--make takes a host name or an address/],
  [['cert', '--make', 'a', '--cert', 'c'], /--cert and --key go together/],
  [['cert', '--make', 'a', 'b:1'], /--make takes no TARGET/],
  [['bench', '--tls'], /--tls is about a TARGET/],
  [['bench', '--ca', 'x', 'a:1'], /--ca is about TLS: --tls is missing/],
  [['bench', '-c', '0'], /--connections takes a number from 1 to 10000/],
  [['bench', '--size', '100000', 'udp:a:1'], /a datagram has at most 65507 bytes/],
  [['bench', '-d', '5'], /--duration takes a time above 0 with its unit/],
  [['completion', 'tcsh'], /completion takes the name of a shell: bash, zsh, fish/],
  [['connect'], /connect needs a TARGET/],
  [['listen'], /listen needs a TARGET/],
  [['relay', ':0'], /relay needs an address to listen on and a TARGET/],
  [['relay', ':0', 'a:1', 'b:2'], /'b:2' is a third one/],
  [['relay', '--cert', 'x', ':0', 'a:1'], /--cert is about TLS: --tls is missing/],
  [['relay', '--tls', '--ca', 'x', ':0', 'a:1'], /--ca is about TLS: --tls-connect is missing/],
  [['connect', 'a:1', 'b:2'], /'b:2' is a second one/],
  [['connect', '--frob', 'a:1'], /unknown option '--frob'/],
  [['connect', '--timeout', '5', 'a:1'], /--timeout takes a time above 0 with its unit/],
  [['connect', '--timeout', '0s', 'a:1'], /--timeout takes a time above 0 with its unit/],
  [['connect', 'a:1', '--timeout'], /--timeout/],
  [['connect', '--crlf=yes', 'a:1'], /--crlf/],
  [['listen', '--echo', '--crlf', ':0'], /--crlf is for the input/],
  [['tour', '--crlf'], /unknown option '--crlf'/],
  [['tour', 'everything'], /tour takes no arguments/],
  [['tls'], /tls needs a TARGET, such as example\.org:443/],
  [['tls', '--tls', 'a:1'], /unknown option '--tls'/],
  [['tls', '--crlf', 'a:1'], /unknown option '--crlf'/],
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
  [['listen', '--cert', 'x', ':0'], /--cert is about TLS: --tls is missing/],
  [['listen', '--tls', '--key', 'x', ':0'], /--key is the key of a --cert/],
  [['listen', '--tls', '--starttls', 'smtp', ':0'], /unknown option '--starttls'/],
  [['listen', '--tls', '--insecure', ':0'], /unknown option '--insecure'/],
];

for (const [words, why] of refused)
  test(`berkeley ${words.join(' ')} is a usage error`, () => {
    assert.throws(
      () => parseCommand(words),
      (error: Error) => error instanceof UsageError && why.test(error.message),
    );
  });

/** What the library finds, and one that the command finds: what a person sees of it. */
const shown: [words: string[], why: RegExp][] = [
  [['conect'], /did you mean 'connect'/],
  [['relay', 'no-port-here', 'a:1'], /TARGET .*port/],
  [['connect', 'localhost:65536'], /65536/],
  [['listen', '[::1'], /\[::1/],
  [['tls', 'no-port-here'], /TARGET .*port/],
  [['connect', '--tls', '--sni', 'a b', 'a:1'], /--sni/],
];

for (const [words, why] of shown)
  test(`berkeley ${words.join(' ')} ends with 2 and a line that says why`, async (t) => {
    const command = berkeley(t, ...words);
    assert.equal(await command.ended(), 2);
    const [line = '', ...rest] = command.err.split('\n');
    assert.match(line, /^berkeley: /);
    assert.match(line, why);
    assert.doesNotMatch(rest.join('\n'), /^\s+at /m, 'no stack');
    assert.equal(command.out.toString(), '');
  });

test('with --json a failure is one object on standard error, with the exit code', async (t) => {
  const command = berkeley(t, 'connect', '--json', 'unix:@berkeley-nobody-here');
  assert.equal(await command.ended(), 4);
  const { hint, ...said } = JSON.parse(command.err) as Record<string, unknown>;
  assert.equal(typeof hint, 'string');
  const message = 'connect ECONNREFUSED unix:@berkeley-nobody-here';
  assert.deepEqual(said, { event: 'error', code: 'ECONNREFUSED', message, alert: null, exitCode: 4 });
});
