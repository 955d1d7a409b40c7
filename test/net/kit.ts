// Owns what the tests of the entry points share: both colours under one type, the Python process at the other end, and
// the count of descriptors. It must not know what is tested.

import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { test, type TestContext } from 'node:test';
import * as promises from 'berkeley';
import * as sync from 'berkeley/sync';

export type Net = typeof promises;

/** `await` works on plain values, so one body with `await` everywhere runs in both colours. */
export const colours: readonly (readonly [string, Net])[] = [
  ['promises', promises],
  ['blocking', sync as unknown as Net],
];

/** The same test in each colour. */
export function inBothColours(title: string, body: (net: Net, t: TestContext) => Promise<void>): void {
  for (const [colour, net] of colours) test(`${title} (${colour})`, (t) => body(net, t));
}

/** What a call failed with, thrown or rejected. */
export async function failure(call: () => unknown): Promise<promises.SocketError> {
  try {
    await call();
  } catch (error) {
    return error as promises.SocketError;
  }
  return assert.fail('the call did not fail');
}

// The reactor's own descriptors are there from the first wait on.
export const warm = promises.pair();
await warm[0].waitReadable({ timeout: 1 });

export function descriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

/** Resolves when it is so; polls, because some things the kernel does have no event. */
export async function until(isSo: () => boolean, what: string): Promise<void> {
  for (const begun = performance.now(); !isSo();) {
    if (performance.now() - begun > 10_000) assert.fail(`never: ${what}`);
    await new Promise((go) => setTimeout(go, 2));
  }
}

/** A folder that is removed after the test. */
export function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'bk-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const prelude = `
import sys, os, socket, json, select, struct, time, fcntl
def say(x): print(json.dumps(x), flush=True)
def hear():
    line = sys.stdin.readline()
    if not line: os._exit(0)
    return json.loads(line)
def listener(host='127.0.0.1', backlog=16, port=0):
    s = socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((host, port)); s.listen(backlog)
    return s
kept = []
def black_hole(host, port=0):
    # listen(0) admits one connection that nobody accepts; the SYN of the next one is dropped.
    s = listener(host, 0, port)
    filler = socket.create_connection(s.getsockname()[:2]); kept.append((s, filler))
    return s.getsockname()[1]
`;

/** A Python program; it and the test speak JSON, a line each. */
export class Python {
  readonly process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;

  constructor(t: TestContext, script: string, ...args: string[]) {
    this.process = spawn('python3', ['-S', '-E', '-c', prelude + script, ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.process.stdin.on('error', () => undefined);
    this.#reader = createInterface({ input: this.process.stdout });
    this.#lines = this.#reader[Symbol.asyncIterator]();
    t.after(() => this.stop());
  }

  async hear<T>(): Promise<T> {
    const next = await this.#lines.next();
    if (next.done) assert.fail('the Python program ended');
    return JSON.parse(next.value) as T;
  }

  say(value: unknown): void {
    this.process.stdin.write(`${JSON.stringify(value)}\n`);
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const gone = new Promise((go) => this.process.once('exit', go));
    this.process.kill('SIGKILL');
    this.#reader.close();
    await gone;
  }
}

/** A resolver that knows these addresses and nothing else; `asked` collects its questions. */
export function resolverOf(net: Net, addresses: string[], asked: unknown[] = []): promises.ConnectOptions['lookup'] {
  return {
    lookup(host, service, o) {
      asked.push([host, service, o]);
      const found = addresses.map((address) => net.address(address));
      // The blocking colour wants the value itself.
      return (net === promises ? Promise.resolve(found) : found) as Promise<promises.Address[]>;
    },
  };
}
