// Owns the way to the TLS addon: loaded at the first use, with the array that calls on sessions report to.

import { loadTls } from '../../native/load-tls.js';
import type { TlsBinding } from '../../native/tls-binding.js';

/** What the last call on a session left behind; see tlsStatus. */
export const status = new Int32Array(8);

let binding: TlsBinding | null = null;

/** The addon. Throws `ERR_TLS_MISSING` where it cannot be. */
export function tls(): TlsBinding {
  if (binding !== null) return binding;
  binding = loadTls();
  binding.setStatus(status);
  return binding;
}

export function hasTls(): boolean {
  try {
    tls();
    return true;
  } catch {
    return false;
  }
}
