// Owns how a real server is started and ended: on free ports, with everything of its own in a temporary folder, and never
// left behind. It must not know which server that is.

import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { interpreter } from './python.js';

/** A server of one configuration. */
export interface Plan {
  readonly command: readonly string[];
  /** What it writes once it listens. */
  readonly ready: RegExp;
  /** What asks it to end: SIGTERM unless told. */
  readonly signal?: NodeJS.Signals;
  /** Who it runs as: this process's user unless told. */
  readonly user?: string;
}

export interface Running {
  readonly folder: string;
  readonly ports: readonly number[];
  /** What it has written so far. */
  readonly log: () => string;
  /** Ends it, and waits until nothing of it is left. */
  readonly stop: () => Promise<void>;
}

/** The program, or null after the test was told to skip. In CI a missing server is a failure. */
export function installed(t: TestContext, name: string, more: readonly string[] = []): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin', ...more];
  const found = folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
  if (found !== undefined) return found;
  missing(t, `${name} is not installed`);
  return null;
}

/** Skips the test, because this machine lacks something; in CI it fails. */
export function missing(t: TestContext, what: string): void {
  if (process.env['CI'] || process.env['BERKELEY_CI']) throw new Error(what);
  t.skip(what);
}

/** A folder that is gone after the test. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'berkeley-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * Starts a server whose configuration `plan` writes into a new folder, which everybody may enter.
 * Hardly a server takes port 0, so a free one may be gone when it binds: then, and only then, others are tried.
 */
export async function launch(
  t: TestContext,
  count: number,
  plan: (folder: string, ports: readonly number[]) => Plan,
): Promise<Running> {
  for (let tries = 1; ; tries++) {
    const folder = mkdtempSync(join(tmpdir(), 'berkeley-'));
    chmodSync(folder, 0o755);
    const removed = (): void => rmSync(folder, { recursive: true, force: true });
    let stop: () => Promise<void> = () => Promise.resolve();
    // In this order: a server that still runs would write into the folder while it is removed.
    t.after(async () => {
      await stop();
      removed();
    });
    const ports = await freePorts(count);
    const { command, ready, signal = 'SIGTERM', user = '-' } = plan(folder, ports);
    const child = spawn(interpreter(), ['-I', '-S', keeper, signal, user, ...command], { stdio: 'pipe', cwd: folder });
    stop = stopper(child);
    const written = { text: '' };
    if (await comesUp(child, ready, written)) return { folder, ports, log: () => written.text, stop };
    await stop();
    if (tries === 5 || !TAKEN.test(written.text)) throw new Error(`${command[0]} did not start:\n${written.text}`);
  }
}

const keeper = fileURLToPath(new URL('../../../test/support/keeper.py', import.meta.url));
/** How long a server may take to come up, in milliseconds. */
const PATIENCE = 30_000;
const TAKEN = /address already in use/i;

function comesUp(child: ChildProcess, ready: RegExp, written: { text: string }): Promise<boolean> {
  return new Promise((resolve) => {
    const read = (piece: Buffer): void => {
      written.text += piece.toString();
      // nginx tries a taken port five times over; it is enough to hear it once.
      if (ready.test(written.text)) resolve(true);
      else if (TAKEN.test(written.text)) resolve(false);
    };
    child.stdout!.on('data', read);
    child.stderr!.on('data', read);
    child.once('error', (error) => {
      written.text += error.message;
      resolve(false);
    });
    child.once('close', () => resolve(false));
    setTimeout(() => resolve(false), PATIENCE).unref();
  });
}

/** The keeper ends the server when its input ends. */
function stopper(child: ChildProcess): () => Promise<void> {
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()).once('error', () => resolve()));
  child.stdin!.on('error', () => undefined);
  return async () => {
    child.stdin!.end();
    await gone;
  };
}

/** All of them are held until the last is found, so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  for (const server of servers) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  return ports;
}
