// Owns the test that `constants` has every name of the manual pages and of the five modules that this library covers. The judge is a C
// program, built with this system's headers.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { constants, options } from 'berkeley';
import { missing } from '../support/launch.js';

/** The names of socket(7), ip(7), ipv6(7), tcp(7), udp(7) and unix(7) that are no options with a token. */
const manuals = `
AF_INET AF_INET6 AF_IPX AF_LOCAL AF_PACKET AF_UNIX AF_UNSPEC FIOASYNC FIOGETOWN FIONREAD FIOSETOWN F_SETOWN F_SETSIG INADDR_ANY
INADDR_BROADCAST INADDR_LOOPBACK IPPROTO_IP IPPROTO_IPV6 IPPROTO_SCTP IPPROTO_TCP IPPROTO_UDP IPPROTO_UDPLITE IPTOS_LOWDELAY IPTOS_MINCOST
IPTOS_RELIABILITY IPTOS_THROUGHPUT IP_ORIGDSTADDR IP_PMTUDISC_DO IP_PMTUDISC_DONT IP_PMTUDISC_PROBE IP_PMTUDISC_WANT MCAST_EXCLUDE
MCAST_INCLUDE MSG_CTRUNC MSG_DONTROUTE MSG_ERRQUEUE MSG_FASTOPEN MSG_MORE MSG_NOSIGNAL MSG_OOB MSG_PEEK MSG_TRUNC MSG_WAITALL POLLERR
POLLHUP POLLIN POLLOUT POLLPRI SCM_CREDENTIALS SCM_RIGHTS SCM_SECURITY SCM_TIMESTAMP SCM_TIMESTAMPNS SIOCATMARK SIOCGPGRP SIOCGSTAMP
SIOCINQ SIOCOUTQ SIOCSPGRP SOCK_DGRAM SOCK_PACKET SOCK_RAW SOCK_SEQPACKET SOCK_STREAM SOL_ICMPV6 SOL_IP SOL_IPV6 SOL_SOCKET SOL_TCP
SOL_UDP SO_EE_ORIGIN_ICMP SO_EE_ORIGIN_ICMP6 SO_EE_ORIGIN_LOCAL SO_EE_ORIGIN_NONE
IP_RCVDSTADDR IP_RECVIF SCM_MAX_FD SOCK_MIN_RCVBUF TCP_SYNQ_HSIZE`;

/** The constants of the five modules. */
const modules = `
SOCK_STREAM SOCK_DGRAM SOCK_RAW SOCK_RDM SOCK_SEQPACKET SO_DEBUG SO_REUSEADDR SO_KEEPALIVE SO_DONTROUTE SO_BROADCAST SO_LINGER
SO_OOBINLINE SO_SNDBUF SO_RCVBUF SO_SNDTIMEO SO_RCVTIMEO SO_ACCEPTCONN SO_TYPE SO_ERROR SO_REUSEPORT SO_SNDLOWAT SO_RCVLOWAT SO_TIMESTAMP
SO_USELOOPBACK SO_SECINFO SOL_SOCKET AF_UNSPEC AF_UNIX AF_LOCAL AF_INET AF_IMPLINK AF_PUP AF_CHAOS AF_NS AF_ISO AF_OSI AF_ECMA AF_DATAKIT
AF_CCITT AF_SNA AF_DECnet AF_DLI AF_LAT AF_HYLINK AF_APPLETALK AF_INET6 IPPROTO_IP IPPROTO_ICMP IPPROTO_IGMP IPPROTO_IPIP IPPROTO_TCP
IPPROTO_EGP IPPROTO_PUP IPPROTO_UDP IPPROTO_IDP IPPROTO_TP IPPROTO_DCCP IPPROTO_IPV6 IPPROTO_RSVP IPPROTO_GRE IPPROTO_ESP IPPROTO_AH
IPPROTO_MTP IPPROTO_BEETPH IPPROTO_ENCAP IPPROTO_PIM IPPROTO_COMP IPPROTO_SCTP IPPROTO_UDPLITE IPPROTO_MPLS IPPROTO_RAW IPPROTO_MAX
SHUT_RD SHUT_WR SHUT_RDWR SOMAXCONN TCP_NODELAY TCP_QUICKACK`;

/** No header of Linux has these: families and options of other systems, names that the manual pages take from inside of the kernel. */
const absent = `
AF_CCITT AF_CHAOS AF_DATAKIT AF_DLI AF_ECMA AF_HYLINK AF_IMPLINK AF_ISO AF_LAT AF_NS AF_OSI AF_PUP
IP_RCVDSTADDR IP_RECVIF SCM_MAX_FD SCM_SECURITY SOCK_MIN_RCVBUF SO_SECINFO SO_USELOOPBACK TCP_SYNQ_HSIZE`;

const split = (text: string): string[] => text.trim().split(/\s+/);
const names = [...new Set([...split(manuals), ...split(modules), ...Object.keys(options)])].toSorted();

/** IPPROTO_MAX ends an enum, so that no #ifdef finds it. */
const enumerated = ['IPPROTO_MAX'];

const groups = [
  [
    'sys/socket.h',
    'netinet/in.h',
    'netinet/ip.h',
    'netinet/tcp.h',
    'netinet/udp.h',
    'sys/ioctl.h',
    'fcntl.h',
    'poll.h',
  ],
  [
    'sys/socket.h',
    'netinet/in.h',
    'sys/ioctl.h',
    'time.h',
    'linux/errqueue.h',
    'linux/sockios.h',
    'linux/in6.h',
    'linux/tcp.h',
    'linux/udp.h',
  ],
];

/** What C makes of the names, with the headers of both: those of the kernel are ahead, those of the C library have more. */
function inC(): Map<string, number> {
  const folder = mkdtempSync(join(tmpdir(), 'bk-'));
  try {
    const found = new Map<string, number>();
    for (const headers of groups) {
      const lines = names.map((name) => {
        const print = `printf("${name} %lld\\n", (long long) ${name});`;
        return enumerated.includes(name) ? print : `#ifdef ${name}\n${print}\n#endif`;
      });
      const source = [
        '#define _GNU_SOURCE',
        '#include <stdio.h>',
        ...headers.map((header) => `#include <${header}>`),
        'int main(void) {',
        ...lines,
        'return 0; }',
      ];
      writeFileSync(join(folder, 'names.c'), source.join('\n'));
      execFileSync('cc', ['-w', '-o', join(folder, 'names'), join(folder, 'names.c')]);
      const text = execFileSync(join(folder, 'names'), { encoding: 'utf8' });
      for (const line of text.trimEnd().split('\n')) {
        const [name, value] = line.split(' ') as [string, string];
        found.set(name, Number(value));
      }
    }
    return found;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('constants has every name of the manual pages and of the five modules that this system has, as C has it', (t) => {
  if (spawnSync('cc', ['--version']).status !== 0) {
    missing(t, 'no C compiler here');
    return;
  }
  const theirs = inC();
  assert.ok(theirs.size > 200, `C knows ${theirs.size} of the names`);
  for (const name of names) assert.equal(constants[name], theirs.get(name), name);
});

test('what is absent is absent on purpose, and undefined', () => {
  const lacking = names.filter((name) => constants[name] === undefined && !(name in options));
  assert.deepEqual(lacking, split(absent).toSorted());
  for (const name of lacking) assert.ok(!(name in constants));
});
