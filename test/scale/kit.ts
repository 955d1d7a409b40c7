// Owns what the tests of many threads and processes share: members, each a worker or a process that runs the same program, in
// one of the colours. It must not know what they do.

import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { Task } from './member.js';

export type Kind = 'worker' | 'process';

const program = fileURLToPath(new URL('member.js', import.meta.url));

/** A worker or a process with its task. */
export class Member {
  readonly #it: Worker | ChildProcess;
  readonly #said: unknown[] = [];
  readonly #waiting: { take(said: unknown): void; fail(error: Error): void }[] = [];
  readonly #gone: Promise<void>;

  /** `fd`: a descriptor that a process gets as its number 3. */
  constructor(t: TestContext, kind: Kind, task: Task, fd?: number) {
    this.#it =
      kind === 'worker'
        ? new Worker(program, { workerData: task })
        : fork(program, [JSON.stringify(task)], { stdio: ['ignore', 'inherit', 'inherit', fd ?? 'ignore', 'ipc'] });
    (this.#it as Worker).on('message', (said) => {
      const next = this.#waiting.shift();
      if (next === undefined) this.#said.push(said);
      else next.take(said);
    });
    this.#gone = new Promise((go) => (this.#it as Worker).once('exit', () => go()));
    void this.#gone.then(() => {
      for (const waiting of this.#waiting) waiting.fail(new Error(`the ${kind} has ended without a word`));
    });
    t.after(() => this.kill());
  }

  /** The next thing that it says. */
  async hear<T>(): Promise<T> {
    if (this.#said.length > 0) return this.#said.shift() as T;
    return (await new Promise<unknown>((take, fail) => this.#waiting.push({ take, fail }))) as T;
  }

  /** When it has ended by itself. */
  async ended(): Promise<void> {
    await this.#gone;
  }

  /** Ends it in the middle of whatever it does. */
  async kill(): Promise<void> {
    if (this.#it instanceof Worker) await this.#it.terminate();
    else this.#it.kill('SIGKILL');
    await this.#gone;
  }
}
