// Owns the Python program at the other end of the load, and what it says of each connection when it is over.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../../support/launch.js';
import { pki } from '../../support/pki.js';
import { interpreter } from '../../support/python.js';

const program = fileURLToPath(new URL('../../../../test/trust/load/echo.py', import.meta.url));

/** What it had of one connection. */
export interface Account {
  readonly id: number;
  readonly received: number;
  readonly receivedHash: string;
  readonly sent: number;
  readonly sentHash: string;
  readonly end: string;
}

export interface Echo {
  readonly tcp4: number;
  readonly tcp6: number;
  readonly path: string;
  /** Makes so many connections to a port of 127.0.0.1. */
  dial(port: number, count: number): void;
  /** The most connections it had at once, and the accounts of those that are over. */
  report(): Promise<{ most: number; accounts: Account[] }>;
}

export async function startEcho(t: TestContext, seed: number, ipv6: boolean): Promise<Echo> {
  const { server } = pki();
  const path = join(temporaryFolder(t), 'echo.sock');
  const given = { seed, ipv6, path, cert: server.certFile, key: server.keyFile };
  const child = spawn(interpreter(), ['-I', '-S', program, JSON.stringify(given)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const gone = once(child, 'close');
  t.after(async () => {
    child.kill('SIGKILL');
    await gone;
  });
  const lines: AsyncIterator<string, undefined> = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  async function next<T>(): Promise<T> {
    const { done, value } = await lines.next();
    if (done) assert.fail('the Python program has ended');
    return JSON.parse(value) as T;
  }
  const [tcp4, tcp6] = await next<[number, number]>();
  return {
    tcp4,
    tcp6,
    path,
    dial: (port, count) => void child.stdin.write(`dial ${port} ${count}\n`),
    async report() {
      child.stdin.write('report\n');
      const [most, over] = await next<[number, [number, number, string, number, string, string][]]>();
      const accounts = over.map(([id, received, receivedHash, sent, sentHash, end]) => ({
        ...{ id, received, receivedHash, sent, sentHash, end },
      }));
      return { most, accounts };
    },
  };
}
