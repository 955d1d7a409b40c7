// Owns pins: the SHA-256 of a public key as people write it, and of the key that a certificate has. Pure.

import { createHash, type X509Certificate } from 'node:crypto';

/** The hash in base64, of hexadecimal (with colons or without) or base64, with `sha256/` in front or without; null when it is none. */
export function parsePin(text: string): string | null {
  const bare = text.replace(/^sha256\/+/i, '').replace(/:/g, '');
  const bytes = Buffer.from(bare, /^[\da-f]{64}$/i.test(bare) ? 'hex' : 'base64');
  // Buffer passes over what it cannot read, so the length alone proves nothing.
  const complete = bytes.length === 32 && (bare.length === 64 || /^[\w+/-]{43}=?$/.test(bare));
  return complete ? bytes.toString('base64') : null;
}

/** Null when the key is of a kind that this Node cannot read. */
export function pinOf(certificate: X509Certificate): string | null {
  try {
    const key = certificate.publicKey.export({ type: 'spki', format: 'der' });
    return createHash('sha256').update(key).digest('base64');
  } catch {
    return null;
  }
}
