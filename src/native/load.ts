// Finds and loads the native addon; load-tls.ts that for TLS. No other file loads one. Importing never fails: on a platform that is not
// supported, or where the addon is missing, the first call of any function says so.

import { refusal } from '../error/make.js';
import { learnErrnos } from '../error/system.js';
import { loadAddon } from './addon.js';
import type { Binding } from './binding.js';

// Explicit places, the first that loads counts. No search, so that nobody else's file is loaded by accident.
const places = ['../../native/build/Release/berkeley.node'];

let missing: (() => Error) | null = null;

/** The addon of this environment. */
export const native: Binding = load();
learnErrnos(native.errnos);

/** Throws where no call can work, before something else is made of the numbers that are missing then. */
export function requireNative(): void {
  if (missing !== null) throw missing();
}

function load(): Binding {
  const { platform, arch } = process;
  if (platform !== 'linux')
    return absent(() =>
      refusal('ERR_UNSUPPORTED_PLATFORM', 'config', `berkeley runs on Linux, and this is ${platform} (${arch})`),
    );
  const reasons: string[] = [];
  let forbidden = false;
  for (const place of places) {
    try {
      return loadAddon(place) as Binding;
    } catch (error) {
      forbidden ||= error instanceof Error && 'code' in error && error.code === 'ERR_DLOPEN_DISABLED';
      reasons.push(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
    }
  }
  // Asked for once: a report takes a quarter of a second.
  let system: string | null = null;
  return absent(() => {
    system ??= `${platform} ${arch} ${libc()}`;
    return refusal('ERR_NATIVE_MISSING', 'config', `no native addon for ${system} (${reasons.join('; ')})`, {
      hint: forbidden ? FORBIDDEN : 'Build it in the checkout with a C++ compiler, make and python3: npm run build',
    });
  });
}

const FORBIDDEN =
  'Node was told to load no addons: under --permission start the program with --allow-addons, else without --no-addons.';

function libc(): string {
  const header = (process.report.getReport() as { header?: { glibcVersionRuntime?: string } }).header;
  return header?.glibcVersionRuntime === undefined ? 'without glibc' : `glibc ${header.glibcVersionRuntime}`;
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
