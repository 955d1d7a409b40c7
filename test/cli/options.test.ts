// Owns the tests of `berkeley options`. The peer is Python, which sees the same connection from the other end.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { options } from 'berkeley';
import { berkeley, pythonServer } from './command.js';

interface Line {
  level: string;
  name: string;
  direction: string;
  unit: string | null;
  manual: string | null;
  value?: unknown;
  error?: string;
}

async function listOf(t: Parameters<typeof berkeley>[0], ...words: string[]): Promise<Map<string, Line>> {
  const command = berkeley(t, 'options', ...words, '--json');
  assert.equal(await command.ended(), 0, command.err);
  const { options: lines } = JSON.parse(command.out.toString()) as { options: Line[] };
  return new Map(lines.map((line) => [line.name, line]));
}

test('options --list --json has every option, with level, direction, unit, manual and the value on a new socket', async (t) => {
  const lines = await listOf(t, '--list');
  assert.deepEqual([...lines.keys()], Object.keys(options));
  const line = (name: string) => lines.get(name)!;
  assert.deepEqual(line('SO_TYPE'), {
    level: 'SOL_SOCKET',
    name: 'SO_TYPE',
    direction: 'get',
    unit: 'SOCK_*',
    manual: 'socket(7)',
    value: 1,
  });
  assert.equal(line('SO_LINGER').value, null);
  assert.equal(line('IP_TTL').value, 64);
  assert.equal(line('IPV6_V6ONLY').level, 'IPPROTO_IPV6');
  assert.equal((line('TCP_INFO').value as { state: string }).state, 'CLOSE');
  assert.equal(line('UDP_GRO').value, false);
  assert.equal(typeof line('SO_COOKIE').value, 'string');
  assert.deepEqual(Object.keys(line('IP_ADD_MEMBERSHIP')), ['level', 'name', 'direction', 'unit', 'manual']);
  assert.equal(line('IP_MTU').error, 'ENOTCONN');
});

test('options TARGET shows the options of the connected socket, and the codes of what it does not have', async (t) => {
  const { target } = await pythonServer(t, 'read_all(s)', 's.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1000)');
  const command = berkeley(t, 'options', target);
  assert.equal(await command.ended(), 0, command.err);
  const text = command.out.toString();
  assert.deepEqual(
    text.split('\n').filter((line) => /^\S/.test(line)),
    ['SOL_SOCKET', 'IPPROTO_IP', 'IPPROTO_IPV6', 'IPPROTO_TCP', 'IPPROTO_UDP'],
  );
  assert.match(text, /^ {2}SO_DOMAIN +get +AF_\* +socket\(7\) +2 AF_INET$/m);
  assert.match(text, /^ {2}SO_KEEPALIVE +both +socket\(7\) +off$/m);
  // The peer's word in its SYN, less than what loopback would carry.
  assert.match(text, /^ {2}TCP_MAXSEG +both +bytes +tcp\(7\) +(9\d\d|1000)$/m);
  assert.match(text, /^ {2}TCP_INFO +get +tcp\(7\) +state=ESTABLISHED rtt=\d+ /m);
  assert.match(text, /^ {2}UDP_GRO +both +\[(ENOPROTOOPT|EOPNOTSUPP)\]$/m);
  assert.match(text, /^ {2}IP_ADD_MEMBERSHIP +set +ip\(7\)$/m);
});

test('options udp:TARGET looks at a connected datagram socket', async (t) => {
  const lines = await listOf(t, 'udp://127.0.0.1:9');
  assert.equal(lines.get('SO_TYPE')!.value, 2);
  assert.ok(Number(lines.get('IP_MTU')!.value) >= 16_384);
  assert.equal(lines.get('UDP_SEGMENT')!.value, 0);
  assert.match(lines.get('TCP_NODELAY')!.error!, /^(ENOPROTOOPT|EOPNOTSUPP)$/);
});

test('options fails with 4 when nobody is there, and with 2 for words that mean nothing', async (t) => {
  const refused = berkeley(t, 'options', 'unix:@berkeley-nobody-here');
  assert.equal(await refused.ended(), 4);
  assert.match(refused.err, /^berkeley: connect ECONNREFUSED /);
  for (const [words, why] of [
    [[], /options needs a TARGET/],
    [['--list', 'a:1'], /options takes a TARGET or --list/],
    [['--frob'], /unknown option '--frob'/],
  ] as const) {
    const command = berkeley(t, 'options', ...words);
    assert.equal(await command.ended(), 2);
    assert.match(command.err, why);
  }
});
