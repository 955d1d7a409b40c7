// Owns the tests of `features`: what it says is what Python can do in the same surroundings: with the privileges of the test,
// without CAP_NET_RAW, in a network namespace of its own, and under the permission model.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test, type TestContext } from 'node:test';
import { features } from 'berkeley';
import { features as again } from 'berkeley/sync';
import { missing } from '../support/launch.js';
import { interpreter } from '../support/python.js';
import { mayAdministrate } from './kit.js';

/** Tries the same things with Python, in numbers of Linux. */
const PYTHON = `
import json, socket
def opens(family, kind, protocol=0, use=None):
    try:
        with socket.socket(family, kind, protocol) as s:
            if use: use(s)
        return True
    except OSError: return False
def sets(kind, level, name): return opens(2, kind, 0, lambda s: s.setsockopt(level, name, 1))
print(json.dumps(dict(
    ipv6=opens(10, 2), unix=opens(1, 1), abstract=opens(1, 2, 0, lambda s: s.bind('')), seqpacket=opens(1, 5),
    raw=opens(2, 3, 1), icmp=opens(2, 2, 1), packet=opens(17, 3), netlink=opens(16, 3), vsock=opens(40, 1),
    reusePort=sets(1, 1, 15), gso=sets(2, 17, 103), gro=sets(2, 17, 104), packetInfo=sets(2, 0, 8),
    timestamps=sets(2, 1, 35), mptcp=opens(2, 1, 262), fastOpen=sets(1, 6, 30))))
`;

const OURS = `import { features } from 'berkeley'; console.log(JSON.stringify(features));`;

type Answers = Record<string, boolean | string>;

function output(words: readonly string[]): Answers {
  const [program, ...rest] = words;
  const { stdout, stderr, status } = spawnSync(program!, rest, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as Answers;
}

/** What both say under a wrapper; ours without what Python knows nothing of. */
function both(...wrapper: string[]): Answers {
  const theirs = output([...wrapper, interpreter(), '-I', '-S', '-c', PYTHON]);
  const ours = output([...wrapper, process.execPath, '--input-type=module', '-e', OURS]);
  assert.deepEqual(Object.fromEntries(Object.entries(ours).filter(([name]) => name in theirs)), theirs);
  assert.deepEqual([ours['platform'], ours['native'], ours['permission']], ['linux', true, true]);
  return ours;
}

/** Whether the wrapper works here: a container may forbid it. */
function works(t: TestContext, ...wrapper: string[]): boolean {
  const { status } = spawnSync(wrapper[0]!, [...wrapper.slice(1), 'true']);
  if (status !== 0) missing(t, `${wrapper.join(' ')} does not work here`);
  return status === 0;
}

test('features says what Python can do, and nothing else; the same in both colours', () => {
  const found = both();
  for (const [name, value] of Object.entries(found)) {
    assert.equal(features[name], value, name);
    assert.equal(again[name], value, name);
  }
  assert.equal(features['nothing'], undefined);
  assert.throws(() => Object.assign(features, { raw: 'changed' }), TypeError);
});

test('without CAP_NET_RAW there are no raw and no packet sockets', (t) => {
  const wrapper = ['setpriv', '--bounding-set=-net_raw', '--inh-caps=-net_raw'];
  if (!works(t, ...wrapper)) return;
  const found = both(...wrapper);
  assert.deepEqual([found['raw'], found['packet'], found['netlink']], [false, false, true]);
});

test('a network namespace of its own may allow what the other forbids', { skip: mayAdministrate }, (t) => {
  if (!works(t, 'unshare', '--net')) return;
  const range =
    'echo "$0" > /proc/sys/net/ipv4/ping_group_range; echo "$1" > /proc/sys/net/ipv4/tcp_fastopen; shift; exec "$@"';
  const inside = (groups: string, fastOpen: string) => both('unshare', '--net', 'sh', '-c', range, groups, fastOpen);
  assert.deepEqual(pick(inside('0 2147483647', '3')), [true, true]);
  assert.deepEqual(pick(inside('1 0', '0')), [false, false]);
});

function pick({ icmp, fastOpen }: Answers): unknown[] {
  return [icmp, fastOpen];
}

test('promise 13: the permission model is asked before anything is opened, and features does not throw', (t) => {
  if (!process.allowedNodeEnvironmentFlags.has('--allow-net')) {
    t.skip('this Node has no network scope');
    return;
  }
  const program = `import * as net from 'berkeley/sync';
    const codes = [];
    for (const args of [['packet', 'raw'], ['netlink', 'raw'], ['vsock'], ['ipv4', 'raw', 1], ['ipv4', 'dgram', 1], [29, 3]])
      try { net.socket(...args); } catch (error) { codes.push(error.code); }
    console.log(JSON.stringify({ ...net.features, codes: codes.join() }));`;
  const flags = ['--permission', '--allow-fs-read=*', '--allow-addons'];
  const found = output([process.execPath, ...flags, '--input-type=module', '-e', program]);
  assert.equal(found['codes'], new Array<string>(6).fill('ERR_ACCESS_DENIED').join());
  assert.equal(found['native'], true);
  for (const name of ['permission', 'ipv6', 'unix', 'abstract', 'netlink', 'raw', 'packet', 'gso', 'mptcp'])
    assert.equal(found[name], false, name);
});
