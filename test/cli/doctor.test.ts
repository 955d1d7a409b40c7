// Owns the tests of `berkeley doctor`: it shows what `features` says, and knows a reason for whatever is missing.

import assert from 'node:assert/strict';
import { release } from 'node:os';
import { test } from 'node:test';
import { features } from 'berkeley';
import { mayAdministrate } from '../family/kit.js';
import { berkeley, main, Running } from './command.js';

interface Diagnosis {
  readonly node: string;
  readonly kernel: string;
  readonly features: { name: string; value: boolean | string; meaning: string; advice: string | null }[];
}

test('doctor --json says what `features` says, and what each is', async (t) => {
  const command = berkeley(t, 'doctor', '--json');
  assert.equal(await command.ended(), 0, command.err);
  const { node, kernel, features: found } = JSON.parse(command.out.toString()) as Diagnosis;
  assert.deepEqual([node, kernel], [process.version, release()]);
  assert.deepEqual(Object.fromEntries(found.map(({ name, value }) => [name, value])), { ...features });
  for (const { name, meaning, value, advice } of found) {
    assert.ok(meaning.length > name.length, `${name} is explained`);
    if (value !== false) assert.equal(advice, null);
  }
});

test('doctor prints a line of at most 80 characters for each, yes or no', async (t) => {
  const command = berkeley(t, 'doctor');
  assert.equal(await command.ended(), 0, command.err);
  const text = command.out.toString();
  assert.match(text, /^berkeley \d+\.\d+\.\d+ on Node\.js \d+/);
  for (const [name, value] of Object.entries(features))
    assert.match(text, new RegExp(`^  ${value === true ? 'yes' : value === false ? 'no' : value} +${name} +\\S`, 'm'));
  assert.ok(text.split('\n').every((line) => line.length <= 80));
});

test('doctor says what to do about what is missing', { skip: mayAdministrate }, async (t) => {
  const script = 'echo "1 0" > /proc/sys/net/ipv4/ping_group_range; exec setpriv --bounding-set=-net_raw "$0" "$@"';
  const words = ['--net', 'sh', '-ec', script, process.execPath, main, 'doctor', '--json'];
  const command = new Running(t, 'unshare', words).flow();
  assert.equal(await command.ended(), 0, command.err);
  const { features: found } = JSON.parse(command.out.toString()) as Diagnosis;
  const advice = (wanted: string) => found.find(({ name }) => name === wanted)!.advice;
  assert.match(advice('raw')!, /^EPERM: .*CAP_NET_RAW/);
  assert.match(advice('packet')!, /^EPERM: .*CAP_NET_RAW/);
  assert.match(advice('icmp')!, /sysctl -w net\.ipv4\.ping_group_range/);
  assert.equal(advice('netlink'), null);
});

test('doctor takes no arguments', async (t) => {
  const command = berkeley(t, 'doctor', 'me');
  assert.equal(await command.ended(), 2);
  assert.match(command.err, /doctor takes no arguments/);
});
