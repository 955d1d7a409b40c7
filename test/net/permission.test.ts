// Owns the tests of promise 13: where Node's permission model is on, it is asked before anything is opened, whatever the program
// calls. Every run is a process of its own. Node 20 to 24 have no network in their model.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { missing, temporaryFolder } from '../support/launch.js';
import { enforced, evaluate, execute, network, noScope, permission, root } from '../support/permission.js';
import type { Outcomes } from './entry-points.js';

const program = fileURLToPath(new URL('entry-points.js', import.meta.url));

test(
  'promise 13: without --allow-net every call of every module is refused, and nothing is opened',
  { skip: noScope },
  (t) => {
    const trace = join(temporaryFolder(t), 'calls');
    if (spawnSync('strace', ['-V']).status !== 0) {
      missing(t, 'strace is not installed');
      return;
    }
    const strace = [
      'strace',
      '-f',
      '-qq',
      '-e',
      'trace=socket,socketpair,connect,bind,listen,accept,accept4,sendto,sendmsg,sendmmsg,pidfd_getfd',
      '-o',
      trace,
    ];
    const outcomes = all(execute([...strace, process.execPath, ...enforced, program]));
    for (const [call, outcome] of Object.entries(outcomes)) assert.match(outcome, refusalOf(call), call);
    assert.ok(Object.keys(outcomes).length >= 80, `${Object.keys(outcomes).length} calls`);
    assert.equal(readFileSync(trace, 'utf8'), '');
  },
);

test('promise 13: with --allow-net none of them is', { skip: noScope }, () => {
  const outcomes = all(execute([process.execPath, ...enforced, '--allow-net', program]));
  for (const [call, outcome] of Object.entries(outcomes)) assert.doesNotMatch(outcome, DENIED, call);
  const works = Object.values(outcomes).filter((outcome) => outcome === 'ok');
  assert.ok(works.length >= 30, JSON.stringify(outcomes));
});

test('a Node that was told to load no addons says which flag is missing', () => {
  const asked = `await (await import('berkeley')).connect('127.0.0.1:1').catch(({ code, hint }) => console.log(code, hint));`;
  for (const flags of [['--no-addons'], [permission, ...network, `--allow-fs-read=${root}*`]]) {
    const { stdout, stderr } = evaluate(asked, flags);
    assert.match(stdout, /^ERR_NATIVE_MISSING .*--allow-addons/, stderr);
  }
});

test('every command says what is missing in one line, and ends with 1', { skip: noScope }, () => {
  const main = join(root, 'dist', 'cli', 'main.js');
  const commands = ['connect 127.0.0.1:1', 'listen 127.0.0.1:0', 'relay 127.0.0.1:0 127.0.0.1:1', 'tls localhost:1']
    .concat('udp 127.0.0.1:9', 'udp --listen 127.0.0.1:0', 'ping 127.0.0.1', 'options 127.0.0.1:1')
    .concat('connect --starttls smtp localhost:1');
  for (const command of commands) {
    const { stdout, stderr, status } = execute([process.execPath, ...enforced, main, ...command.split(' ')]);
    assert.match(stdout + stderr, /--allow-net/, command);
    assert.equal(status, 1, `${command}: ${stderr}`);
    assert.doesNotMatch(stderr, /^ {4}at /m, command);
  }
});

const DENIED = /ERR_ACCESS_DENIED|Permission denied|not in the table/;

/** The words that a module has for it: Chapel has a class of errors, Qore's bind an errno. */
function refusalOf(call: string): RegExp {
  if (call.startsWith('chapel')) return /^PermissionError: Permission denied/;
  return call.startsWith('qore Socket: bind') && !call.endsWith('INET') ? /^Permission denied$/ : /ERR_ACCESS_DENIED/;
}

function all({ stdout, stderr }: { stdout: string; stderr: string }): Outcomes {
  assert.notEqual(stdout, '', stderr);
  return JSON.parse(stdout) as Outcomes;
}
