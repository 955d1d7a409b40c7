// Owns the table of the test over all tokens: for each one a fitting socket, values, and what Python reads. It must not
// know how the table is gone through.

import { readFileSync } from 'node:fs';
import { constants, options, type OptionTable, type Socket } from 'berkeley/sync';

/** A socket of the hall (sockets.ts). A new one for each case: options must not see each other. */
export type Kind =
  | 'tcp'
  | 'tcp new'
  | 'listener'
  | 'tcp6 mapped'
  | 'udp'
  | 'udp6'
  | 'udp6 connected'
  | 'unix'
  | 'raw'
  | 'raw6'
  | 'raw6 own header';

export interface Case {
  readonly on: Kind;
  /** Set first. */
  readonly before?: readonly (readonly [keyof OptionTable, unknown])[];
  /** Set one after the other, and read after each. */
  readonly set?: readonly unknown[];
  /** What is read then, where it is not what was set; `ANY`: Python decides alone. */
  readonly reads?: readonly unknown[];
  /** The expression of what Python reads of `s`; `L` and `N` are level and name. By the type of the value unless told. */
  readonly python?: string;
  /** Our value in Python's words. */
  readonly shows?: (value: never) => unknown;
  /** Two readings differ by themselves: Python's lies between ours. */
  readonly moves?: boolean;
  /** The kernel refuses the values with this code. */
  readonly refused?: string;
  /** As `refused`, where the kernel was built without it; Python is refused likewise. */
  readonly mayRefuse?: string;
  /** Needs CAP_NET_ADMIN or CAP_NET_RAW. */
  readonly root?: boolean;
  /** What must be so after the values were set. */
  readonly effect?: (socket: Socket<'sync'>) => boolean;
}

/** setOption without the types that go together. */
export function setByName(socket: Socket<'sync'>, name: keyof OptionTable, value: unknown): void {
  socket.setOption<unknown>(options[name], value);
}

export const ANY = Symbol('whatever Python reads');

const lo = Number(readFileSync('/sys/class/net/lo/ifindex', 'utf8'));
const number = (name: string): number => constants[name]!;
const int = (name: keyof OptionTable, value: number) => (socket: Socket<'sync'>) =>
  socket.getOption<unknown>(options[name]) === value;
const lists =
  (file: string, text: string, yes = true) =>
  () =>
    readFileSync(`/proc/net/${file}`, 'utf8').replace(/ +/g, ' ').includes(text) === yes;
/** It is done, so it cannot be done again. */
const once = (name: keyof OptionTable, value: unknown) => (socket: Socket<'sync'>) => {
  try {
    setByName(socket, name, value);
    return false;
  } catch {
    return true;
  }
};

/** Something that can be taken back just once. */
const undone = (undo: keyof OptionTable, value: unknown) => (socket: Socket<'sync'>) => {
  setByName(socket, undo, value);
  return once(undo, value)(socket);
};

const flag = (on: Kind, more: Partial<Case> = {}): Case => ({ on, set: [true, false], ...more });
const value = (on: Kind, ...set: unknown[]): Case => ({ on, set });
const get = (on: Kind): Case => ({ on });

/** `ret k` of classic BPF with k bytes. */
const ret = (k: number) => Uint8Array.of(6, 0, 0, 0, k, 0, 0, 0);
const time: Partial<Case> = {
  python: `(lambda t: t[0] * 1000 + t[1] / 1000 or None)(struct.unpack('qq', s.getsockopt(L, N, 16)))`,
};
const times = (on: Kind): Case => ({ on, set: [1500, 3_600_000, null], ...time });
const bigint: Partial<Case> = { python: `str(struct.unpack('Q', s.getsockopt(L, N, 8))[0])`, shows: String };
const words: Partial<Case> = { python: `[x for x, in struct.iter_unpack('I', s.getsockopt(L, N, 256))]` };
const index: Partial<Case> = { python: `struct.unpack('!I', s.getsockopt(L, N, 4))[0]` };
const padding = Uint8Array.of(0, 0, 1, 4, 0, 0, 0, 0);
const header: Case = { on: 'udp6', set: [padding, new Uint8Array(0)], root: true };

const group = '239.255.77.1';
const onLo = { group, interface: 'lo' };
/** A source of its own for each case: /proc shows those of all sockets together. */
const source = (n: number) => ({ group, source: `127.0.0.${n}`, interface: '127.0.0.1' });
const either = (n: number) => ({ group, source: `127.0.0.${n}`, interface: lo });
const filtered = (n: number) => lists('mcfilter', ` lo 0xefff4d01 0x7f0000${n.toString(16).padStart(2, '0')} `);
const group6 = { group: 'ff15::4d01', interface: 'lo' };

/** struct tcp_md5sig for 127.0.0.1. */
function md5(key: string, flags = 0, prefix = 0): Uint8Array {
  const bytes = Buffer.alloc(216);
  bytes.writeUInt16LE(number('AF_INET'), 0);
  bytes.set([127, 0, 0, 1], 4);
  bytes.set([flags, prefix, key.length, 0], 128);
  bytes.write(key, 136);
  return bytes;
}

/** struct in6_flowlabel_req: creates a label of our own for ::1. */
function flowLabel(): Uint8Array {
  const bytes = Buffer.alloc(32);
  bytes[15] = 1;
  bytes.writeUInt32BE(0x4d01a, 16);
  bytes.set([0, 1, 1, 0], 20);
  return bytes;
}

const ofSocket: Partial<Record<keyof OptionTable, Case>> = {
  SO_ACCEPTCONN: get('listener'),
  SO_ATTACH_BPF: { on: 'udp', set: [-1], refused: 'EBADF' },
  SO_ATTACH_FILTER: {
    on: 'udp',
    set: [ret(9)],
    effect: (socket) => ret(9).every((byte, i) => socket.getOption(options.SO_GET_FILTER)[i] === byte),
  },
  SO_ATTACH_REUSEPORT_CBPF: {
    on: 'udp',
    before: [['SO_REUSEPORT', true]],
    set: [ret(0)],
    effect: undone('SO_DETACH_REUSEPORT_BPF', null),
  },
  SO_ATTACH_REUSEPORT_EBPF: { on: 'udp', before: [['SO_REUSEPORT', true]], set: [-1], refused: 'EBADF' },
  SO_BINDTODEVICE: value('udp', 'lo', ''),
  SO_BINDTOIFINDEX: value('udp', lo, 0),
  SO_BPF_EXTENSIONS: get('udp'),
  SO_BROADCAST: flag('udp'),
  SO_BSDCOMPAT: flag('udp', { reads: [false, false] }),
  SO_BUF_LOCK: value('udp', 3, 1, 0),
  SO_BUSY_POLL: { on: 'udp', set: [50, 0], root: true },
  SO_BUSY_POLL_BUDGET: { on: 'udp', set: [8] },
  SO_CNX_ADVICE: { on: 'udp', set: [1] },
  SO_COOKIE: { on: 'udp', ...bigint },
  SO_DEBUG: flag('udp', { root: true }),
  SO_DETACH_BPF: {
    on: 'udp',
    before: [['SO_ATTACH_FILTER', ret(1)]],
    set: [null],
    effect: (socket) => socket.getOption(options.SO_GET_FILTER).length === 0,
  },
  SO_DETACH_FILTER: {
    on: 'udp',
    before: [['SO_ATTACH_FILTER', ret(1)]],
    set: [null],
    effect: (socket) => socket.getOption(options.SO_GET_FILTER).length === 0,
  },
  SO_DETACH_REUSEPORT_BPF: {
    on: 'udp',
    before: [
      ['SO_REUSEPORT', true],
      ['SO_ATTACH_REUSEPORT_CBPF', ret(0)],
    ],
    set: [null],
    effect: once('SO_DETACH_REUSEPORT_BPF', null),
  },
  SO_DOMAIN: get('udp6'),
  SO_DONTROUTE: flag('udp'),
  SO_ERROR: get('udp'),
  // Its length is that of a program, in instructions: Python gets the length, and that many bytes.
  SO_GET_FILTER: {
    on: 'udp',
    before: [['SO_ATTACH_FILTER', Buffer.concat([Uint8Array.of(0x28, 0, 0, 0, 0, 0, 0, 0), ret(7)])]],
    python: 'list(s.getsockopt(L, N, 64))',
    shows: (program: Uint8Array) => Array.from(program.subarray(0, program.length / 8)),
  },
  SO_INCOMING_CPU: value('udp', 0),
  SO_INCOMING_NAPI_ID: get('udp'),
  SO_INQ: flag('unix'),
  SO_KEEPALIVE: flag('tcp'),
  SO_LINGER: {
    on: 'tcp',
    set: [1500, 0, null],
    reads: [2000, 0, null],
    python: `(lambda o: o[1] * 1000 if o[0] else None)(struct.unpack('ii', s.getsockopt(L, N, 8)))`,
  },
  SO_LOCK_FILTER: { on: 'udp', set: [true] },
  SO_MARK: { on: 'udp', set: [7, 0xfffffffe], root: true, python: 's.getsockopt(L, N) & 0xffffffff' },
  SO_MAX_PACING_RATE: {
    on: 'tcp',
    set: [100_000, 5_000_000_000, null],
    python: `(lambda r: None if r == 2**64 - 1 else r)(struct.unpack('Q', s.getsockopt(L, N, 8))[0])`,
  },
  SO_MEMINFO: { on: 'udp', ...words, shows: (info: Record<string, number>) => Object.values(info) },
  SO_NETNS_COOKIE: { on: 'udp', ...bigint },
  SO_NOFCS: flag('udp'),
  SO_NO_CHECK: flag('udp'),
  SO_OOBINLINE: flag('tcp'),
  SO_PASSCRED: flag('unix'),
  SO_PASSPIDFD: flag('unix'),
  SO_PASSRIGHTS: flag('unix'),
  SO_PASSSEC: flag('unix'),
  SO_PEEK_OFF: value('unix', 5, -1),
  SO_PEERCRED: { on: 'unix', ...words, shows: ({ pid, uid, gid }: Record<string, number>) => [pid, uid, gid] },
  SO_PEERGROUPS: { on: 'unix', ...words },
  SO_PEERPIDFD: { on: 'udp' },
  SO_PEERSEC: get('unix'),
  SO_PREFER_BUSY_POLL: flag('udp', { root: true }),
  SO_PRIORITY: value('udp', 4),
  SO_PROTOCOL: get('tcp'),
  SO_RCVBUF: { on: 'udp', set: [10_000, 1], reads: [20_000, 2304] },
  SO_RCVBUFFORCE: { on: 'udp', set: [40_000_000], effect: int('SO_RCVBUF', 80_000_000), root: true },
  SO_RCVLOWAT: value('tcp', 7, 1),
  SO_RCVMARK: flag('udp', { root: true }),
  SO_RCVPRIORITY: flag('udp'),
  SO_RCVTIMEO: times('tcp'),
  SO_RCVTIMEO_NEW: times('udp'),
  SO_RCVTIMEO_OLD: times('unix'),
  SO_RESERVE_MEM: { on: 'udp', set: [4096], mayRefuse: 'EOPNOTSUPP' },
  SO_REUSEADDR: flag('udp'),
  SO_REUSEPORT: flag('tcp new'),
  SO_RXQ_OVFL: flag('udp'),
  SO_SELECT_ERR_QUEUE: flag('udp'),
  SO_SNDBUF: { on: 'udp', set: [10_000, 1], reads: [20_000, 4608] },
  SO_SNDBUFFORCE: { on: 'udp', set: [40_000_000], effect: int('SO_SNDBUF', 80_000_000), root: true },
  SO_SNDLOWAT: get('tcp'),
  SO_SNDTIMEO: times('tcp'),
  SO_SNDTIMEO_NEW: times('udp'),
  SO_SNDTIMEO_OLD: times('unix'),
  SO_TIMESTAMP: flag('udp'),
  SO_TIMESTAMPING: value('udp', 24, 0),
  SO_TIMESTAMPING_NEW: value('udp', 24, 0),
  SO_TIMESTAMPING_OLD: value('udp', 24, 0),
  SO_TIMESTAMPNS: flag('udp'),
  SO_TIMESTAMPNS_NEW: flag('udp'),
  SO_TIMESTAMPNS_OLD: flag('udp'),
  SO_TIMESTAMP_NEW: flag('udp'),
  SO_TIMESTAMP_OLD: flag('udp'),
  SO_TXREHASH: value('tcp', 0, 1),
  SO_TXTIME: {
    on: 'udp',
    set: [{ clock: 1, flags: 2 }],
    ...words,
    shows: ({ clock, flags }: { clock: number; flags: number }) => [clock, flags],
  },
  SO_TYPE: get('udp'),
  SO_WIFI_STATUS: flag('udp'),
  SO_ZEROCOPY: flag('tcp'),
};

const ofIp: Partial<Record<keyof OptionTable, Case>> = {
  IP_ADD_MEMBERSHIP: { on: 'udp', set: [onLo], effect: undone('IP_DROP_MEMBERSHIP', onLo) },
  IP_ADD_SOURCE_MEMBERSHIP: { on: 'udp', set: [source(12)], effect: filtered(12) },
  IP_BIND_ADDRESS_NO_PORT: flag('tcp new'),
  IP_BLOCK_SOURCE: { on: 'udp', before: [['IP_ADD_MEMBERSHIP', onLo]], set: [source(14)], effect: filtered(14) },
  IP_CHECKSUM: flag('udp'),
  IP_DROP_MEMBERSHIP: {
    on: 'udp',
    before: [['IP_ADD_MEMBERSHIP', { group, interface: '127.0.0.1' }]],
    set: [onLo],
    effect: once('IP_DROP_MEMBERSHIP', onLo),
  },
  IP_DROP_SOURCE_MEMBERSHIP: {
    on: 'udp',
    before: [['IP_ADD_SOURCE_MEMBERSHIP', source(17)]],
    set: [source(17)],
    effect: once('IP_DROP_SOURCE_MEMBERSHIP', source(17)),
  },
  IP_FREEBIND: flag('udp'),
  IP_HDRINCL: flag('raw'),
  IP_LOCAL_PORT_RANGE: {
    on: 'udp',
    set: [{ lower: 40_000, upper: 60_000 }],
    python: '(lambda v: dict(lower=v & 65535, upper=v >> 16 & 65535))(s.getsockopt(L, N))',
  },
  IP_MINTTL: value('udp', 5),
  IP_MSFILTER: {
    on: 'udp',
    before: [['IP_ADD_MEMBERSHIP', onLo]],
    set: [{ group, mode: 'include', sources: ['127.0.0.9', '127.0.0.22'], interface: '127.0.0.1' }],
    effect: filtered(22),
  },
  IP_MTU: get('tcp'),
  IP_MTU_DISCOVER: value('udp', 2, 0),
  IP_MULTICAST_ALL: flag('udp'),
  IP_MULTICAST_IF: {
    on: 'udp',
    set: ['127.0.0.1', 'lo', '0.0.0.0'],
    reads: ['127.0.0.1', '0.0.0.0', '0.0.0.0'],
    python: 'socket.inet_ntoa(s.getsockopt(L, N, 4))',
  },
  IP_MULTICAST_LOOP: flag('udp'),
  IP_MULTICAST_TTL: value('udp', 5, 255),
  IP_NODEFRAG: flag('raw'),
  IP_OPTIONS: value('udp', Uint8Array.of(1, 1, 1, 0), new Uint8Array(0)),
  IP_PASSSEC: flag('udp'),
  IP_PKTINFO: flag('udp'),
  IP_PKTOPTIONS: get('tcp'),
  IP_PROTOCOL: get('raw'),
  IP_RECVERR: flag('udp'),
  IP_RECVERR_RFC4884: flag('udp'),
  IP_RECVFRAGSIZE: flag('udp'),
  IP_RECVOPTS: flag('udp'),
  IP_RECVORIGDSTADDR: flag('udp'),
  IP_RECVTOS: flag('udp'),
  IP_RECVTTL: flag('udp'),
  IP_RETOPTS: flag('udp'),
  IP_ROUTER_ALERT: value('raw', 1, 0),
  IP_TOS: value('udp', 0x28),
  IP_TRANSPARENT: flag('udp', { root: true }),
  IP_TTL: { on: 'udp', set: [33, -1], reads: [33, 64] },
  IP_UNBLOCK_SOURCE: {
    on: 'udp',
    before: [
      ['IP_ADD_MEMBERSHIP', onLo],
      ['IP_BLOCK_SOURCE', source(47)],
    ],
    set: [source(47)],
    effect: once('IP_UNBLOCK_SOURCE', source(47)),
  },
  IP_UNICAST_IF: { on: 'udp', set: [lo, 0], ...index },
  MCAST_BLOCK_SOURCE: { on: 'udp', before: [['MCAST_JOIN_GROUP', onLo]], set: [either(49)], effect: filtered(49) },
  MCAST_JOIN_GROUP: { on: 'udp', set: [onLo], effect: undone('MCAST_LEAVE_GROUP', onLo) },
  MCAST_JOIN_SOURCE_GROUP: { on: 'udp', set: [either(51)], effect: filtered(51) },
  MCAST_LEAVE_GROUP: {
    on: 'udp',
    before: [['IP_ADD_MEMBERSHIP', onLo]],
    set: [onLo],
    effect: once('MCAST_LEAVE_GROUP', onLo),
  },
  MCAST_LEAVE_SOURCE_GROUP: {
    on: 'udp',
    before: [['MCAST_JOIN_SOURCE_GROUP', either(53)]],
    set: [either(53)],
    effect: once('MCAST_LEAVE_SOURCE_GROUP', either(53)),
  },
  MCAST_MSFILTER: {
    on: 'udp',
    before: [['MCAST_JOIN_GROUP', onLo]],
    set: [{ group, mode: 'exclude', sources: ['127.0.0.9', '127.0.0.54'], interface: 'lo' }],
    effect: filtered(54),
  },
  MCAST_UNBLOCK_SOURCE: {
    on: 'udp',
    before: [
      ['MCAST_JOIN_GROUP', onLo],
      ['MCAST_BLOCK_SOURCE', either(55)],
    ],
    set: [either(55)],
    effect: once('MCAST_UNBLOCK_SOURCE', either(55)),
  },
};

const ofIpv6: Partial<Record<keyof OptionTable, Case>> = {
  IPV6_ADDRFORM: { on: 'tcp6 mapped', set: [number('AF_INET')], effect: int('SO_DOMAIN', number('AF_INET')) },
  IPV6_ADDR_PREFERENCES: { on: 'udp6', set: [1], reads: [ANY] },
  IPV6_ADD_MEMBERSHIP: { on: 'udp6', set: [group6], effect: undone('IPV6_DROP_MEMBERSHIP', group6) },
  IPV6_AUTHHDR: { on: 'udp6', set: [true], mayRefuse: 'ENOPROTOOPT' },
  IPV6_AUTOFLOWLABEL: flag('udp6'),
  IPV6_CHECKSUM: value('raw6', 4, -1),
  IPV6_DONTFRAG: flag('udp6'),
  IPV6_DROP_MEMBERSHIP: {
    on: 'udp6',
    before: [['IPV6_ADD_MEMBERSHIP', group6]],
    set: [{ ...group6, interface: lo }],
    effect: once('IPV6_DROP_MEMBERSHIP', group6),
  },
  IPV6_DSTOPTS: header,
  IPV6_FLOWINFO: flag('udp6'),
  IPV6_FLOWINFO_SEND: flag('udp6'),
  IPV6_FLOWLABEL_MGR: { on: 'udp6', set: [flowLabel()], effect: lists('ip6_flowlabel', '4D01A') },
  IPV6_FREEBIND: flag('udp6'),
  IPV6_HDRINCL: flag('raw6'),
  IPV6_HOPLIMIT: { on: 'udp6', set: [true], mayRefuse: 'ENOPROTOOPT' },
  IPV6_HOPOPTS: header,
  // No host of its own may be asked here: loopback has no prefix that the address could be in.
  IPV6_JOIN_ANYCAST: {
    on: 'udp6',
    set: [{ group: '2001:db8::1', interface: 'lo' }],
    refused: 'EADDRNOTAVAIL',
    root: true,
  },
  IPV6_LEAVE_ANYCAST: { on: 'udp6', set: [{ group: '2001:db8::1', interface: 'lo' }], refused: 'ENOENT' },
  IPV6_MINHOPCOUNT: value('udp6', 3, 0),
  IPV6_MTU: { on: 'udp6 connected', set: [1400], reads: [ANY] },
  IPV6_MTU_DISCOVER: value('udp6', 2, 0),
  IPV6_MULTICAST_ALL: flag('udp6'),
  IPV6_MULTICAST_HOPS: value('udp6', 7, 0),
  IPV6_MULTICAST_IF: value('udp6', lo, 0),
  IPV6_MULTICAST_LOOP: flag('udp6'),
  IPV6_PATHMTU: { on: 'udp6 connected', python: `struct.unpack('I', s.getsockopt(L, N, 32)[28:])[0]` },
  IPV6_PKTINFO: { on: 'udp6', set: [{ address: '::1', interface: 'lo' }, { address: '::' }] },
  IPV6_RECVDSTOPTS: flag('udp6'),
  IPV6_RECVERR: flag('udp6'),
  IPV6_RECVERR_RFC4884: flag('udp6'),
  IPV6_RECVFRAGSIZE: flag('udp6'),
  IPV6_RECVHOPLIMIT: flag('udp6'),
  IPV6_RECVHOPOPTS: flag('udp6'),
  IPV6_RECVORIGDSTADDR: flag('udp6'),
  IPV6_RECVPATHMTU: flag('udp6'),
  IPV6_RECVPKTINFO: flag('udp6'),
  IPV6_RECVRTHDR: flag('udp6'),
  IPV6_RECVTCLASS: flag('udp6'),
  IPV6_ROUTER_ALERT: { on: 'raw6 own header', set: [5], reads: [ANY] },
  IPV6_ROUTER_ALERT_ISOLATE: flag('udp6'),
  IPV6_RTHDR: { on: 'udp6', set: [new Uint8Array(0)], root: true },
  IPV6_RTHDRDSTOPTS: header,
  IPV6_TCLASS: { on: 'udp6', set: [0x28, -1], reads: [0x28, 0] },
  IPV6_TRANSPARENT: flag('udp6', { root: true }),
  IPV6_UNICAST_HOPS: { on: 'udp6', set: [9, -1], reads: [9, 64] },
  IPV6_UNICAST_IF: { on: 'udp6', set: [lo, 0], ...index },
  IPV6_V6ONLY: flag('udp6'),
};

const repair = ['TCP_REPAIR', 1] as const;
const ofTcp: Partial<Record<keyof OptionTable, Case>> = {
  TCP_AO_ADD_KEY: { on: 'tcp new', set: [new Uint8Array(8)], refused: 'EINVAL' },
  TCP_AO_DEL_KEY: { on: 'tcp new', set: [new Uint8Array(8)], refused: 'EINVAL' },
  TCP_CC_INFO: get('tcp'),
  TCP_CONGESTION: value('tcp', 'reno'),
  TCP_CORK: flag('tcp'),
  // Seconds become a number of retransmissions, and that as many seconds as they take.
  TCP_DEFER_ACCEPT: { on: 'listener', set: [5, 0], reads: [7, 0] },
  TCP_DELACK_MAX_US: value('tcp', 20_000),
  TCP_FASTOPEN: value('listener', 5),
  TCP_FASTOPEN_CONNECT: flag('tcp new'),
  TCP_FASTOPEN_KEY: value(
    'listener',
    Uint8Array.from({ length: 16 }, (_, i) => i),
  ),
  TCP_FASTOPEN_NO_COOKIE: flag('listener'),
  TCP_INFO: {
    on: 'tcp',
    python: `(lambda b: [b[0]] + list(struct.unpack_from('IIII', b, 8)) + [len(b)])(s.getsockopt(L, N, 1024))`,
    shows: ({ raw, rto, mss }: { raw: Buffer; rto: number; mss: number }) => [
      number('TCP_ESTABLISHED'),
      rto,
      raw.readUInt32LE(12),
      mss,
      raw.readUInt32LE(20),
      raw.length,
    ],
  },
  TCP_INQ: flag('tcp'),
  TCP_IS_MPTCP: get('tcp'),
  TCP_KEEPCNT: value('tcp', 3),
  TCP_KEEPIDLE: value('tcp', 30),
  TCP_KEEPINTVL: value('tcp', 5),
  TCP_LINGER2: value('tcp', 30),
  TCP_MAXSEG: value('tcp new', 1000),
  TCP_MD5SIG: { on: 'tcp new', set: [md5('key')], effect: undone('TCP_MD5SIG', md5('')) },
  TCP_MD5SIG_EXT: { on: 'tcp new', set: [md5('key', 1, 32)], effect: undone('TCP_MD5SIG_EXT', md5('', 1, 32)) },
  TCP_NODELAY: flag('tcp'),
  TCP_NOTSENT_LOWAT: value('tcp', 16_384),
  TCP_QUEUE_SEQ: {
    on: 'tcp new',
    before: [repair, ['TCP_REPAIR_QUEUE', 2]],
    set: [0xfffffff0],
    python: 's.getsockopt(L, N) & 0xffffffff',
    root: true,
  },
  TCP_QUICKACK: flag('tcp'),
  TCP_REPAIR: { on: 'tcp new', set: [1, -1], reads: [1, 0], root: true },
  TCP_REPAIR_OPTIONS: { on: 'tcp', before: [repair], set: [Uint8Array.of(2, 0, 0, 0, 232, 3, 0, 0)], root: true },
  TCP_REPAIR_QUEUE: { on: 'tcp new', before: [repair], set: [1, 2, 0], root: true },
  TCP_REPAIR_WINDOW: { on: 'tcp', before: [repair], root: true },
  TCP_RTO_MAX_MS: value('tcp', 5000),
  TCP_RTO_MIN_US: value('tcp', 100_000),
  TCP_SAVED_SYN: get('tcp'),
  TCP_SAVE_SYN: value('listener', 2, 1, 0),
  TCP_SYNCNT: value('tcp new', 3),
  TCP_THIN_DUPACK: { on: 'tcp', set: [true], reads: [false] },
  TCP_THIN_LINEAR_TIMEOUTS: flag('tcp'),
  TCP_TIMESTAMP: { on: 'tcp', moves: true, python: 's.getsockopt(L, N) & 0xffffffff' },
  TCP_TX_DELAY: value('tcp', 1000, 0),
  TCP_ULP: { on: 'tcp', set: ['berkeley'], refused: 'ENOENT' },
  TCP_USER_TIMEOUT: value('tcp', 5000),
  TCP_WINDOW_CLAMP: { on: 'tcp', set: [100_000], reads: [ANY] },
};

const ofUdp: Partial<Record<keyof OptionTable, Case>> = {
  UDP_CORK: flag('udp'),
  UDP_ENCAP: { on: 'udp', set: [number('UDP_ENCAP_L2TPINUDP')], mayRefuse: 'ENOPROTOOPT' },
  UDP_GRO: flag('udp'),
  UDP_NO_CHECK6_RX: flag('udp6'),
  UDP_NO_CHECK6_TX: flag('udp6'),
  UDP_SEGMENT: value('udp', 1200, 0),
};

export const cases = { ...ofSocket, ...ofIp, ...ofIpv6, ...ofTcp, ...ofUdp };
