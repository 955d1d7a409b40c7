// Owns the processes of the benchmark: compiling the C programs, starting everything pinned to a core, and seeing to it
// that nothing is left behind.

import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Program } from './cases.js';
import { findRuntime, OWN } from './runtimes.js';

// This file runs as build/bench/programs.js.
const BUILT = dirname(fileURLToPath(import.meta.url));
const SOURCES = join(BUILT, '..', '..', 'bench', 'c');
/** Where C programs are compiled to, and what else is made for a run lies. */
export const BINARIES = join(BUILT, 'c');

/** Where a program runs: the one that is measured has a core for itself, its counterpart the other. */
export type Place = 'measured' | 'counterpart';

/** Something the user can do something about; shown without a stack. */
export class BenchError extends Error {}

const running = new Set<ChildProcessByStdio<Writable, Readable, Readable>>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** What is measured is what is shipped, so it must not be older than what the compiler made. */
export function bundle(): void {
  const { status } = spawnSync(process.execPath, [join(BUILT, '..', '..', 'scripts', 'bundle.mjs')], {
    stdio: 'inherit',
  });
  if (status !== 0) throw new BenchError('the library could not be bundled');
}

/** Compiles the C programs that are older than their sources. */
export function compile(names: readonly string[]): void {
  mkdirSync(BINARIES, { recursive: true });
  const headers = readdirSync(SOURCES).filter((file) => file.endsWith('.h'));
  const shared = Math.max(...headers.map((file) => modified(join(SOURCES, file))));
  for (const name of names) {
    const source = join(SOURCES, `${name}.c`);
    const binary = join(BINARIES, name);
    if (modified(binary) > Math.max(modified(source), shared)) continue;
    const compiler = process.env['CC'] ?? 'cc';
    const libraries = name.startsWith('tls-') ? ['-lssl', '-lcrypto'] : [];
    // Under another name first: another run of the benchmark must not find half a program.
    const fresh = `${binary}.${process.pid}`;
    const words = ['-O2', '-Wall', '-Wextra', '-o', fresh, source, ...libraries];
    const result = spawnSync(compiler, words, { encoding: 'utf8' });
    if (result.error) {
      throw new BenchError(`the benchmark needs a C compiler, and ${compiler} does not run: ${result.error.message}
install one (Debian: apt-get install gcc libc6-dev) or name it in CC`);
    }
    const hint =
      libraries.length === 0
        ? ''
        : '\nthe TLS cases need the headers of OpenSSL 3 (Debian: apt-get install libssl-dev)';
    if (result.status !== 0) throw new BenchError(`${compiler} could not compile ${source}:\n${result.stderr}${hint}`);
    renameSync(fresh, binary);
  }
}

/** What a compiled program says of itself. */
export function version(name: string): string {
  return spawnSync(join(BINARIES, name), ['--version'], { encoding: 'utf8' }).stdout.trim();
}

/** The cores of the two places, or `null` where processes cannot be pinned apart. */
export const cores = chooseCores();

/** A running program whose output is read line by line. */
export class Running {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: AsyncIterator<string, undefined>;
  readonly #reader: Interface;
  readonly #ended: Promise<void>;
  readonly #name: string;
  #complaints = '';

  constructor(
    program: Program,
    place: Place,
    args: readonly (string | number)[] = [],
    options: { readonly gc?: true } = {},
  ) {
    const command = 'c' in program ? [join(BINARIES, program.c)] : modular(program, options.gc === true);
    const pinned = cores ? ['taskset', '-c', String(cores[place]), ...command] : command;
    this.#name = 'c' in program ? program.c : program.js;
    this.#child = spawn(pinned[0]!, [...pinned.slice(1), ...args.map(String)], { stdio: ['pipe', 'pipe', 'pipe'] });
    running.add(this.#child);
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#complaints += text));
    this.#child.stdin.on('error', () => undefined); // It has ended already; the missing line tells.
    this.#reader = createInterface({ input: this.#child.stdout });
    this.#lines = this.#reader[Symbol.asyncIterator]();
    this.#ended = new Promise((resolve) => {
      const end = (): void => {
        running.delete(this.#child);
        resolve();
      };
      this.#child.on('close', end).on('error', (error) => {
        this.#complaints += error.message;
        end();
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Sends a line to its standard input. */
  tell(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  /** The next line of its output; an error with its complaints when there is none within `seconds`. */
  async line(seconds: number): Promise<string> {
    const late = new AbortController();
    const timer = setTimeout(() => {
      late.abort();
      this.#child.kill('SIGKILL');
    }, seconds * 1000);
    try {
      const next = await this.#lines.next();
      if (next.done !== true) return next.value;
      await this.#ended;
      const how = late.signal.aborted ? `said nothing for ${seconds} s` : 'ended early';
      throw new BenchError(`${this.#name} ${how}\n${this.#complaints}`);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends it by ending its standard input, and by force when it does not hear. */
  async stop(): Promise<void> {
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 2000);
    this.#child.stdin.end();
    await this.#ended;
    clearTimeout(timer);
    this.#reader.close();
  }

  /** Its resident set in bytes. */
  resident(): number {
    const rollup = /^Rss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${this.pid}/smaps_rollup`, 'utf8'));
    return Number(rollup![1]) * 1024;
  }
}

/** The command that runs a module. */
function modular({ js, on }: Extract<Program, { js: string }>, gc: boolean): string[] {
  const runtime = on === undefined ? OWN : findRuntime(on);
  if (runtime === null) throw new BenchError(`${on} is not there: npm run bench:fetch`);
  return [...runtime.command, ...(gc ? runtime.withGc : []), join(BUILT, `${js}.js`)];
}

function modified(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function chooseCores(): Record<Place, number> | null {
  if (spawnSync('taskset', ['--version']).status !== 0) return null;
  const allowed = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '';
  const list = allowed.split(',').flatMap((range) => {
    const [from, to = from] = range.split('-').map(Number) as [number, number?];
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
  return list.length < 2 ? null : { measured: list[0]!, counterpart: list[1]! };
}
