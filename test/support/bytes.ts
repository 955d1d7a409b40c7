// Owns the bytes that tests send: the same pattern as in peer.py, and its hash.

import { createHash } from 'node:crypto';

const BLOCK = 65_521;
const block = Buffer.from(Array.from({ length: BLOCK }, (_, i) => (i * i + (i >> 3)) & 255));

/** `n` bytes of a block of prime length, repeated: what is lost, doubled or moved changes the hash. */
export function pattern(n: number): Buffer {
  return Buffer.alloc(n, block);
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
