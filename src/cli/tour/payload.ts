// Owns the bytes of the big transfers: the same on both sides, no two stretches alike. Pure.

import { createCipheriv, createHash } from 'node:crypto';

/** `length` bytes that both ends can make for themselves. */
export function payload(length: number): Buffer {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16, 'berkeley'), Buffer.alloc(16)).update(Buffer.alloc(length));
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
