// Owns the sweep over fault points: an operation is run again and again, and the first, the second, … the last of its system
// calls fails, until it is through without a fault. It must not know the operations.
//
// A test file of this kind runs itself once more under the injector of test/support/fault/, which it speaks to through a small
// file that both have mapped.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  readdirSync,
  readlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as promises from 'berkeley';

/** The calls in the order of CALLS in test/support/fault/fault.h. */
const calls = [
  'socket',
  'socketpair',
  'accept',
  'connect',
  'bind',
  'listen',
  'shutdown',
  'getsockname',
  'getpeername',
  'getsockopt',
  'setsockopt',
  'ioctl',
  'receive',
  'send',
  'read',
  'sendfile',
  'splice',
  'open',
  'pipe',
  'fcntl',
  'fstat',
  'ppoll',
  'epoll_create',
  'epoll_add',
  'eventfd',
  'timerfd',
  'timer',
  'thread',
] as const;
export type Call = (typeof calls)[number];
export type Fault = 'EMFILE' | 'ENFILE' | 'ENOBUFS' | 'ENOMEM' | 'ECONNRESET';

/** What a kernel answers where it makes a descriptor, and where it speaks for a peer; the rest it may answer anywhere. */
const opening: readonly Call[] = [
  ...(['socket', 'socketpair', 'accept', 'open', 'pipe', 'fcntl'] as const),
  ...(['epoll_create', 'eventfd', 'timerfd'] as const),
];
const carrying: readonly Call[] = ['connect', 'receive', 'send', 'sendfile', 'splice'];
const within: Partial<Record<Fault, readonly Call[]>> = { EMFILE: opening, ENFILE: opening, ECONNRESET: carrying };

const path = process.env['BERKELEY_FAULT_CONTROL'];
const control = path === undefined ? -1 : openSync(path, 'r+');
/** What nobody caught: an error event, an unhandled rejection. */
const uncaught: unknown[] = [];

/** Defines the tests where the injector is, and elsewhere one test that runs the file once more with it. */
export function underInjector(url: string, define: () => void): void {
  if (path !== undefined) {
    process.on('unhandledRejection', (error) => uncaught.push(error));
    process.on('uncaughtException', (error) => uncaught.push(error));
    define();
    return;
  }
  const script = fileURLToPath(new URL('../../../scripts/faults.mjs', import.meta.url));
  test('under the fault injector all of it holds', (t) => {
    const built = spawnSync(process.execPath, [script, '--build'], { encoding: 'utf8' });
    assert.equal(built.status, 0, built.stderr);
    const folder = mkdtempSync(join(tmpdir(), 'berkeley-faults-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const shared = join(folder, 'control');
    writeFileSync(shared, Buffer.alloc(64));
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const run = spawnSync(process.execPath, ['--expose-gc', '--test-reporter=spec', fileURLToPath(url)], {
      encoding: 'utf8',
      env: { ...env, LD_PRELOAD: built.stdout.trim(), BERKELEY_FAULT_CONTROL: shared },
    });
    for (const line of run.stdout.matchAll(/^ℹ (.*: \d+ points.*)$/gm)) t.diagnostic(line[1]!);
    assert.equal(run.status, 0, run.stdout + run.stderr);
  });
}

export interface Sweep {
  /** Which calls fail; all of them unless said. */
  readonly calls?: readonly Call[];
  readonly faults?: readonly Fault[];
  /** Codes that may stand for a fault: the operation says by them that it came no further, and how. */
  readonly instead?: readonly string[];
  /** From that point on every call of these fails, until the operation has ended. */
  readonly lasting?: boolean;
  /** What is to be done. It says by `after` what has to be cleaned up, and then to be looked at, without faults. */
  body(point: Point): Promise<void>;
}

/** One run of the operation. */
export interface Point {
  /** Runs without faults when the operation has ended, the last first; gets what it failed with, or null. */
  after(step: (failed: Error | null) => unknown): void;
  /** Does something that gets no faults, in the middle of the operation. */
  spared<T>(work: () => T | Promise<T>): Promise<T>;
}

/** Has the next of these calls fail while something is done, or all of them, and makes sure that it did. */
export async function failing<T>(
  call: Call,
  fault: Fault,
  work: () => T | Promise<T>,
  { lasting = false } = {},
): Promise<T> {
  tell(constants.errno[fault], 1, 1 << calls.indexOf(call), lasting ? 1 << 30 : 1, 0, 0, -1);
  try {
    return await work();
  } finally {
    const [, , , , , failed] = heard();
    tell(0, 0, 0, 0, 0, 0, -1);
    assert.ok(lasting ? failed! > 0 : failed === 1, `${call} was to fail`);
  }
}

/** How long an operation may take whose call has failed: far longer than any needs, far shorter than a hang. */
const LIMIT = 20_000;

export async function sweep(t: TestContext, title: string, o: Sweep): Promise<void> {
  const { faults = ['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'ECONNRESET'], lasting = false } = o;
  // What is made once for the process, as the reactor, is made before descriptors are counted.
  await once(o, 0, 0, 0, 1);
  const bystander = await stranger();
  let points = 0;
  let survived = 0;
  for (const fault of faults) {
    const errno = constants.errno[fault];
    const mask = (o.calls ?? calls)
      .filter((call) => within[fault]?.includes(call) ?? true)
      .reduce((bits, call) => bits | (1 << calls.indexOf(call)), 0);
    for (let at = 1; ; at++) {
      assert.ok(at < 2000, `${title}: it does not come to an end`);
      const before = open();
      const where = (which: number): string => `${title}: ${fault} at call ${at} (${calls[which] ?? 'none'})`;
      const served = bystander.begin();
      const { error, failed, which } = await once(o, errno, at, mask, lasting ? 1 << 30 : 1).catch((cause: unknown) => {
        throw new Error(`${title}: ${fault} at call ${at}`, { cause });
      });
      if (error !== null && failed === 0) throw new Error(`${where(which)}: failed without a fault`, { cause: error });
      if (error !== null && !(codesOf(error).has(fault) || (o.instead ?? []).some((code) => codesOf(error).has(code))))
        throw new Error(`${where(which)}: not by its code`, { cause: error });
      if (error !== null && !(error instanceof promises.SocketError))
        throw new Error(`${where(which)}: no SocketError`, { cause: error });
      if (error !== null && !names(error)) throw new Error(`${where(which)}: does not name the call`, { cause: error });
      assert.ok(failed < 1000, `${where(which)}: it was tried ${failed} times`);
      await served().catch((cause: unknown) => {
        throw new Error(`${where(which)}: another connection does not go on`, { cause });
      });
      assert.deepEqual(uncaught.splice(0), [], `${where(which)}: nobody caught this`);
      await settled(before, where(which)).catch((left: unknown) => {
        throw new Error(String(left), { cause: error });
      });
      if (failed === 0) break;
      points++;
      if (error === null) survived++;
    }
  }
  bystander.end();
  assert.ok(points > 0, `${title}: nothing failed`);
  t.diagnostic(`${title}: ${points} points, ${survived} of them survived`);
}

/** Another connection of the same thread, with a read that waits while the operation fails, and is served when it has. */
async function stranger(): Promise<{ begin(): () => Promise<void>; end(): void }> {
  const [near, far] = promises.pair();
  await near.waitReadable({ timeout: 1 });
  return {
    begin() {
      const reading = near.readExact(4, { timeout: LIMIT });
      reading.catch(() => undefined);
      return async () => {
        await far.write('ping', { timeout: LIMIT });
        assert.equal(String(await reading), 'ping');
      };
    },
    end() {
      near.abort();
      far.abort();
    },
  };
}

/** Whether an error, or one that it comes from, names a system call or what looks names up. */
function names(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { syscall, cause, attempts } = error as Record<string, unknown>;
  if (typeof syscall === 'string' && syscall !== '') return true;
  return names(cause) || (Array.isArray(attempts) && attempts.some(names));
}

interface Outcome {
  readonly error: Error | null;
  readonly failed: number;
  readonly which: number;
}

async function once(o: Sweep, errno: number, at: number, mask: number, repeat: number): Promise<Outcome> {
  const steps: ((failed: Error | null) => unknown)[] = [];
  let error: Error | null = null;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('it hangs')), LIMIT);
  });
  tell(errno, at, mask, repeat, 0, 0, -1);
  const spared = async <T>(work: () => T | Promise<T>): Promise<T> => {
    const [, , , , seen, failed, which] = heard();
    tell(0, at, mask, repeat, seen!, failed!, which!);
    try {
      return await work();
    } finally {
      tell(errno, at, mask, repeat, seen!, failed!, which!);
    }
  };
  try {
    await Promise.race([o.body({ after: (step) => steps.push(step), spared }), late]);
  } catch (thrown) {
    error = thrown as Error;
  } finally {
    clearTimeout(timer);
  }
  const [, , , , , failed, which] = heard();
  tell(0, 0, 0, 0, 0, 0, -1);
  if (error?.message === 'it hangs') throw new Error(`it hangs after ${calls[which!] ?? 'none'}`);
  for (const step of steps.reverse()) {
    try {
      await step(error);
    } catch (cause) {
      throw new Error(`afterwards, with ${error?.message ?? 'no error'} of ${calls[which!] ?? 'none'}`, { cause });
    }
  }
  return { error, failed: failed!, which: which! };
}

function tell(...words: number[]): void {
  writeSync(control, Buffer.from(Int32Array.from(words).buffer), 0, 4 * words.length, 0);
}

function heard(): number[] {
  const words = new Int32Array(8);
  readSync(control, new Uint8Array(words.buffer), 0, 32, 0);
  return [...words];
}

/** Every code in the chain of an error. */
function codesOf(error: unknown, found = new Set<string>()): Set<string> {
  if (typeof error !== 'object' || error === null) return found;
  const { code, cause, errors, attempts } = error as Record<string, unknown>;
  if (typeof code === 'string') found.add(code);
  codesOf(cause, found);
  for (const list of [errors, attempts]) if (Array.isArray(list)) for (const each of list) codesOf(each, found);
  return found;
}

/** The descriptors of the process, and what they are. */
function open(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return [];
    }
  });
}

/** What the kernel's tables say of a socket. */
function known(link: string): string {
  const inode = /\d+/.exec(link)?.[0] ?? '';
  for (const table of ['tcp', 'tcp6', 'udp', 'udp6', 'unix', 'netlink']) {
    const row = readFileSync(`/proc/self/net/${table}`, 'utf8')
      .split('\n')
      .find((line) => line.split(/\s+/).includes(inode));
    if (row !== undefined) return `${link} ${table} ${row.trim()}`;
  }
  return link;
}

/** Waits until no more descriptors are open than before: a lookup that was given up ends a little later. */
async function settled(before: readonly string[], where: string): Promise<void> {
  const counted = (list: readonly string[]): Map<string, number> =>
    list.reduce((map, one) => map.set(one, (map.get(one) ?? 0) + 1), new Map<string, number>());
  const allowed = counted(before);
  for (const began = performance.now(); ;) {
    const more = [...counted(open())]
      .filter(([link, count]) => count > (allowed.get(link) ?? 0))
      // getaddrinfo(3) asks a name server, port 53, on a thread of its own, for as long as that takes.
      .filter(([link]) => !/ udp6? .*:0035 /.test(known(link)));
    if (more.length === 0) return;
    if (performance.now() - began > 3000)
      assert.fail(`${where}: left open: ${more.map(([link]) => known(link)).join(', ')}`);
    await new Promise((go) => setTimeout(go, 2));
  }
}
