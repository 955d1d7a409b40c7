// Owns the copy of the tree that a sanitizer looks at: the addons compiled with it, the tests and what they need beside them,
// and a node that brings the sanitizer's library. It must not know which tests are run, nor what is found.
//
// Everything is in build/sanitized/, so nothing of the product changes: native/build/ is never written to, and the loader of the
// addon finds the other files because the whole copy is another place.
//
// A sanitizer must be in the process before the C library is used. LD_PRELOAD would do that to every program that a test
// starts, too; so it is written into a copy of node as the first library that it needs. process.execPath is that copy, and so
// are the children that tests make of it.

import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { basename, join, relative, resolve, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const place = join(root, 'build', 'sanitized');

/** What each kind is made of. One build serves address and undefined. */
const kinds = {
  // What is undefined traps, and AddressSanitizer reports the trap: the library of its own would report to another place.
  address: { flags: '-fsanitize=address,undefined -fsanitize-undefined-trap-on-error', library: 'libasan.so' },
  thread: { flags: '-fsanitize=thread', library: 'libtsan.so' },
};

/** Left out of the copy: what is large or not needed, and this folder itself. */
const left = new Set([
  '.git',
  'node_modules',
  '.contenders',
  'build/sanitized',
  'native/build',
  'native/prebuilt',
  'bench/results',
]);

/**
 * The tree of a kind, made anew: its root and its node.
 *
 * @throws Error when something does not compile, or a tool is missing
 */
export function sanitizedTree(kind, node) {
  const tree = join(place, kind);
  rmSync(tree, { recursive: true, force: true });
  mkdirSync(tree, { recursive: true });
  for (const name of readdirSync(root)) {
    if (name === 'build' || left.has(name)) continue;
    copy(join(root, name), join(tree, name));
  }
  for (const name of readdirSync(join(root, 'build'))) {
    if (name !== 'sanitized') copy(join(root, 'build', name), join(tree, 'build', name));
  }
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
  build(tree, kind);
  return { tree, node: sanitizedNode(kind, node) };
}

function copy(from, to) {
  const filter = (source) => !left.has(relative(root, source));
  // With the times, because what is newer than its product would be bundled again.
  cpSync(from, to, { recursive: true, preserveTimestamps: true, filter, verbatimSymlinks: true });
}

/** Both addons, as they are always built, and one more with planted mistakes. */
function build(tree, kind) {
  const flags = [...kinds[kind].flags.split(' '), '-fno-omit-frame-pointer', '-g', '-O1'];
  // The compiler warns of more in code that it has put checks into.
  const env = { ...process.env, CXXFLAGS: [...flags, '-Wno-error'].join(' '), LDFLAGS: kinds[kind].flags };
  run(process.execPath, [join(tree, 'scripts', 'build-native.mjs')], { env });
  const planted = join(tree, 'native', 'build', 'Release', 'berkeley_planted.node');
  const source = join(tree, 'test', 'support', 'sanitized', 'planted.cc');
  run('g++', ['-shared', '-fPIC', '-std=c++17', ...flags, ...includes(), source, '-o', planted]);
}

function includes() {
  const beside = process.env.npm_config_nodedir ?? join(dirname(process.execPath), '..');
  return [`-I${join(beside, 'include', 'node')}`];
}

function sanitizedNode(kind, node) {
  const copied = join(place, `node-${kind}`);
  rmSync(copied, { force: true });
  copyFileSync(node, copied);
  chmodSync(copied, 0o755);
  // It is put before those that are there.
  run('patchelf', ['--add-needed', soname(kinds[kind].library), copied]);
  return copied;
}

/** "libasan.so.8", from the compiler's own libasan.so. */
function soname(library) {
  const path = run('g++', [`-print-file-name=${library}`]).trim();
  if (!existsSync(path)) throw new Error(`the compiler has no ${library}`);
  const [, name] = /Library soname: \[(.+)\]/.exec(run('readelf', ['-d', path])) ?? [];
  return name ?? basename(path);
}

/** Runs a tool to its end; what it said. */
export function run(command, words, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, words, { encoding: 'utf8', ...options });
  if (status === 0) return stdout;
  throw new Error(`${command} ${words.join(' ')}\n${error?.message ?? ''}${stdout ?? ''}${stderr ?? ''}`);
}
