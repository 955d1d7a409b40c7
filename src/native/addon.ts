// Owns where the addon files are and how one gets into this process. It must not know what they contain.
//
// Explicit places, and the first file that is there counts. In the package, in a checkout, and wherever the package was copied as it is, they are
// counted from this file. A bundler puts this code into a file of a program's own: then they are beside that file, or in the package that
// the program finds by its name, as it would find any other.

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the addon exports; or why there is none, and what to do. */
export type Loaded =
  { readonly exports: object } | { readonly exports: null; readonly reason: string; readonly hint: string };

/** The folder that a bundled program has beside it: a copy of the package's native/prebuilt. */
const BESIDE = 'berkeley-native';

/** How this file ends where nobody has bundled it. scripts/bundle.mjs writes here what its own files are called. */
const HOME = '/compiled/native/addon.js';

/**
 * The addon of that name. Without `require`, whose way to a file takes three milliseconds and more than a megabyte.
 */
export function loadAddon(name: 'berkeley' | 'berkeley_tls'): Loaded {
  const tried: Failure[] = [];
  for (const places of [near, byName]) {
    for (const path of places(name)) {
      const module = { exports: {} };
      try {
        process.dlopen(module, path);
        return module;
      } catch (error) {
        tried.push({ path, error });
        // A file that is there and does not load is not passed over in silence for another one.
        if (!isAbsent(path, error)) return { exports: null, ...explain(tried) };
      }
    }
  }
  return { exports: null, ...explain(tried) };
}

interface Failure {
  readonly path: string;
  readonly error: unknown;
}

/** By what dlopen(3) says: to look would take node:fs, which a program that finds its addon does without. */
function isAbsent(path: string, error: unknown): boolean {
  const said = firstLine(error);
  return said.includes(path) && said.includes('No such file or directory');
}

function isBundled(): boolean {
  return !import.meta.url.endsWith(HOME);
}

/** Below the root of the package. A build of one's own comes first. */
function within(root: string, name: string): string[] {
  return [
    join(root, 'native', 'build', 'Release', `${name}.node`),
    join(root, 'native', 'prebuilt', platform(), `${name}.node`),
  ];
}

function near(name: string): string[] {
  if (!isBundled()) return within(fileURLToPath(new URL('../../', import.meta.url)), name);
  return [join(programFolder(), BESIDE, platform(), `${name}.node`)];
}

/** The package that a bundled program would import, had it not been bundled. */
function byName(name: string): string[] {
  if (!isBundled()) return [];
  try {
    const description = createRequire(import.meta.url).resolve('berkeley/package.json');
    const { name: found } = JSON.parse(readFileSync(description, 'utf8')) as { name?: unknown };
    return found === 'berkeley' ? within(dirname(description), name) : [];
  } catch {
    return [];
  }
}

function programFolder(): string {
  return dirname(fileURLToPath(import.meta.url));
}

function platform(): string {
  return `${process.platform}-${process.arch}`;
}

function explain(tried: readonly Failure[]): { reason: string; hint: string } {
  const forbidden = tried.find(({ error }) => codeOf(error) === 'ERR_DLOPEN_DISABLED');
  if (forbidden !== undefined) return { reason: firstLine(forbidden.error), hint: FORBIDDEN };
  // A file that is there and does not load says more than those that are not there.
  const broken = tried.filter(({ path }) => existsSync(path));
  if (broken.length > 0) return { reason: broken.map(({ error }) => firstLine(error)).join('; '), hint: buildHint() };
  const reason = `there is no ${tried.map(({ path }) => path).join(', no ')}`;
  return { reason, hint: isBundled() ? bundleHint() : buildHint() };
}

const FORBIDDEN =
  'Node was told to load no addons: under --permission start the program with --allow-addons, else without --no-addons.';

function bundleHint(): string {
  return (
    'The program is a bundle. Keep the package installed where it runs, or leave it out of the bundle (esbuild: --external:berkeley), ' +
    `or copy the package's folder native/prebuilt to ${join(programFolder(), BESIDE)}.`
  );
}

function buildHint(): string {
  const own = isBundled() ? 'node_modules/berkeley/native' : fileURLToPath(new URL('../../native', import.meta.url));
  return (
    'The package brings addons for Linux with glibc 2.28 or newer, on x64 and arm64; none has been tried with musl. ' +
    `Build it with a C++ compiler, make and python3: npm run build in a checkout, or npx node-gyp rebuild -C ${own}`
  );
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function firstLine(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}
