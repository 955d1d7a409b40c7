// Owns the cases of IPPROTO_TCP and IPPROTO_UDP, sorted by C name.

import type { OptionTable } from 'berkeley/sync';
import { ANY, flag, get, md5, number, undone, value, type Case } from './case.js';

const repair = ['TCP_REPAIR', 1] as const;
export const ofTcp: Partial<Record<keyof OptionTable, Case>> = {
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

export const ofUdp: Partial<Record<keyof OptionTable, Case>> = {
  UDP_CORK: flag('udp'),
  UDP_ENCAP: { on: 'udp', set: [number('UDP_ENCAP_L2TPINUDP')], mayRefuse: 'ENOPROTOOPT' },
  UDP_GRO: flag('udp'),
  UDP_NO_CHECK6_RX: flag('udp6'),
  UDP_NO_CHECK6_TX: flag('udp6'),
  UDP_SEGMENT: value('udp', 1200, 0),
};
