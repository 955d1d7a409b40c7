// Owns the addresses of those who sent something: decoded once, so that a thousand datagrams of one peer share one object.

import type { SocketAddress } from '../../address/socket-address.js';
import { unpacked } from '../sockaddr.js';
import { CONTROL, NAME, type Room } from './room.js';

/** A direct-mapped cache: seven words of sockaddr_in6, or two of sockaddr_in, lead to an address. */
const PLACES = 256;
const WORDS = 7;
const keys = new Int32Array(PLACES * WORDS);
const lengths = new Uint8Array(PLACES);
const addresses: (SocketAddress | null)[] = Array.from({ length: PLACES }, () => null);

const SIZE_IN = 16;
const SIZE_IN6 = 28;

/** The sender's address where it is known already or costs little; else the bytes of it. */
export function senderOf(room: Room, slot: number): SocketAddress | string {
  const { words } = room;
  const base = slot * room.stride;
  const length = words[base + 1]!;
  const at = base + (NAME >> 2);
  if (length === SIZE_IN) return known(room, at, length, 2);
  // The name of a zone may change, so such an address is decoded each time it is asked for.
  if (length === SIZE_IN6 && words[at + 6] === 0) return known(room, at, length, WORDS);
  return bytesOf(room, at, length);
}

/** The first `count` words tell one address from another. */
function known(room: Room, at: number, length: number, count: number): SocketAddress {
  const { words } = room;
  let hash = 0;
  for (let i = 0; i < count; i++) hash = Math.imul(hash ^ words[at + i]!, 0x9e3779b1);
  const place = (hash >>> 16) & (PLACES - 1);
  const key = place * WORDS;
  if (lengths[place] === length) {
    let same = true;
    for (let i = 0; i < count; i++) if (keys[key + i] !== words[at + i]) same = false;
    if (same) return addresses[place]!;
  }
  for (let i = 0; i < count; i++) keys[key + i] = words[at + i]!;
  lengths[place] = length;
  return (addresses[place] = unpacked(bytesOf(room, at, length)));
}

function bytesOf(room: Room, at: number, length: number): string {
  const begin = at * 4;
  return room.bytes.toString('latin1', begin, begin + Math.min(length, CONTROL - NAME));
}
