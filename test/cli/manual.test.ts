// Owns the tests of what comes from the table of commands besides parsing: the manual page, the help texts in docs/command.md, and
// completion, in the shells themselves.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { missing } from '../support/launch.js';
import { main } from './command.js';
import { commands, exitCodes, helpOf, manPage, overview, spelling } from './inside.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const { version, man, files } = JSON.parse(read('package.json')) as { version: string; man: string; files: string[] };

test('the manual page is that of the table, and is shipped: else node scripts/manual.mjs', () => {
  assert.equal(read(man), manPage(version));
  assert.ok(files.includes('man'));
});

test('docs/command.md has the help of every command, and every exit code: else node scripts/manual.mjs', () => {
  const page = read('docs/command.md');
  for (const [mark, text] of [
    ['help', overview()],
    ...commands.filter(({ name }) => name !== 'completion').map((entry) => [`help:${entry.name}`, helpOf(entry)]),
  ] as const)
    assert.ok(page.includes(`<!-- ${mark} -->\n\n\`\`\`text\n${text}\`\`\`\n`), mark);
  for (const [code, words] of exitCodes)
    assert.match(page.replaceAll('`', ''), new RegExp(`^\\| +${code} \\| ${words} *\\|$`, 'm'));
});

test('mandoc finds nothing wrong with the manual page, and shows every flag', (t) => {
  if (!installed(t, 'mandoc')) return;
  const lint = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning', join(root, man)], { encoding: 'utf8' });
  assert.equal(lint.stdout + lint.stderr, '');
  const shown = execFileSync('mandoc', ['-T', 'ascii', '-O', 'width=200', join(root, man)], { encoding: 'utf8' });
  // What is bold or underlined is struck twice.
  const text = shown.replaceAll(new RegExp(`.${String.fromCharCode(8)}`, 'g'), '');
  for (const { name, flags, examples } of commands) {
    assert.match(text, new RegExp(`^ {3}${name}`, 'm'));
    for (const flag of flags) assert.ok(text.includes(` ${spelling(flag)}`), `${name} ${spelling(flag)}`);
    for (const example of examples) assert.ok(text.includes(example), example);
  }
});

test('bash completes commands, flags, values and files', (t) => {
  const script = join(folder(t), 'completion');
  writeFileSync(script, completion('bash'));
  const offered = (...words: string[]): string[] => {
    const program = [
      `cd ${root} && source ${script}`,
      `COMP_WORDS=(berkeley ${words.map((word) => `'${word}'`).join(' ')})`,
      `COMP_CWORD=${words.length}`,
      '_berkeley && printf "%s\\n" "${COMPREPLY[@]}"',
    ].join('\n');
    return execFileSync('bash', ['-c', program], { encoding: 'utf8' }).split('\n').filter(Boolean).sort();
  };
  assert.deepEqual(offered('co'), ['completion', 'connect']);
  assert.deepEqual(offered('--'), ['--help', '--version']);
  assert.deepEqual(offered('listen', '--k'), ['--keep', '--key']);
  assert.deepEqual(offered('tls', '--starttls', 'i'), ['imap']);
  assert.deepEqual(offered('connect', '--ca', 'package.j'), ['package.json']);
  assert.deepEqual(offered('completion', ''), ['--help', 'bash', 'fish', 'zsh']);
  assert.deepEqual(offered('udp', '--interface', 'l'), ['lo']);
});

test('fish completes commands, flags and values', (t) => {
  if (!installed(t, 'fish')) return;
  const home = folder(t);
  const script = join(home, 'completion');
  writeFileSync(script, completion('fish'));
  const offered = (line: string): string[] =>
    execFileSync('fish', ['--no-config', '-c', `source ${script}; complete -C '${line}'`], {
      encoding: 'utf8',
      env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home },
    })
      .split('\n')
      .filter(Boolean)
      .map((one) => one.split('\t')[0]!)
      .sort();
  assert.deepEqual(offered('berkeley co'), ['completion', 'connect']);
  assert.deepEqual(offered('berkeley listen --k'), ['--keep', '--key']);
  assert.deepEqual(offered('berkeley tls --starttls i'), ['imap']);
});

test('zsh completes commands, flags and values', (t) => {
  if (!installed(t, 'zsh')) return;
  const home = folder(t);
  writeFileSync(join(home, 'completion'), completion('zsh'));
  // Completion works only where somebody types: a zsh of its own on a pseudo terminal, whose lists are read.
  const program = `
import os, pty, re, select, sys, time
pid, fd = pty.fork()
if pid == 0:
    os.environ.update(ZDOTDIR=sys.argv[1], HOME=sys.argv[1], TERM='dumb', PS1='> ')
    os.execvp('zsh', ['zsh', '-f', '-i'])
def until(pattern, seen=b''):
    end = time.monotonic() + 30
    while not re.search(pattern, seen):
        ready, _, _ = select.select([fd], [], [], max(0, end - time.monotonic()))
        if not ready: raise SystemExit('no ' + pattern.decode() + ' in ' + repr(seen))
        seen += os.read(fd, 65536)
    return seen
os.write(fd, b'unsetopt zle_bracketed_paste; LISTMAX=1000; autoload -U compinit && compinit -u -D && source $HOME/completion && echo rea""dy\\n')
until(rb'ready\\r\\n')
for line, wanted in (('co', rb'completion[^\\n]*\\n[^\\n]*connect'), ('listen --k', rb'--keep[^\\n]*\\n[^\\n]*--key'), ('tls --starttls im', rb'imap')):
    os.write(fd, b'berkeley ' + line.encode() + b'\\t\\t')
    until(wanted)
    os.write(fd, b'\\x15')
os.write(fd, b'exit\\n')
print('all')
`;
  const run = spawnSync('python3', ['-c', program, home], { encoding: 'utf8', timeout: 60_000 });
  assert.equal(run.stdout.trim(), 'all', run.stderr);
});

function completion(shell: string): string {
  return execFileSync(process.execPath, [main, 'completion', shell], { encoding: 'utf8' });
}

function installed(t: TestContext, program: string): boolean {
  if (spawnSync(program, ['--version']).error === undefined) return true;
  missing(t, `${program} is not installed`);
  return false;
}

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'berkeley-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}
