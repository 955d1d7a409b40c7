// Loads the native addon; load-tls.ts that for TLS. No other file does. Importing never fails: on a platform that is not
// supported, or where the addon is missing, the first call of any function says so.

import { refusal } from '../error/make.js';
import { learnErrnos } from '../error/system.js';
import { loadAddon } from './addon.js';
import type { Binding } from './binding.js';

let missing: (() => Error) | null = null;

/** The addon of this environment. */
export const native: Binding = load();
learnErrnos(native.errnos);

/** Throws where no call can work, before something else is made of the numbers that are missing then. */
export function requireNative(): void {
  if (missing !== null) throw missing();
}

/** The platform, the processor and the C library, for an error. */
export function systemName(): string {
  // Asked for once: a report takes a quarter of a second.
  return (system ??= `${process.platform} ${process.arch} ${libc()}`);
}

let system: string | null = null;

function load(): Binding {
  const { platform, arch } = process;
  if (platform !== 'linux')
    return absent(() =>
      refusal('ERR_UNSUPPORTED_PLATFORM', 'config', `berkeley runs on Linux, and this is ${platform} (${arch})`),
    );
  const loaded = loadAddon('berkeley');
  if (loaded.exports !== null) return loaded.exports as Binding;
  const { reason, hint } = loaded;
  return absent(() =>
    refusal('ERR_NATIVE_MISSING', 'config', `no native addon for ${systemName()} (${reason})`, { hint }),
  );
}

/** What Node's report says of it. Other runtimes have none, or an empty one. */
function libc(): string {
  const { report } = process as { report?: { getReport?(): unknown } };
  const { header, sharedObjects } = (report?.getReport?.() ?? {}) as Report;
  if (header?.glibcVersionRuntime !== undefined) return `glibc ${header.glibcVersionRuntime}`;
  return sharedObjects?.some((path) => path.includes('ld-musl-')) === true ? 'musl' : 'without glibc';
}

interface Report {
  readonly header?: { readonly glibcVersionRuntime?: string };
  readonly sharedObjects?: readonly string[];
}

function absent(error: () => Error): Binding {
  missing = error;
  const empty = Object.freeze({});
  return new Proxy({} as Binding, {
    get(_, name) {
      if (name === 'constants' || name === 'errnos') return empty;
      throw error();
    },
  });
}
