// Owns how the tests run the built command and its Python counterparts. It must not know what is tested.

import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'node:test';
import { interpreter } from '../support/python.js';

/** The built command. */
export const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

/** A child process whose output is kept from the start. */
export class Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly #out: Buffer[] = [];
  readonly #err: Buffer[] = [];
  readonly #closed: Promise<unknown>;

  constructor(t: TestContext, file: string, args: string[], env?: NodeJS.ProcessEnv) {
    this.child = spawn(file, args, { stdio: 'pipe', env: { ...process.env, ...env } });
    this.#closed = once(this.child, 'close');
    this.child.stderr.on('data', (piece: Buffer) => this.#err.push(piece));
    // A child that ends early must not fail the test by the pipe to it; its exit code and output will.
    this.child.stdin.on('error', () => undefined);
    t.after(() => this.child.kill('SIGKILL'));
  }

  /** Everything that was read of standard output so far. */
  get out(): Buffer {
    return Buffer.concat(this.#out);
  }

  get err(): string {
    return Buffer.concat(this.#err).toString();
  }

  /** Begins to read standard output. Node throws away what nobody has begun to read when the process ends. */
  flow(): this {
    if (this.child.stdout.listenerCount('data') === 0) {
      this.child.stdout.on('data', (piece: Buffer) => this.#out.push(piece));
    }
    return this;
  }

  /** Waits until standard output has the pattern. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    this.flow();
    return this.#until(this.child.stdout, pattern, () => this.out.toString('latin1'));
  }

  /** Waits until standard error has the pattern. */
  async warns(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#until(this.child.stderr, pattern, () => this.err);
  }

  /** Waits for the end; the exit code, or the name of the signal that ended it. */
  async ended(): Promise<number | string | null> {
    this.flow();
    await this.#closed;
    return this.child.exitCode ?? this.child.signalCode;
  }

  async #until(stream: NodeJS.ReadableStream, pattern: RegExp, text: () => string): Promise<RegExpExecArray> {
    const end = this.#closed.then(() => true);
    for (let over = false; ;) {
      const found = pattern.exec(text());
      if (found) return found;
      if (over) throw new Error(`ended without ${pattern.source}: ${text()} ${this.err}`);
      over = await Promise.race([once(stream, 'data').then(() => false), end]);
    }
  }
}

/** Runs the command. */
export function berkeley(t: TestContext, ...args: string[]): Running {
  return unread(t, ...args).flow();
}

/** Runs the command, whose output nobody reads until somebody asks for it. */
export function unread(t: TestContext, ...args: string[]): Running {
  return new Running(t, process.execPath, [main, ...args]);
}

/** Runs a Python script, with `socket`, `sys` and `hashlib` imported and `say` to print a line at once. */
export function python(t: TestContext, script: string, ...args: string[]): Running {
  const head = [
    'import socket, sys, hashlib, os, struct, threading',
    'def say(*words): print(*words, flush=True)',
    'def read_all(s):',
    '    got = b""',
    '    while piece := s.recv(65536): got += piece',
    '    return got',
  ].join('\n');
  return new Running(t, interpreter(), ['-c', `${head}\n${script}`, ...args]).flow();
}

/**
 * A Python server that says where it listens, takes one connection as `s`, and does what the script says. `prepare`
 * runs before listen(2), on `s`.
 */
export async function pythonServer(
  t: TestContext,
  script: string,
  prepare = '',
): Promise<{ server: Running; target: string }> {
  const server = python(
    t,
    [
      's = socket.socket()',
      prepare,
      's.bind(("127.0.0.1", 0)); s.listen(); l = s',
      'say("port", l.getsockname()[1], "")',
      's, _ = l.accept()',
      script,
    ].join('\n'),
  );
  const [, port] = await server.says(/port (\d+) /);
  return { server, target: `127.0.0.1:${port ?? ''}` };
}

/** A Python client of the command: connects to where it says that it listens. */
export function pythonClient(t: TestContext, target: string, script: string): Running {
  const to = target.startsWith('unix:')
    ? `s = socket.socket(socket.AF_UNIX); s.connect("${target.slice(5)}")`
    : `s = socket.create_connection(("127.0.0.1", ${target.replace(/.*:/, '')}))`;
  return python(t, `${to}\n${script}`);
}

/** Bytes of every value, no two stretches alike. */
export function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 0x2545f491;
  for (let at = 0; at < length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state & 255;
  }
  return bytes;
}
