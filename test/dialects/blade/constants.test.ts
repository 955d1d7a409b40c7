// The constants of Blade's module, the lost ones too. Python is the judge of those that it has.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test from 'node:test';
import * as blade from 'berkeley/dialects/blade';
import { interpreter } from '../../support/python.js';

const table = blade as unknown as Record<string, unknown>;
const names = Object.keys(table).filter((name) => /^(SOCK|SO|SOL|AF|IPPROTO|SHUT)_|^SOMAXCONN$/.test(name));

/** Numbers of Linux on x86-64 and most others. */
const known: Record<string, number> = {};
const rows = `
SOCK_STREAM 1, SOCK_DGRAM 2, SOCK_RAW 3, SOCK_RDM 4, SOCK_SEQPACKET 5
SO_DEBUG 1, SO_REUSEADDR 2, SO_TYPE 3, SO_ERROR 4, SO_DONTROUTE 5, SO_BROADCAST 6, SO_SNDBUF 7, SO_RCVBUF 8, SO_KEEPALIVE 9
SO_OOBINLINE 10, SO_LINGER 13, SO_REUSEPORT 15, SO_RCVLOWAT 18, SO_SNDLOWAT 19, SO_RCVTIMEO 20, SO_SNDTIMEO 21, SO_TIMESTAMP 29
SO_ACCEPTCONN 30, SO_USELOOPBACK -1, SOL_SOCKET 1
AF_UNSPEC 0, AF_UNIX 1, AF_LOCAL 1, AF_INET 2, AF_APPLETALK 5, AF_INET6 10, AF_DECnet 12, AF_SNA 22, AF_IMPLINK -1, AF_PUP -1
AF_CHAOS -1, AF_NS -1, AF_ISO -1, AF_OSI -1, AF_ECMA -1, AF_DATAKIT -1, AF_CCITT -1, AF_DLI -1, AF_LAT -1, AF_HYLINK -1
IPPROTO_IP 0, IPPROTO_ICMP 1, IPPROTO_IGMP 2, IPPROTO_IPIP 4, IPPROTO_TCP 6, IPPROTO_EGP 8, IPPROTO_PUP 12, IPPROTO_UDP 17
IPPROTO_IDP 22, IPPROTO_TP 29, IPPROTO_DCCP 33, IPPROTO_IPV6 41, IPPROTO_RSVP 46, IPPROTO_GRE 47, IPPROTO_ESP 50, IPPROTO_AH 51
IPPROTO_MTP 92, IPPROTO_BEETPH 94, IPPROTO_ENCAP 98, IPPROTO_PIM 103, IPPROTO_COMP 108, IPPROTO_SCTP 132, IPPROTO_UDPLITE 136
IPPROTO_MPLS 137, IPPROTO_RAW 255
SHUT_RD 0, SHUT_WR 1, SHUT_RDWR 2`;
for (const [, name, value] of rows.matchAll(/(\w+) (-?\d+)/g)) known[name!] = Number(value);

test('every constant has its number, and a name that Linux lacks is -1', () => {
  assert.equal(Object.keys(known).length, 73);
  for (const [name, value] of Object.entries(known)) assert.equal(table[name], value, name);
  // These depend on the headers.
  assert.deepEqual(
    names.filter((name) => !(name in known)),
    ['IPPROTO_MAX', 'SOMAXCONN'],
  );
  assert.ok(blade.IPPROTO_MAX > 255 && blade.SOMAXCONN >= 128);
});

test('Python has the same numbers under the same names', () => {
  const program = `import json, socket, sys\nprint(json.dumps({n: getattr(socket, n) for n in sys.argv[1:] if hasattr(socket, n)}))`;
  const words = execFileSync(interpreter(), ['-I', '-S', '-c', program, ...names], { encoding: 'utf8' });
  const judged = JSON.parse(words) as Record<string, number>;
  assert.ok(Object.keys(judged).length > 40);
  for (const [name, value] of Object.entries(judged)) assert.equal(table[name], value, name);
});

test('IP_ANY and IP_LOCAL are addresses', () => {
  assert.equal(blade.IP_ANY, '0.0.0.0');
  assert.equal(blade.IP_LOCAL, '127.0.0.1');
});
