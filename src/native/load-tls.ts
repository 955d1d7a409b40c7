// Loads the addon for TLS, at the first call that needs it: a program without TLS neither pays for it nor needs an OpenSSL.

import { refusal } from '../error/make.js';
import { loadAddon } from './addon.js';
import { native, requireNative, systemName } from './load.js';
import type { TlsBinding } from './tls-binding.js';

let loaded: TlsBinding | null = null;

/** The addon for TLS of this environment. @throws SocketError ERR_TLS_MISSING, each time it is called */
export function loadTls(): TlsBinding {
  return (loaded ??= load());
}

function load(): TlsBinding {
  requireNative();
  const system = openSystemLibrary();
  const addon = loadAddon('berkeley_tls');
  if (addon.exports === null) {
    const { reason, hint } = addon;
    throw missing(system ?? reason, /undefined symbol/.test(reason) || system !== null ? lacksOpenssl : hint);
  }
  const binding = addon.exports as TlsBinding;
  if (binding.versionNumber() >>> 28 !== 3) throw missing(`it has ${binding.versionText()}`, lacksOpenssl);
  return binding;
}

/** Bun and Deno have no OpenSSL to lend. Null, or why the system's cannot be used. */
function openSystemLibrary(): string | null {
  if (process.versions['bun'] === undefined && process.versions['deno'] === undefined) return null;
  return native.openGlobal('libssl.so.3');
}

const lacksOpenssl =
  'TLS needs OpenSSL 3: an official build of Node.js has it, Bun and Deno use the system’s libssl.so.3.';

function missing(why: string, hint: string): Error {
  return refusal('ERR_TLS_MISSING', 'config', `no addon for TLS on ${systemName()} (${why})`, { hint });
}
