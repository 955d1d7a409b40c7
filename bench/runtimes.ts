// Owns the runtimes that can run a program of the benchmark: the Node that runs it, other lines of Node, Bun and Deno as
// scripts/fetch-contenders.mjs has fetched them. Knows nothing of what is run.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Runtimes besides the Node that runs the benchmark. */
export const RUNTIMES = ['node20', 'node22', 'node24', 'node26', 'bun', 'deno'] as const;
export type RuntimeName = (typeof RUNTIMES)[number];

export interface Runtime {
  /** What stands before the path of a module, and what lets it call `gc`. */
  readonly command: readonly string[];
  readonly withGc: readonly string[];
  readonly version: string;
}

interface Package {
  readonly package: Readonly<Record<string, string>>;
  readonly binary: string;
}

// This file runs as build/bench/runtimes.js.
const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const PACKAGES = JSON.parse(readFileSync(join(ROOT, 'scripts', 'contenders.json'), 'utf8')) as Record<string, Package>;

export const OWN: Runtime = {
  command: [process.execPath],
  withGc: ['--expose-gc'],
  version: `Node ${process.versions.node}`,
};

const found = new Map<RuntimeName, Runtime | null>();

/** The runtime, or `null` where it is not there, or does not run. */
export function findRuntime(name: RuntimeName): Runtime | null {
  let runtime = found.get(name);
  if (runtime === undefined) found.set(name, (runtime = look(name)));
  return runtime;
}

/** What the Node that runs the benchmark is called in the list. */
export const OWN_NAME = `node${process.versions.node.split('.')[0]!}`;

function look(name: RuntimeName): Runtime | null {
  if (name === OWN_NAME) return OWN;
  const folder = name.replace(/^node/, 'node-');
  const { package: packages, binary } = PACKAGES[folder]!;
  const path = join(ROOT, '.contenders', folder, 'node_modules', packages[process.arch] ?? process.arch, binary);
  if (!existsSync(path)) return null;
  const { status, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  const version = /\d+\.\d+\.\d+\S*/.exec(stdout ?? '')?.[0];
  if (status !== 0 || version === undefined) return null;
  if (name === 'bun') return { command: [path], withGc: ['--expose-gc'], version: `Bun ${version}` };
  if (name !== 'deno') return { command: [path], withGc: ['--expose-gc'], version: `Node ${version}` };
  return {
    command: [path, 'run', '--quiet', '--allow-all', '--no-check', '--unstable-net'],
    withGc: ['--v8-flags=--expose-gc'],
    version: `Deno ${version}`,
  };
}
