// Owns the digests by which equal things are found again. Knows nothing of what they are of.

import { createHash } from 'node:crypto';

/** Of several parts, so that no two lists have the same digest: each part goes in behind its length. */
export function digestOf(...parts: readonly (string | Uint8Array)[]): string {
  return digestBytes(...parts).toString('base64');
}

export function digestBytes(...parts: readonly (string | Uint8Array)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) {
    const size = typeof part === 'string' ? Buffer.byteLength(part) : part.length;
    hash.update(`${size}:`).update(part);
  }
  return hash.digest();
}
