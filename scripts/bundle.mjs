// Owns how what the compiler made becomes what is shipped: the modules of compiled/, put together in the few files of dist/,
// because each file that is opened and each module that is linked costs an import more than its text does. It must not know
// what the modules do.
//
//   node scripts/bundle.mjs     does nothing when dist/ is newer than compiled/
//
// All entries are bundled in one go and share their chunks, so that a class is the same one for whoever imports it. A chunk
// stands as deep below the root as the modules do, so that paths relative to import.meta.url hold.

import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const compiled = join(root, 'compiled');
const dist = join(root, 'dist');

/** What programs import. The command stays as it is, and is written beside; these two are what it takes from the library besides. */
const entries = [
  'promises/index',
  'sync/index',
  'streams/index',
  ...dialects(),
  'error/socket-error',
  'error/verify-hint',
];

/** Parts of Node that take milliseconds and megabytes to load. They are loaded when something of them is first used. */
const late = ['node:crypto', 'node:fs', 'node:util', 'node:worker_threads'];

/** Written last, so that it is as new as all of them. */
const last = join(dist, 'promises', 'index.js');

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await bundle();

/** Brings dist/ up to date. */
export async function bundle() {
  if (upToDate()) return;
  const made = await outputs();
  check(made);
  for (const [path, text] of made) if (path !== last) write(path, text);
  write(last, made.get(last));
  for (const path of files(dist)) if (!path.endsWith('.d.ts') && !made.has(path)) rmSync(path);
}

function upToDate() {
  if (!existsSync(last)) return false;
  const { mtimeMs } = statSync(last);
  return [fileURLToPath(import.meta.url), ...files(compiled)].every((path) => statSync(path).mtimeMs <= mtimeMs);
}

/** The text of every file, by its path. */
async function outputs() {
  const { outputFiles } = await build({
    entryPoints: entries.map((name) => ({ in: join(compiled, `${name}.js`), out: name })),
    outdir: dist,
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    write: false,
    logLevel: 'warning',
    plugins: [{ name: 'late', setup: loadLate }],
  });
  const made = new Map(outputFiles.map(({ path, text }) => [path, withPlace(path, withRequire(withOwnNames(text)))]));
  for (const path of files(join(compiled, 'cli')).filter((name) => name.endsWith('.js')))
    made.set(join(dist, relative(compiled, path)), withoutMap(readFileSync(path, 'utf8')));
  return made;
}

/**
 * Puts an object with a getter for each name in the place of a late module: the bundler makes `late.createHash` of what says
 * `createHash` in the source.
 */
function loadLate({ onResolve, onLoad }) {
  onResolve({ filter: /^node:/ }, ({ path, kind }) =>
    kind === 'import-statement' && late.includes(path) ? { path, namespace: 'late' } : { path, external: true },
  );
  onLoad({ filter: /./, namespace: 'late' }, ({ path }) => {
    const getters = namesOf(path).map((name) => `get ${name}() { return require('${path}').${name}; }`);
    return { contents: `module.exports = { ${getters.join(',\n')} };` };
  });
}

/** What the library imports of a module. */
function namesOf(module) {
  const names = new Set();
  for (const path of files(compiled).filter((name) => name.endsWith('.js')))
    for (const [, list] of readFileSync(path, 'utf8').matchAll(
      new RegExp(`^import \\{([^}]*)\\} from '${module}';$`, 'gm'),
    ))
      for (const name of list.split(',')) names.add(name.trim().split(' ')[0]);
  return [...names];
}

/** Late modules are required, which a module of ECMAScript has no function for. */
function withRequire(text) {
  if (!text.includes('var __require =')) return text;
  return `import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);\n${text}`;
}

/**
 * A program of somebody's may bundle these files again. Then `import.meta` is that of its own file, and empty in CommonJS, which has a name
 * of its own for that file; and the code that looks for the addon must see that it stands elsewhere.
 */
function withPlace(path, text) {
  if (!text.includes('import.meta.url')) return text;
  const placed = text
    .replaceAll('import.meta.url', '__place')
    .replace('"/compiled/native/addon.js"', `"/${relative(root, path)}"`);
  return `import { pathToFileURL as __toUrl } from 'node:url';
const __place = import.meta.url ?? (typeof __filename === 'string' ? __toUrl(__filename).href : 'file:///');
${placed}`;
}

/** A class that speaks of itself is given a second name by the bundler, `_Stream`, which stacks and `inspect` would show. */
function withOwnNames(text) {
  const names = [...text.matchAll(/^var (\w+) = class _\1\b/gm)].map((match) => match[1]);
  return names.reduce((all, name) => all.replace(new RegExp(`\\b_${name}\\b`, 'g'), name), text);
}

function withoutMap(text) {
  return text.replace(/^\/\/# sourceMappingURL=.*\n?/m, '');
}

/** What would go wrong in silence. */
function check(made) {
  for (const [path, text] of made) {
    const name = relative(dist, path);
    const fail = (why) => {
      throw new Error(`bundle: ${name}: ${why}`);
    };
    for (const [, specifier] of text.matchAll(/^(?:import|export)\b[^'"]*['"](\.[^'"]+)['"];$/gm))
      if (!made.has(resolve(dirname(path), specifier))) fail(`there is no ${specifier}`);
    if (name.startsWith('cli')) continue;
    if (text.includes('import.meta') && !name.startsWith('chunks')) fail('import.meta.url is not where it was');
    if (text.includes('process.dlopen') && !text.includes(`"/dist/${name}"`)) fail('it does not know its own name');
    const renamed = /\bclass (_\w+|\w+\d)\b/.exec(text);
    if (renamed !== null) fail(`users would see the name ${renamed[1]}: two modules have one`);
  }
}

/** In one step, so that a program that starts meanwhile finds the old file or the new one. */
function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

function dialects() {
  return readdirSync(join(root, 'src', 'dialects'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `dialects/${entry.name}/index`);
}

function files(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}
