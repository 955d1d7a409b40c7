// The examples of other families: interfaces against ip(8), packets against what goes over lo.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import test from 'node:test';
import { address } from 'berkeley';
import { mayAdministrate, mayBeRaw } from '../family/kit.js';
import { installed } from '../support/launch.js';
import { interpreter } from '../support/python.js';
import { example, Program } from './program.js';

/** A test that hangs is a failure. */
const LIMIT = { timeout: 20_000 };

interface Link {
  readonly index: number;
  readonly name: string;
  readonly up: boolean;
  readonly mtu: number;
  readonly hardware: string;
  readonly addresses: string[];
}

interface IpLink {
  readonly ifindex: number;
  readonly ifname: string;
  readonly flags: string[];
  readonly mtu: number;
  readonly address: string;
  readonly addr_info: { local: string; prefixlen: number }[];
}

test('interfaces lists what ip(8) lists', { ...LIMIT, skip: mayAdministrate }, (t) => {
  if (installed(t, 'ip') === null) return;
  const prepare = `ip link set lo up
ip link add one mtu 1400 type veth peer name two address 02:00:00:00:00:02
ip addr add 203.0.113.5/24 dev one
ip addr add 198.51.100.5 peer 198.51.100.6/32 dev one
ip addr add 2001:db8::5/64 dev one nodad
ip -json addr
exec "$0" "$1" json`;
  const file = fileURLToPath(new URL('../../examples/interfaces.js', import.meta.url));
  const words = ['--net', 'sh', '-ec', prepare, process.execPath, file];
  const text = execFileSync('unshare', words, { encoding: 'utf8' });
  const [theirs, ours] = text.trim().split('\n') as [string, string];
  const expected = (JSON.parse(theirs) as IpLink[]).map((link) => ({
    index: link.ifindex,
    name: link.ifname,
    up: link.flags.includes('UP'),
    mtu: link.mtu,
    hardware: link.address,
    addresses: link.addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`).sort(),
  }));
  const found = (JSON.parse(ours) as Link[]).map((link) => ({ ...link, addresses: link.addresses.map(plain).sort() }));
  assert.ok(expected.length >= 3 && expected.some(({ addresses }) => addresses.includes('2001:db8::5/64')));
  assert.deepEqual(found.sort(byIndex), expected.sort(byIndex));
});

function byIndex(a: { index: number }, b: { index: number }): number {
  return a.index - b.index;
}

function plain(text: string): string {
  const [ip, length] = text.split('/') as [string, string];
  return `${address(ip.includes(':') ? `[${ip}]:0` : ip).address}/${length}`;
}

/** In a network of its own: what others send over lo meanwhile could fill the queue, and a full queue drops. */
test(
  'packets shows a datagram that goes over lo, on its way out and in',
  { ...LIMIT, skip: mayAdministrate },
  async (t) => {
    if (installed(t, 'ip') === null || installed(t, 'nsenter') === null) return;
    const file = fileURLToPath(new URL('../../examples/packets.js', import.meta.url));
    const listen = ['--net', 'sh', '-ec', 'ip link set lo up; exec "$0" "$@"', process.execPath, file, 'lo', '20'];
    const program = new Program(t, 'unshare', listen, ['ignore', 'pipe', 'pipe']);
    await program.prints(/^listening to lo/m);
    const send = `import socket
a, b = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
for s in (a, b): s.bind(('127.0.0.1', 0))
a.sendto(b'0123456789', b.getsockname())
print('%s:%d > %s:%d' % (a.getsockname() + b.getsockname()))`;
    const sender = [`--net=/proc/${program.process.pid!}/ns/net`, interpreter(), '-c', send];
    const way = execFileSync('nsenter', sender, { encoding: 'utf8' }).trim();
    await program.prints(new RegExp(`^out UDP ${way} 38 bytes$`, 'm'));
    await program.prints(new RegExp(`^in  UDP ${way} 38 bytes$`, 'm'));
  },
);

test('packets ends by itself, and says what is missing', LIMIT, async (t) => {
  assert.match(await example(t, 'packets', 'lo', '0.1').ends(), mayBeRaw === false ? /that was it\n$/ : /CAP_NET_RAW/);
});
