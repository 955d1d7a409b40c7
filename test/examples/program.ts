// Owns running a program beside a test: an example, or Python as its other end. It must not know what the programs do.

import assert from 'node:assert/strict';
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'node:test';
import { interpreter } from '../support/python.js';

const examples = fileURLToPath(new URL('../../examples/', import.meta.url));

export class Program {
  readonly process: ChildProcess;
  #text = '';
  #ended = false;
  readonly #waiting = new Set<() => void>();

  constructor(t: TestContext, file: string, args: readonly string[], stdio: StdioOptions, env = process.env) {
    this.process = spawn(file, args, { stdio, env });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#text += text;
        this.#notify();
      });
    }
    this.process.once('close', () => {
      this.#ended = true;
      this.#notify();
    });
    t.after(() => this.process.kill('SIGKILL'));
  }

  /** Everything that was printed so far, on both outputs. */
  get text(): string {
    return this.#text;
  }

  /** Waits until something that matches was printed. */
  async prints(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#text);
      if (found !== null) return found;
      assert.ok(!this.#ended, `ended without printing ${String(pattern)}:\n${this.#text}`);
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** Waits for the end, which must be a good one unless told, and returns everything that was printed. */
  async ends(code = 0): Promise<string> {
    if (!this.#ended) await once(this.process, 'close');
    assert.equal(this.process.signalCode ?? this.process.exitCode, code, this.#text);
    return this.#text;
  }

  #notify(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

/** An example with its arguments. */
export function example(t: TestContext, name: string, ...args: string[]): Program {
  return new Program(t, process.execPath, [`${examples}${name}.js`, ...args], ['ignore', 'pipe', 'pipe']);
}

/** A program of the toolbox with its arguments, and with what it reads from its environment. */
export function tool(t: TestContext, name: string, args: readonly string[], env: Record<string, string> = {}): Program {
  const words = [`${examples}toolbox/${name}.js`, ...args];
  return new Program(t, process.execPath, words, ['ignore', 'pipe', 'pipe'], { ...process.env, ...env });
}

/** Python as the other end; its script begins with what all of them need. */
export function python(t: TestContext, script: string, ...args: string[]): Program {
  const whole = `import socket, sys\ndef say(*words): print(*words, flush=True)\n${script}`;
  return new Program(t, interpreter(), ['-c', whole, ...args], ['ignore', 'pipe', 'pipe']);
}

/** Where an example says that it listens. */
export async function listeningOn(program: Program): Promise<string> {
  const [, target] = await program.prints(/^listening on (\S+)$/m);
  return target!;
}
