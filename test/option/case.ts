// Owns what a case of the test over all tokens is, and what cases are made of. It must not know how they are gone through.

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

export const lo = Number(readFileSync('/sys/class/net/lo/ifindex', 'utf8'));
export const number = (name: string): number => constants[name]!;
export const int = (name: keyof OptionTable, value: number) => (socket: Socket<'sync'>) =>
  socket.getOption<unknown>(options[name]) === value;
export const lists =
  (file: string, text: string, yes = true) =>
  () =>
    readFileSync(`/proc/net/${file}`, 'utf8').replace(/ +/g, ' ').includes(text) === yes;
/** It is done, so it cannot be done again. */
export const once = (name: keyof OptionTable, value: unknown) => (socket: Socket<'sync'>) => {
  try {
    setByName(socket, name, value);
    return false;
  } catch {
    return true;
  }
};

/** Something that can be taken back just once. */
export const undone = (undo: keyof OptionTable, value: unknown) => (socket: Socket<'sync'>) => {
  setByName(socket, undo, value);
  return once(undo, value)(socket);
};

export const flag = (on: Kind, more: Partial<Case> = {}): Case => ({ on, set: [true, false], ...more });
export const value = (on: Kind, ...set: unknown[]): Case => ({ on, set });
export const get = (on: Kind): Case => ({ on });

/** `ret k` of classic BPF with k bytes. */
export const ret = (k: number) => Uint8Array.of(6, 0, 0, 0, k, 0, 0, 0);
const time: Partial<Case> = {
  python: `(lambda t: t[0] * 1000 + t[1] / 1000 or None)(struct.unpack('qq', s.getsockopt(L, N, 16)))`,
};
export const times = (on: Kind): Case => ({ on, set: [1500, 3_600_000, null], ...time });
export const bigint: Partial<Case> = { python: `str(struct.unpack('Q', s.getsockopt(L, N, 8))[0])`, shows: String };
export const words: Partial<Case> = { python: `[x for x, in struct.iter_unpack('I', s.getsockopt(L, N, 256))]` };
export const index: Partial<Case> = { python: `struct.unpack('!I', s.getsockopt(L, N, 4))[0]` };
const padding = Uint8Array.of(0, 0, 1, 4, 0, 0, 0, 0);
export const header: Case = { on: 'udp6', set: [padding, new Uint8Array(0)], root: true };

export const group = '239.255.77.1';
export const onLo = { group, interface: 'lo' };
/** A source of its own for each case: /proc shows those of all sockets together. */
export const source = (n: number) => ({ group, source: `127.0.0.${n}`, interface: '127.0.0.1' });
export const either = (n: number) => ({ group, source: `127.0.0.${n}`, interface: lo });
export const filtered = (n: number) => lists('mcfilter', ` lo 0xefff4d01 0x7f0000${n.toString(16).padStart(2, '0')} `);
export const group6 = { group: 'ff15::4d01', interface: 'lo' };

/** struct tcp_md5sig for 127.0.0.1. */
export function md5(key: string, flags = 0, prefix = 0): Uint8Array {
  const bytes = Buffer.alloc(216);
  bytes.writeUInt16LE(number('AF_INET'), 0);
  bytes.set([127, 0, 0, 1], 4);
  bytes.set([flags, prefix, key.length, 0], 128);
  bytes.write(key, 136);
  return bytes;
}

/** struct in6_flowlabel_req: creates a label of our own for ::1. */
export function flowLabel(): Uint8Array {
  const bytes = Buffer.alloc(32);
  bytes[15] = 1;
  bytes.writeUInt32BE(0x4d01a, 16);
  bytes.set([0, 1, 1, 0], 20);
  return bytes;
}
