// Owns what a received message is to a program: its data, and the rest decoded when it is looked at, since most programs
// look at little of it.

import type { Datagram, Meta } from '../../contract/message.js';
import { customInspect, show, type Shown } from '../../error/shown.js';
import type { SocketAddress } from '../../address/socket-address.js';
import { AF_UNIX, MSG_TRUNC } from '../../native/constants.js';
import { unpacked, peerAddress, unnamed } from '../sockaddr.js';
import type { Handle } from '../handle.js';
import { decodeMeta, descriptorsIn } from './meta.js';
import { senderOf } from './peers.js';
import { Rights } from './rights.js';
import { CONTROL, type Room } from './room.js';

export class ReceivedDatagram implements Datagram {
  readonly data: Buffer;
  readonly flags: number;
  #from: SocketAddress | string;
  readonly #control: Uint8Array | null;
  #rights: Rights | null = null;
  #meta: Meta | null = null;

  constructor(data: Buffer, from: SocketAddress | string, flags: number, control: Uint8Array | null, unix: boolean) {
    this.data = data;
    this.flags = flags;
    this.#from = from;
    this.#control = control;
    // At once: descriptors must not outlive a message that nobody looks into.
    if (unix && control !== null) {
      const { passed, others } = descriptorsIn(control);
      if (passed.length + others.length > 0) this.#rights = new Rights(passed, others);
    }
  }

  get from(): SocketAddress {
    const from = this.#from;
    return typeof from === 'string' ? (this.#from = from === '' ? unnamed : unpacked(from)) : from;
  }

  /** Descriptors came with it. */
  get carries(): boolean {
    return this.#rights !== null;
  }

  get truncated(): boolean {
    return (this.flags & MSG_TRUNC) !== 0;
  }

  get meta(): Meta {
    return (this.#meta ??= this.#control === null ? {} : decodeMeta(this.#control, this.#rights));
  }

  /** Without `meta`: who only prints a message must not take its descriptors. */
  [customInspect](...shown: Shown): string {
    const { data, from, truncated, flags } = this;
    return show('Datagram', { data, from, truncated: truncated || null, flags: flags || null }, shown);
  }
}

/** The message in a slot, with its data. */
export function datagramIn(handle: Handle, room: Room, slot: number, data: Buffer): ReceivedDatagram {
  const { words } = room;
  const base = slot * room.stride;
  const length = words[base + 2]!;
  const unix = handle.family === AF_UNIX;
  let control: Uint8Array | null = null;
  if (length > 0) {
    const at = base * 4 + CONTROL;
    control = new Uint8Array(room.bytes.subarray(at, at + length));
  }
  const from = words[base + 1] === 0 ? peerOf(handle) : senderOf(room, slot);
  return new ReceivedDatagram(data, from, words[base + 3]!, control, unix);
}

/** Where the kernel names no sender, it is the peer of a connection, or somebody without a name. */
function peerOf(handle: Handle): SocketAddress {
  if (!handle.endsWithZero) return handle.family === AF_UNIX ? unnamed : nobody;
  let peer = peers.get(handle);
  if (peer === undefined) {
    try {
      peer = peerAddress(handle.fd);
      peers.set(handle, peer);
    } catch {
      // A connection that was reset may have none any more.
      peer = handle.family === AF_UNIX ? unnamed : nobody;
    }
  }
  return peer;
}

const nobody = unpacked('');
const peers = new WeakMap<Handle, SocketAddress>();
