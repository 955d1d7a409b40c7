// Finds and loads the addon for TLS, at the first call that needs it: a program without TLS neither pays for it nor needs
// an OpenSSL.

import { refusal } from '../error/make.js';
import { loadAddon } from './addon.js';
import { native, requireNative } from './load.js';
import type { TlsBinding } from './tls-binding.js';

const place = '../../native/build/Release/berkeley_tls.node';

let loaded: TlsBinding | null = null;

/** The addon for TLS of this environment. @throws SocketError ERR_TLS_MISSING, each time it is called */
export function loadTls(): TlsBinding {
  return (loaded ??= load());
}

function load(): TlsBinding {
  requireNative();
  const reason = openSystemLibrary();
  let binding: TlsBinding;
  try {
    binding = loadAddon(place) as TlsBinding;
  } catch (error) {
    const first = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw missing(reason ?? first, /undefined symbol/.test(first) || reason !== null ? lacksOpenssl : lacksFile);
  }
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
const lacksFile = 'Build it in the checkout with a C++ compiler, make and python3: npm run build';

function missing(why: string, hint: string): Error {
  const { platform, arch } = process;
  return refusal('ERR_TLS_MISSING', 'config', `no addon for TLS on ${platform} ${arch} (${why})`, { hint });
}
