// Owns how a test of this room runs a Node of its own: for what must not happen in the process of the test, or what a
// blocked thread is. A child prints one line of JSON for each thing that it found.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'node:test';

export interface ChildOptions {
  readonly args?: readonly (string | number)[];
  /** Options of node. */
  readonly node?: readonly string[];
  /** A command of the shell in front, e.g. `ulimit -n 64`. */
  readonly shell?: string;
  /** The module beside whose folder `children/` is: this one unless told. */
  readonly from?: string;
  /** Variables besides those of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Child {
  readonly pid: number;
  /** The next thing that it found; fails when it ends without one. */
  next<T>(): Promise<T>;
  /** Waits for its end, which must be a good one. Returns what it wrote to stderr. */
  end(): Promise<string>;
}

/** Runs a file of `children/`. */
export function startChild(t: TestContext, name: string, o: ChildOptions = {}): Child {
  const file = fileURLToPath(new URL(`children/${name}.js`, o.from ?? import.meta.url));
  const words = [process.execPath, ...(o.node ?? []), file, ...(o.args ?? []).map(String)];
  // The shell becomes the program, so signals and the process id are Node's.
  const env = { ...process.env, ...o.env };
  const child =
    o.shell === undefined
      ? spawn(words[0]!, words.slice(1), { env })
      : spawn('/bin/sh', ['-c', `${o.shell}; exec "$@"`, 'sh', ...words], { env });
  let wrong = '';
  child.stderr.on('data', (piece: Buffer) => (wrong += piece.toString()));
  const ended = new Promise<string>((resolve) => {
    child.once('close', (code, signal) => resolve(code === 0 ? '' : `ended with ${signal ?? code}`));
  });
  t.after(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const lines: AsyncIterator<string, undefined> = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    pid: child.pid ?? -1,
    async next<T>() {
      const { done, value } = await lines.next();
      if (done) throw new Error(`the child ${(await ended) || 'said nothing more'}\n${wrong}`);
      return JSON.parse(value) as T;
    },
    async end() {
      const how = await ended;
      if (how !== '') throw new Error(`the child ${how}\n${wrong}`);
      return wrong;
    },
  };
}
