// Owns a network of two hosts: this process, which runs in a namespace of its own, and a Python in another, joined by a veth
// pair. Both namespaces go with their processes. It must not know what is tested.

import { execFileSync } from 'node:child_process';
import type { TestContext } from 'node:test';
import { startPuppet, type Puppet } from '../support/python.js';

/** Our ends, and theirs: two addresses of each family, and one for the link. */
export const ours = { ipv4: '10.77.0.1', second4: '10.77.0.9', ipv6: 'fd77::1', second6: 'fd77::9', link: 'fe80::1' };
export const theirs = { ipv4: '10.77.0.2', second4: '10.77.0.3', ipv6: 'fd77::2', second6: 'fd77::3', link: 'fe80::2' };
/** The name of our interface. */
export const LINK = 'v0';

const SETTING = `
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
if libc.unshare(0x40000000) != 0: raise OSError(ctypes.get_errno(), 'unshare')
def ip(text):
    for line in text.splitlines():
        if os.system('ip ' + line) != 0: raise OSError('ip ' + line)
def udp(host, port=0):
    s = socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(10)
    s.bind((host, port))
    return s
def port(s): return s.getsockname()[1]
def got(s):
    data, address = s.recvfrom(65535)
    return [data.decode('latin1'), address[0], address[1]]
def index(): return socket.if_nametoindex('v1')
`;

export async function startNetwork(t: Pick<TestContext, 'after'>): Promise<Puppet> {
  const python = startPuppet(t as TestContext, SETTING);
  // Its namespace is there once it has done something.
  await python.run('pass');
  ip('link set lo up', `link add ${LINK} type veth peer name v1 netns ${python.pid}`);
  const lines = [
    'link set lo up',
    'link set v1 addrgenmode none',
    ...Object.values(theirs).map((address) => added(address, 'v1')),
    'link set v1 up',
    'route add 224.0.0.0/4 dev v1',
  ];
  await python.run(`ip(${JSON.stringify(lines.join('\n'))})`);
  ip(
    // Ours alone: the kernel's own address for the link would come later.
    `link set ${LINK} addrgenmode none`,
    ...Object.values(ours).map((address) => added(address, LINK)),
    `link set ${LINK} up`,
    `route add 224.0.0.0/4 dev ${LINK}`,
  );
  return python;
}

function added(address: string, device: string): string {
  return address.includes(':')
    ? `addr add ${address}/64 dev ${device} nodad`
    : `addr add ${address}/24 broadcast + dev ${device}`;
}

function ip(...lines: string[]): void {
  for (const line of lines) execFileSync('ip', line.split(' '), { stdio: ['ignore', 'ignore', 'inherit'] });
}
