// Owns the `openssl` command at the other end: s_client and s_server as child processes whose words are waited for. It must
// not know what is tested.

import { spawn, type ChildProcess } from 'node:child_process';
import type { TestContext } from 'node:test';
import type { Issued } from './pki.js';

export interface Openssl {
  /** Waits until its output since the last match has this in it. Fails when it ends before. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  /** Writes to its input. */
  tell(text: string): void;
  /** Ends its input. Not at once: the loop must turn for it. */
  endInput(): Promise<void>;
  /** Waits for its end: the exit code, its output, and what it wrote to stderr. */
  ended(): Promise<{ code: number | null; text: string; wrong: string }>;
}

/** How long something may take to be written, in milliseconds. */
const PATIENCE = 20_000;

/** Whatever happens to the test, it is gone after it. */
export function startOpenssl(t: TestContext, words: readonly string[]): Openssl {
  // An s_server would wait for its client for ever if this process were killed.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'openssl', ...words], { stdio: 'pipe' });
  let text = '';
  let seen = 0;
  let over = false;
  let wake: () => void = () => undefined;
  let wrong = '';
  child.stdout.on('data', (piece: Buffer) => {
    text += piece.toString('latin1');
    wake();
  });
  child.stderr.on('data', (piece: Buffer) => (wrong += piece.toString('latin1')));
  child.stdin.on('error', () => undefined);
  const gone = new Promise<void>((resolve) => {
    const done = (): void => {
      over = true;
      wake();
      resolve();
    };
    child.once('close', done).once('error', done);
  });
  t.after(() => stop(child, gone));
  return {
    async until(pattern) {
      const limit = performance.now() + PATIENCE;
      for (;;) {
        const match = pattern.exec(text.slice(seen));
        if (match !== null) {
          seen += match.index + match[0].length;
          return match;
        }
        const late = performance.now() > limit;
        if (over || late)
          throw new Error(`openssl ${words[0]} ${over ? 'ended' : 'is'} without ${pattern.source}:\n${text}\n${wrong}`);
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, PATIENCE);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    },
    tell: (what) => void child.stdin.write(what),
    endInput: () => new Promise((resolve) => child.stdin.end(resolve)),
    async ended() {
      await gone;
      return { code: child.exitCode, text, wrong };
    },
  };
}

/** An s_server for one connection at `unix` or on a free port, and the target to reach it. */
export async function startServer(
  t: TestContext,
  certificate: Issued,
  words: readonly string[] = [],
  { unix, connections = 1 }: { unix?: string | undefined; connections?: number } = {},
): Promise<Openssl & { readonly target: string }> {
  const where = unix === undefined ? ['-accept', '127.0.0.1:0'] : ['-unix', unix];
  const identity = ['-cert', certificate.leafFile, '-cert_chain', certificate.certFile, '-key', certificate.keyFile];
  const server = startOpenssl(t, ['s_server', ...where, '-naccept', String(connections), ...identity, ...words]);
  const [, target] = await server.until(/ACCEPT (\S+)\n/);
  return { ...server, target: unix === undefined ? target! : `unix:${unix}` };
}

/** An s_client that connects to a target of ours. */
export function startClient(t: TestContext, target: string, words: readonly string[] = []): Openssl {
  const where = target.startsWith('unix:') ? ['-unix', target.slice('unix:'.length)] : ['-connect', target];
  return startOpenssl(t, ['s_client', ...where, ...words]);
}

async function stop(child: ChildProcess, gone: Promise<void>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  await gone;
}
