// Every member of an original socket module is in its dialect and on its page. The lists in test/dialects/members/ have one
// line for each member: the original's name, a tab, our path. A path is `connect` or `Socket.connect` (a method, an
// accessor, or a key of an object), `Socket.static create`, `Socket#host` (a field of an instance), or `type ipv4Addr`.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import ts from 'typescript';
import { blocks, root, textOf } from '../docs/pages.js';

interface Member {
  readonly original: string;
  readonly ours: string;
}

const lists = `${root}test/dialects/members/`;
const named = (folder: string, ending: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith(ending))
        .map((name) => name.slice(0, name.length - ending.length))
        .sort()
    : [];
const dialects = existsSync(`${root}src/dialects`)
  ? readdirSync(`${root}src/dialects`, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort()
  : [];

test('every dialect has its list of members and its page, and every list and page its dialect', () => {
  assert.deepEqual(named(lists, '.txt'), dialects);
  assert.deepEqual(
    named(`${root}docs/dialects`, '.md').filter((name) => name !== 'README'),
    dialects,
  );
});

test('the page of the dialects leads to each of them', () => {
  const page = textOf('docs/dialects/README.md');
  for (const name of dialects) assert.ok(page.includes(`](${name}.md)`), name);
});

for (const name of dialects) {
  test(`${name}: every member of the original is in the module`, async () => {
    const members = membersOf(name);
    assert.ok(members.length >= 8, `only ${members.length} members are listed`);
    const module = (await import(`berkeley/dialects/${name}`)) as object;
    const declared = new Declared(`${root}dist/dialects/${name}/index.d.ts`);
    const missing = members.filter(({ ours }) => !isThere(module, ours, declared));
    assert.deepEqual(missing, []);
  });

  test(`${name}: every member of the original is in the tables of its page, with our name beside it`, () => {
    const rows = rowsOf(`docs/dialects/${name}.md`);
    const missing = membersOf(name).filter(
      ({ original, ours }) => !rows.some(([first = [], second = []]) => has(first, original) && has(second, ours)),
    );
    assert.deepEqual(missing, []);
  });
}

test('the checks find what is missing', () => {
  const declared = new Declared(`${root}dist/sync/index.d.ts`);
  class Thing {
    static make = 1;
    get size(): number {
      return assert.fail('the getter ran');
    }
  }
  const module = { connect: () => undefined, Thing, EVENT: { A: 1 } };
  for (const path of ['connect', 'Thing', 'Thing.size', 'Thing.static make', 'EVENT.A', 'type Conn', 'TlsInfo#cipher'])
    assert.ok(isThere(module, path, declared), path);
  for (const path of [
    'listen',
    'Thing.make',
    'Thing.static size',
    'EVENT.B',
    'type Nothing',
    'TlsInfo#nothing',
    'No#a',
  ])
    assert.ok(!isThere(module, path, declared), path);
  assert.ok(has(['send(data)'], 'send') && has(['send'], 'send') && !has(['send2', 'sender(x)', 'a.send'], 'send'));
});

function membersOf(name: string): Member[] {
  const lines = readFileSync(`${lists}${name}.txt`, 'utf8').split('\n');
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const [original, ours, ...rest] = line.split('\t');
      assert.ok(original && ours && rest.length === 0, `${name}.txt: ${line}: a line is name, tab, path`);
      return { original, ours };
    });
}

function isThere(module: object, path: string, declared: Declared): boolean {
  if (path.startsWith('type ')) return declared.has(path.slice('type '.length));
  const [owner, field] = path.split('#') as [string, string?];
  if (field !== undefined) return declared.has(owner, field);
  let at: unknown = module;
  for (const [i, part] of path.split('.').entries()) {
    // A method or accessor stands on the prototype; a getter must not be run to find it.
    const isStatic = part.startsWith('static ');
    const wanted = isStatic ? part.slice('static '.length) : part;
    const ofPrototype = i > 0 && typeof at === 'function' && !isStatic;
    const place: unknown = ofPrototype ? (at as { prototype?: object }).prototype : at;
    if (!((typeof place === 'object' && place !== null) || typeof place === 'function')) return false;
    if (!(wanted in place)) return false;
    at = ofPrototype ? null : (place as Record<string, unknown>)[wanted];
  }
  return true;
}

/** What a declaration file exports. */
class Declared {
  readonly #checker: ts.TypeChecker;
  readonly #exports: ReadonlyMap<string, ts.Symbol>;

  constructor(file: string) {
    const program = ts.createProgram([file], {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
      types: ['node'],
      skipLibCheck: true,
      noEmit: true,
    });
    this.#checker = program.getTypeChecker();
    const source = program.getSourceFile(file);
    assert.ok(source !== undefined, file);
    const symbols = this.#checker.getExportsOfModule(this.#checker.getSymbolAtLocation(source)!);
    this.#exports = new Map(symbols.map((symbol) => [symbol.name, symbol]));
  }

  /** Is there a type (or class) of this name, with this field where one is given? */
  has(name: string, field?: string): boolean {
    let symbol = this.#exports.get(name);
    if (symbol === undefined) return false;
    if ((symbol.flags & ts.SymbolFlags.Alias) !== 0) symbol = this.#checker.getAliasedSymbol(symbol);
    if ((symbol.flags & ts.SymbolFlags.Type) === 0) return false;
    return field === undefined || this.#checker.getDeclaredTypeOfSymbol(symbol).getProperty(field) !== undefined;
  }
}

/** The code spans of each cell of each row of the page's tables. */
function rowsOf(page: string): string[][][] {
  const code = new Set(blocks(page).flatMap((block) => block.code.split('\n')));
  return textOf(page)
    .split('\n')
    .filter((line) => line.startsWith('|') && !code.has(line))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => [...cell.matchAll(/(`+) ?(.+?) ?\1/g)].map(([, , words]) => words!.replaceAll('\\|', '|'))),
    );
}

/** The name alone, or with its arguments. */
function has(spans: readonly string[], name: string): boolean {
  return spans.some((span) => span === name || span.startsWith(`${name}(`));
}
