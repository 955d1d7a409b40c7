// Owns the rooms of src/: which room may import which, and what a room must not contain. ARCHITECTURE.md explains the
// rooms; the table below is the statement of policy, and this script fails the build on a breach. It must not know what
// the rooms do.
//
//   node scripts/rooms.mjs [src-folder]     one line per breach: file:line, what stands there, the rule

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const pure = ['error', 'address', 'buffer', 'codec'];
const harmless = ['node:buffer', 'node:url', 'node:util'];

/**
 * `rooms`: what a room may import besides itself and contract. An entry with a slash allows one file only.
 * `builtins`: the modules of Node it may import; absent: all of them.
 * `packages`: the packages it may import; absent: none.
 * `lazy`: the one file that may load packages while the program runs, with `createRequire(import.meta.url)('name')`.
 * `never`: rules from the list below that hold in the room, besides those that hold everywhere.
 */
const table = {
  // For their types: the rule `code` sees to that.
  contract: { rooms: [], builtins: ['node:crypto', 'node:net', 'node:stream', 'node:stream/web'], never: ['code'] },
  error: { rooms: [], builtins: [...harmless, 'node:os'], never: ['time', 'process'] },
  address: { rooms: ['error'], builtins: harmless, never: ['time', 'process'] },
  buffer: { rooms: ['error'], builtins: harmless, never: ['time', 'process'] },
  codec: {
    rooms: ['error', 'buffer'],
    builtins: harmless,
    never: ['time', 'process'],
    lazy: { file: 'codec/iconv', packages: ['iconv-lite'] },
  },
  native: { rooms: ['error'], never: [], loadsAddon: true },
  event: { rooms: ['error'], never: ['loop'] },
  core: {
    rooms: ['native', ...pure, 'event'],
    builtins: [...harmless, 'node:crypto', 'node:fs', 'node:os', 'node:path', 'node:tls', 'node:worker_threads'],
    never: ['async', 'timer', 'poll'],
  },
  // What an attempt is, where it waits and where it was asked for; nothing of core that knows a protocol.
  wait: {
    rooms: [
      'native',
      'error',
      'core/attempt',
      'core/handle',
      'core/lane',
      'core/leak',
      'core/registration',
      'core/want',
      'event/outbox',
    ],
    never: [],
  },
  face: { rooms: ['core', 'wait', ...pure, 'event'], never: ['loop'] },
  sync: { rooms: ['core', 'wait', 'face', ...pure, 'event'], never: ['loop'] },
  promises: { rooms: ['core', 'wait', 'face', ...pure, 'event'], never: ['loop'] },
  // The class of a connection, and what is in its buffer, besides the public methods.
  streams: { rooms: ['promises/index', 'face/conn-face', 'core/stream', 'error'], never: [] },
  dialects: { rooms: ['sync/index', 'promises/index', 'error'], never: ['loop', 'timer', 'poll'] },
  cli: { rooms: ['promises/index', 'sync/index', 'error'], packages: ['node-forge'], never: [] },
};

/** What a program of probes/ may import besides node: modules and the kit: nothing of the library where another is asked, and no package. */
const probes = { berkeley: ['berkeley', 'berkeley/sync'], node: [], bun: ['bun'], deno: [] };

const lineLimit = 400;

/** What a rule of `never` looks for in a node of the syntax tree; what it finds is named in the report. */
const rules = {
  /** Types only: imports, exports, interfaces and aliases. */
  code(node) {
    if (node.parent === undefined || !ts.isSourceFile(node.parent)) return null;
    if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return null;
    if (ts.isImportDeclaration(node) && node.importClause?.isTypeOnly) return null;
    if (ts.isExportDeclaration(node) && node.isTypeOnly) return null;
    return node.kind === ts.SyntaxKind.EndOfFileToken ? null : firstLine(node);
  },
  async(node) {
    if (node.kind === ts.SyntaxKind.AsyncKeyword) return 'async';
    if (node.kind === ts.SyntaxKind.AwaitKeyword || ts.isAwaitExpression(node)) return 'await';
    return isFreeName(node, ['Promise', 'PromiseLike', 'queueMicrotask']) ? node.text : null;
  },
  timer(node) {
    return isFreeName(node, ['setTimeout', 'setInterval', 'setImmediate']) || isMember(node, 'process', 'nextTick')
      ? firstLine(node)
      : null;
  },
  time(node) {
    return isFreeName(node, ['Date', 'performance', 'setTimeout', 'setInterval', 'setImmediate']) && !isInType(node)
      ? node.text
      : null;
  },
  process(node) {
    return isFreeName(node, ['process']) ? 'process' : null;
  },
  /** poll(2) may look (a limit of a literal 0), never wait. */
  poll(node) {
    if (!ts.isCallExpression(node)) return null;
    const callee = node.expression;
    const direct = ts.isIdentifier(callee);
    const name = direct ? callee.text : ts.isPropertyAccessExpression(callee) ? callee.name.text : '';
    if (!['poll', 'pollMany', 'recvOrWait'].includes(name)) return null;
    if (!direct && !/binding|native/i.test(callee.expression.getText())) return null;
    return node.arguments.at(-1)?.getText() === '0' ? null : firstLine(node);
  },
  /** A loop that could wait: `while`, `do`, and `for` without a condition. */
  loop(node) {
    const endless =
      ts.isForStatement(node) &&
      (node.condition === undefined ||
        node.condition.kind === ts.SyntaxKind.TrueKeyword ||
        /^[1-9]/.test(node.condition.getText()));
    return ts.isWhileStatement(node) || ts.isDoStatement(node) || endless ? firstLine(node) : null;
  },
  addon(node) {
    return isFreeName(node, ['createRequire', 'require']) || isMember(node, 'process', 'dlopen')
      ? firstLine(node)
      : null;
  },
};

const why = {
  code: 'contract holds types only',
  async: 'an attempt never waits: no async, await or Promise',
  timer: 'waiting is the business of wait/: no timers',
  time: 'a pure room does not know the time',
  process: 'a pure room does not touch the process',
  poll: 'core never waits: poll only with a limit of 0',
  loop: 'no loop that could wait: both are in wait/',
  addon: 'only native/ loads the addon',
};

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const src = resolve(process.argv[2] ?? join(root, 'src'));
const breaches = [];

for (const file of sources(src)) checkFile(file);
if (process.argv[2] === undefined) {
  for (const folder of ['test', 'bench', 'examples', 'scripts', 'probes'])
    for (const file of sources(join(root, folder))) checkLength(file);
  for (const [column, allowed] of Object.entries(probes))
    for (const file of sources(join(root, 'probes', column))) checkProbe(file, column, allowed);
}

for (const breach of breaches) console.error(breach);
if (breaches.length > 0) process.exitCode = 1;

function checkFile(file) {
  const place = relative(src, file).split(sep);
  const room = place[0];
  const text = checkLength(file);
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  if (place.length === 1 || !Object.hasOwn(table, room)) {
    report(tree, tree, `src/${room}`, 'every file of src/ stands in a room of the table in scripts/rooms.mjs');
    return;
  }
  const policy = table[room];
  const lazy = policy.lazy?.file === place.join('/').replace(/\.ts$/, '') ? policy.lazy.packages : null;
  const never = policy.loadsAddon || lazy !== null ? policy.never : [...policy.never, 'addon'];
  visit(tree, (node) => {
    const specifier = importOf(node);
    if (specifier !== null && !isLazy(node, specifier, lazy)) checkImport(tree, node, specifier, room, policy);
    for (const rule of never) {
      const found = rules[rule](node);
      if (found !== null) report(tree, node, found, why[rule]);
    }
  });
}

function checkProbe(file, column, allowed) {
  const tree = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  visit(tree, (node) => {
    const specifier = importOf(node);
    if (specifier === null || specifier.startsWith('node:') || specifier === '../kit.mjs') return;
    if (!allowed.includes(specifier))
      report(tree, node, specifier, `a probe of ${column} tries what ${column} has itself`);
  });
}

/** What a file that loads packages lazily may say: `node:module`, and `createRequire` for one of them, at once. */
function isLazy(node, specifier, packages) {
  if (packages === null) return false;
  if (specifier === 'node:module') return true;
  return requiredBy(node) !== null && packages.includes(specifier);
}

function requiredBy(node) {
  if (!ts.isCallExpression(node) || !ts.isCallExpression(node.expression)) return null;
  return node.expression.expression.getText() === 'createRequire' ? textOf(node.arguments[0]) : null;
}

function checkImport(tree, node, specifier, room, policy) {
  const breach = (rule) => report(tree, node, specifier, rule);
  if (specifier.startsWith('node:')) {
    if (policy.builtins !== undefined && !policy.builtins.includes(specifier))
      breach(`${room} must not import this part of Node`);
    if (!policy.loadsAddon && specifier === 'node:module') breach(why.addon);
    return;
  }
  if (!specifier.startsWith('.')) {
    if (!(policy.packages ?? []).includes(specifier))
      breach('only node: modules and files of src/: what is imported into a program has no dependencies');
    return;
  }
  const target = resolve(dirname(tree.fileName), specifier);
  const path = relative(src, target).split(sep);
  if (path[0] === '..') {
    breach('imports stay inside src/');
    return;
  }
  if (!/\.js$/.test(specifier)) breach('imports end in .js');
  const to = path[0];
  const file = path.join('/').replace(/\.js$/, '');
  if (to === room || to === 'contract') return;
  if (!policy.rooms.some((allowed) => allowed === to || allowed === file)) {
    breach(`${room} may import ${policy.rooms.length === 0 ? 'nothing' : policy.rooms.join(', ')}`);
  }
}

function checkLength(file) {
  const text = readFileSync(file, 'utf8');
  const lines = text.split('\n').length - 1;
  if (lines > lineLimit)
    breaches.push(`${relative(root, file)}: ${lines} lines: a file has at most ${lineLimit}; split it by verb`);
  return text;
}

/** The module that a node imports, of whatever form: import, export from, import(), import type, new URL for a worker. */
function importOf(node) {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return textOf(node.moduleSpecifier);
  if (ts.isImportEqualsDeclaration(node)) return textOf(node.moduleReference.expression);
  if (ts.isImportTypeNode(node)) return textOf(node.argument.literal);
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return textOf(node.arguments[0]);
  if (requiredBy(node) !== null) return requiredBy(node);
  if (
    ts.isNewExpression(node) &&
    node.expression.getText() === 'URL' &&
    node.arguments?.[1]?.getText() === 'import.meta.url'
  ) {
    const file = textOf(node.arguments[0]);
    return file !== null && file.endsWith('.js') ? file : null;
  }
  return null;
}

function textOf(node) {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : null;
}

/** An identifier that stands for itself: not a member's name, not a key. */
function isFreeName(node, names) {
  if (!ts.isIdentifier(node) || !names.includes(node.text)) return false;
  const up = node.parent;
  if (ts.isPropertyAccessExpression(up) || ts.isQualifiedName(up)) return (up.expression ?? up.left) === node;
  const isKey =
    ts.isPropertyAssignment(up) ||
    ts.isPropertySignature(up) ||
    ts.isPropertyDeclaration(up) ||
    ts.isMethodDeclaration(up) ||
    ts.isMethodSignature(up);
  return !(isKey && up.name === node);
}

function isMember(node, object, member) {
  return ts.isPropertyAccessExpression(node) && node.expression.getText() === object && node.name.text === member;
}

function isInType(node) {
  return ts.isTypeNode(node.parent);
}

function visit(node, look) {
  look(node);
  ts.forEachChild(node, (child) => visit(child, look));
}

function firstLine(node) {
  return node.getText().split('\n', 1)[0].trim();
}

function report(tree, node, what, rule) {
  const { line } = tree.getLineAndCharacterOfPosition(node.getStart(tree));
  breaches.push(`${relative(root, tree.fileName)}:${line + 1}: ${what}: ${rule}`);
}

function sources(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .filter((name) => /\.(ts|mjs)$/.test(name) && !name.endsWith('.d.ts'))
    .sort()
    .map((name) => join(folder, name));
}
