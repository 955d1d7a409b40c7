// Every code block that is marked `ts`, and every example in the contract's comments, is type-checked against the built library, and run when it is a whole program.
//
// A block with an import is a whole program; `ts check` says that it is not to be run. Anything else is a fragment of one:
// it finds the functions of an entry point and a few open things (see `surroundings`). `ts sync` is for the blocking colour.
// What a program prints must agree with the comments behind its console.log calls. The site shows of each block whether it is run.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before, describe } from 'node:test';
import { promisify } from 'node:util';
import ts from 'typescript';
import { pki } from '../support/pki.js';
import { blocks, examples, pages, root, type Block } from './pages.js';

const inContract = readdirSync(`${root}src/contract`).flatMap((name) => examples(`src/contract/${name}`));
const all = [...pages(), 'site/index.md']
  .flatMap(blocks)
  .filter(({ info }) => info === 'ts' || info.startsWith('ts '))
  .concat(inContract);
const isProgram = ({ code }: Block): boolean => /^import /m.test(code);

function surroundings(colour: 'async' | 'sync'): string {
  return [
    `import { address, adopt, codecs, connect, constants, eventQueue, features, listen, lookup, options, relay, reverse, select, setDefaults, share, udp,`,
    `  CertificateError, ClosedError, EndOfStreamError, LimitError, ResolveError, SocketError, TimeoutError, TlsError,`,
    `  type Address, type Conn,`,
    `  type Listener, type Socket, type AsyncConn, type SyncConn, type UdpSocket } from '${colour === 'sync' ? 'berkeley/sync' : 'berkeley'}';`,
    `declare const conn: Conn<'${colour}'>, client: Conn<'${colour}'>, server: Conn<'${colour}'>, listener: Listener<'${colour}'>, socket: Socket<'${colour}'>, udpSocket: UdpSocket<'${colour}'>;`,
    `declare function serve(conn: Conn<'${colour}'>): ${colour === 'sync' ? 'void' : 'Promise<void>'};`,
    `declare const buffer: Buffer, signal: AbortSignal;`,
    `export ${colour === 'sync' ? '' : 'async '}function fragment(): ${colour === 'sync' ? 'void' : 'Promise<void>'} {`,
    '',
  ].join('\n');
}

interface Source {
  readonly block: Block;
  readonly text: string;
  /** Lines that were put in front. */
  readonly before: number;
}

function source(block: Block): Source {
  if (isProgram(block)) return { block, text: `${block.code}\nexport {};\n`, before: 0 };
  const front = surroundings(block.info === 'ts sync' ? 'sync' : 'async');
  return { block, text: `${front}${block.code}\n}\n`, before: front.split('\n').length - 1 };
}

test('every block of the documents says what it is, and so what is done with it', () => {
  // Compiled, and run when it is a whole program; compiled only; programs of other languages (foreign.test.ts); what is
  // typed at a shell (pages.test.ts), and what a program printed.
  const known = ['ts', 'ts sync', 'ts check', 'sh', 'text', 'json'];
  const foreign = ['js', 'python', 'c', 'go'];
  for (const { page, info, line } of pages().flatMap(blocks))
    assert.ok(
      known.includes(info) || (page.startsWith('docs/coming-from/') && foreign.includes(info)),
      `${page}:${line}: ${info || 'nothing'}`,
    );
});

test('every code block of the documents compiles against the library', () => {
  assert.ok(inContract.length >= 15, `only ${inContract.length} examples were found in the contract`);
  assert.ok(all.length >= 40, `only ${all.length} blocks were found`);
  const sources = new Map(all.map((block, i) => [`${root}build/docs-block-${i}.ts`, source(block)]));
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    skipLibCheck: true,
  };
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    getCurrentDirectory: () => root,
    fileExists: (name) => sources.has(name) || disk.fileExists(name),
    readFile: (name) => sources.get(name)?.text ?? disk.readFile(name),
    getSourceFile(name, version, ...rest) {
      const found = sources.get(name);
      return found === undefined
        ? disk.getSourceFile(name, version, ...rest)
        : ts.createSourceFile(name, found.text, version, true);
    },
  };
  const program = ts.createProgram([...sources.keys()], options, host);
  const complaints = ts.getPreEmitDiagnostics(program).map((diagnostic) => {
    const what = ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n');
    const found = sources.get(diagnostic.file?.fileName ?? '');
    if (found === undefined || diagnostic.file === undefined) return what;
    const { line } = diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start ?? 0);
    return `${found.block.page}:${found.block.line + line - found.before}: ${what}`;
  });
  assert.deepEqual(complaints, []);
});

const programs = all.filter((block) => isProgram(block) && block.info !== 'ts check');

test('the documents have programs', () =>
  assert.ok(programs.length >= 5, `only ${programs.length} programs were found`));

describe('every program of the documents runs, ends by itself and prints what it says', () => {
  // A folder of its own, as a user of the package would have it.
  const folder = mkdtempSync(join(tmpdir(), 'berkeley-docs-'));
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
  const run = promisify(execFile);
  after(() => rmSync(folder, { recursive: true, force: true }));
  before(() => {
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(root, join(folder, 'node_modules', 'berkeley'));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    // What a user would have beside the program.
    const { root: ca, server } = pki();
    for (const [name, text] of Object.entries({
      'ca.pem': ca.cert,
      'server.pem': server.cert,
      'server.key': server.key,
    }))
      writeFileSync(join(folder, name), text);
  });

  for (const [i, block] of programs.entries())
    test(`${block.page}:${block.line}`, { timeout: 20_000 }, async () => {
      const file = join(folder, `program-${i}.js`);
      writeFileSync(file, ts.transpileModule(block.code, { compilerOptions }).outputText);
      const expected = [...block.code.matchAll(/console\.log\(.*\); \/\/ (.+)$/gm)].map(([, words]) => words!);
      const { stdout, stderr } = await run(process.execPath, [file], { cwd: folder, timeout: 20_000 });
      assert.equal(stderr, '');
      if (expected.length > 0) assert.deepEqual(stdout.trimEnd().split('\n'), expected);
    });
});
