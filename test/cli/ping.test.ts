// Owns the tests of `berkeley ping` against the kernel of this machine, which answers on lo, and in a network namespace where
// datagram sockets for ICMP are allowed.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { mayAdministrate, mayBeRaw } from '../family/kit.js';
import { missing } from '../support/launch.js';
import { berkeley, main, Running } from './command.js';

interface Heard {
  readonly event: 'reply' | 'error' | 'end';
  readonly sequence: number;
  readonly ttl: number;
  readonly milliseconds: number;
}

interface Report {
  readonly event: 'end';
  readonly target: string;
  readonly address: string;
  readonly socket: string;
  readonly sent: number;
  readonly received: number;
  readonly lost: number;
  readonly times: Record<string, number> | null;
}

/** The objects in the order in which they came, and the last one, which has the figures. */
function reported(command: Running): Report & { replies: Heard[]; errors: Heard[] } {
  const lines = command.out.toString().trimEnd().split('\n');
  const end = JSON.parse(lines.pop()!) as Report;
  assert.equal(end.event, 'end');
  const heard = lines.map((line) => JSON.parse(line) as Heard);
  const of = (event: string): Heard[] => heard.filter((one) => one.event === event);
  return { ...end, replies: of('reply'), errors: of('error') };
}

for (const [host, address] of [
  ['127.0.0.1', '127.0.0.1'],
  ['::1', '::1'],
  ['[::1]', '::1'],
] as const) {
  test(`ping ${host} prints each reply and the summary that users of ping know`, { skip: mayBeRaw }, async (t) => {
    const command = berkeley(t, 'ping', '-c', '3', '-i', '0.01', host);
    assert.equal(await command.ended(), 0, command.err);
    const lines = command.out.toString().split('\n');
    assert.equal(lines[0], `PING ${host} (${address}): 56 data bytes`);
    for (const sequence of [1, 2, 3])
      assert.match(
        lines[sequence]!,
        new RegExp(`^64 bytes from ${address}: icmp_seq=${sequence} ttl=64 time=[\\d.]+ ms$`),
      );
    assert.equal(lines[5], `--- ${host} ping statistics ---`);
    assert.match(lines[6]!, /^3 packets transmitted, 3 received, 0% packet loss, time \d+ ms$/);
    assert.match(lines[7]!, /^rtt min\/avg\/max\/mdev = ([\d.]+\/){3}[\d.]+ ms$/);
  });
}

test('--json has the figures of the replies that it lists', { skip: mayBeRaw }, async (t) => {
  const command = berkeley(t, 'ping', '-c5', '-i', '5ms', '-4', 'localhost', '--json');
  assert.equal(await command.ended(), 0, command.err);
  const { target, address, sent, received, lost, times, replies, errors } = reported(command);
  assert.deepEqual([target, address, sent, received, lost, errors], ['localhost', '127.0.0.1', 5, 5, 0, []]);
  assert.deepEqual(
    replies.map(({ sequence, ttl }) => [sequence, ttl]),
    [1, 2, 3, 4, 5].map((one) => [one, 64]),
  );
  const all = replies.map(({ milliseconds }) => milliseconds);
  assert.equal(times!['min'], Math.min(...all));
  assert.equal(times!['max'], Math.max(...all));
  assert.ok(Math.abs(times!['average']! - all.reduce((a, b) => a + b) / 5) < 0.002);
  assert.ok(all.every((time) => time > 0 && time < 5000));
});

test('an interrupt ends an endless ping with its summary', { skip: mayBeRaw }, async (t) => {
  const command = berkeley(t, 'ping', '127.0.0.1', '-i', '0.02');
  await command.says(/icmp_seq=3 /);
  command.child.kill('SIGINT');
  assert.equal(await command.ended(), 0, command.err);
  assert.match(command.out.toString(), /\d+ packets transmitted, \d+ received/);
});

test(
  'a host that does not answer is exit code 1, after the wait, with everything lost',
  { skip: mayBeRaw },
  async (t) => {
    // Nobody answers at the other end of the cable.
    const command = inNamespace(
      t,
      'ip link add quiet type veth peer name other; ip addr add 203.0.113.1/24 dev quiet; ip link set quiet up; ip link set other up',
      [...['ping', '-c', '2', '-i', '0.01', '-W', '0.1', '--json', '203.0.113.77']],
    );
    if (command === null) return;
    assert.equal(await command.ended(), 1, command.err);
    const { sent, received, lost, times } = reported(command);
    assert.deepEqual([sent, received, lost, times], [2, 0, 100, null]);
  },
);

test('a way that is closed is told with each request, and is no end', { skip: mayBeRaw }, async (t) => {
  const command = inNamespace(
    t,
    'ip link set lo up; ip route add prohibit 203.0.113.0/24; ip route add unreachable 198.51.100.0/24',
    [...['ping', '-c', '2', '-i', '0.01', '-W', '0.1', '198.51.100.7']],
  );
  if (command === null) return;
  assert.equal(await command.ended(), 4);
  assert.match(command.err + command.out.toString(), /EHOSTUNREACH/);
});

test('where datagram sockets for ICMP are allowed, no privilege is needed', { skip: mayAdministrate }, async (t) => {
  for (const host of ['127.0.0.1', '::1']) {
    const command = inNamespace(
      t,
      'ip link set lo up; echo "0 2147483647" > /proc/sys/net/ipv4/ping_group_range',
      ['ping', '-c', '2', '-i', '0.01', '--json', host],
      'setpriv --bounding-set=-net_raw ',
    );
    if (command === null) return;
    assert.equal(await command.ended(), 0, command.err);
    const { socket, received, replies } = reported(command);
    assert.deepEqual([socket, received, replies.map(({ ttl }) => ttl)], ['dgram', 2, [64, 64]]);
  }
});

test(
  'where nothing is allowed, the error names the capability and the setting',
  { skip: mayAdministrate },
  async (t) => {
    const without = 'setpriv --bounding-set=-net_raw ';
    const command = inNamespace(t, 'ip link set lo up', ['ping', '-c', '1', '127.0.0.1'], without);
    if (command === null) return;
    assert.equal(await command.ended(), 1);
    assert.match(command.err, /EACCES.*net\.ipv4\.ping_group_range.*CAP_NET_RAW/);
  },
);

test('words of ping that mean nothing are exit code 2', async (t) => {
  for (const [words, why] of [
    [[], /ping needs a HOST/],
    [['-c', '0', 'a'], /-c takes a number/],
    [['-c', 'x', 'a'], /-c takes a number/],
    [['-i', '0', 'a'], /-i takes seconds/],
    [['-i', '0.001', 'a'], /-i takes seconds/],
    [['-W', '1h', 'a'], /-W takes seconds/],
    [['-4', '-6', 'a'], /exclude each other/],
    [['a', 'b'], /'b' is a second one/],
    [['--frob', 'a'], /unknown option '--frob'/],
  ] as [string[], RegExp][]) {
    const command = berkeley(t, 'ping', ...words);
    assert.equal(await command.ended(), 2, words.join(' '));
    assert.match(command.err, why);
  }
});

/** The command in a network namespace that is made ready by a line of shell; null, with the test skipped, where there can be none. */
function inNamespace(t: TestContext, prepare: string, words: string[], wrapper = ''): Running | null {
  if (mayAdministrate !== false) {
    missing(t, mayAdministrate);
    return null;
  }
  const script = `${prepare}; exec ${wrapper}"$0" "$@"`;
  return new Running(t, 'unshare', ['--net', 'sh', '-ec', script, process.execPath, main, ...words]).flow();
}
