// Owns `berkeley doctor`: what works on this machine, what each thing is good for, and what to do where it is missing. It must not
// know how the library finds it out.

import { release } from 'node:os';
import { constants, features, socket, type Family, type Kind } from '../sync/index.js';
import { SocketError } from '../error/socket-error.js';

export interface Finding {
  readonly name: string;
  readonly value: boolean | string;
  /** What it is. */
  readonly meaning: string;
  /** Why it is missing, and what to do. Null where it is there, or where there is nothing to say. */
  readonly advice: string | null;
}

export interface Diagnosis {
  readonly version: string;
  readonly node: string;
  readonly platform: string;
  readonly arch: string;
  readonly kernel: string;
  readonly features: readonly Finding[];
}

/** The exit code: 1 where the library cannot work at all. */
export function runDoctor({ json }: { json: boolean }, version: string): number {
  const diagnosis = diagnose(version);
  process.stdout.write(json ? `${JSON.stringify(diagnosis)}\n` : screen(diagnosis));
  return features.native && features.permission ? 0 : 1;
}

function diagnose(version: string): Diagnosis {
  const { platform, arch, version: node } = process;
  const findings = Object.entries(features).map(([name, value]) => finding(name, value));
  return { version, node, platform, arch, kernel: release(), features: findings };
}

function finding(name: string, value: boolean | string): Finding {
  const { meaning, missing } = known[name] ?? { meaning: name };
  const advice =
    value !== false ? null : typeof missing === 'string' ? missing : missing === undefined ? null : why(missing);
  return { name, value, meaning, advice };
}

/** What the library says when such a socket is asked for. */
function why([family, kind, protocol]: SocketKind): string {
  try {
    socket(family, kind, protocol).close();
    return 'It can be opened by now.';
  } catch (error) {
    if (!(error instanceof SocketError)) throw error;
    return `${error.code}${error.hint === undefined ? '' : `: ${error.hint}`}`;
  }
}

function screen({ version, node, platform, arch, kernel, features: findings }: Diagnosis): string {
  const lines = [`berkeley ${version} on Node.js ${node.slice(1)}, ${platform} ${kernel} ${arch}`, ''];
  for (const { name, value, meaning, advice } of findings) {
    const word = value === true ? 'yes' : value === false ? 'no' : value;
    lines.push(...wrapped(`  ${word.padEnd(7)}${name.padEnd(12)}`, meaning));
    if (advice !== null) lines.push(...wrapped('', advice));
  }
  return `${lines.join('\n')}\n`;
}

function wrapped(head: string, text: string): string[] {
  const lines: string[] = [];
  let line = head.padEnd(column);
  for (const word of text.split(' ')) {
    if (line.length + word.length > width) {
      lines.push(line.trimEnd());
      line = ' '.repeat(column);
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}

const width = 80;
const column = 21;

type SocketKind = readonly [Family, Kind, number?];
interface Known {
  readonly meaning: string;
  /** Words, or a socket whose error has them. */
  readonly missing?: string | SocketKind;
}

const known: Readonly<Record<string, Known>> = {
  platform: { meaning: 'the operating system; the library runs on Linux' },
  native: {
    meaning: 'the native addon, without which no call works',
    missing: 'Build it in the checkout with a C++ compiler, make and python3: npm run build.',
  },
  permission: {
    meaning: 'the permission model of Node lets this program use the network',
    missing: 'Start the program with --allow-net.',
  },
  tls: {
    meaning: 'TLS, by the OpenSSL inside of Node',
    missing:
      'The addon for TLS, or an OpenSSL 3 that Node shows to addons, is missing; official builds of Node have one.',
  },
  ipv6: {
    meaning: 'IPv6 sockets',
    missing: 'The kernel was started without it: see ipv6.disable in /proc/cmdline, and /proc/sys/net/ipv6.',
  },
  unix: { meaning: 'Unix sockets', missing: ['unix', 'stream'] },
  abstract: { meaning: 'Unix names without a file: unix:@name' },
  seqpacket: { meaning: 'Unix sockets with both order and boundaries', missing: ['unix', 'seqpacket'] },
  raw: { meaning: 'raw IP sockets', missing: ['ipv4', 'raw', constants['IPPROTO_ICMP'] ?? 1] },
  icmp: {
    meaning: 'ping without privileges',
    missing:
      'net.ipv4.ping_group_range says which groups may: sysctl -w net.ipv4.ping_group_range="0 2147483647" lets all.',
  },
  packet: { meaning: 'whole frames of an interface, as tcpdump sees them', missing: ['packet', 'raw'] },
  netlink: { meaning: 'interfaces, addresses and routes, from the kernel', missing: ['netlink', 'raw'] },
  vsock: {
    meaning: 'sockets between a virtual machine and its host',
    missing: 'The module is not there, or not loaded: modprobe vsock.',
  },
  reusePort: { meaning: 'several listeners on one port' },
  gso: { meaning: 'one send that becomes many datagrams', missing: 'Linux has it from 4.18 on.' },
  gro: { meaning: 'one receive of many datagrams', missing: 'Linux has it from 5.0 on.' },
  packetInfo: { meaning: 'the local address of each datagram' },
  timestamps: { meaning: 'when the kernel got a datagram, in nanoseconds' },
  mptcp: {
    meaning: 'TCP over several paths at once',
    missing: 'Linux has it from 5.6 on, where net.mptcp.enabled is 1.',
  },
  fastOpen: {
    meaning: 'data in the first segment of a TCP connection',
    missing: 'The first bit of net.ipv4.tcp_fastopen switches it on: sysctl -w net.ipv4.tcp_fastopen=3.',
  },
};
