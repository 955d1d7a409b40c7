// Owns the real servers: an nginx and a Redis that a test starts for itself, with everything of theirs in a temporary
// folder. It must not know what is asked of them.

import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

export interface Server {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** The Unix socket that it listens on, too. */
  readonly path: string;
  stop(): Promise<void>;
}

/** The program, or null after the test was told to skip. In CI a missing server is a failure. */
export function installed(t: TestContext, name: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
  const found = folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
  if (found !== undefined) return found;
  if (process.env['CI'] || process.env['BERKELEY_CI']) throw new Error(`${name} is not installed`);
  t.skip(`${name} is not installed`);
  return null;
}

/** A folder that is gone after the test. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'berkeley-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** An nginx that serves `files`, by name, as they are. */
export async function startNginx(t: TestContext, program: string, files: Record<string, Buffer>): Promise<Server> {
  const folder = temporaryFolder(t);
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'root'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, 'root', name), content);
  const path = join(folder, 'nginx.sock');
  return start(t, path, (port) => {
    writeFileSync(join(folder, 'nginx.conf'), nginxConfiguration(folder, port, path));
    rmSync(path, { force: true });
    const child = spawn(program, ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'], { stdio: 'pipe' });
    return { child, ready: /start worker process \d/ };
  });
}

/** A Redis that keeps everything in memory. */
export async function startRedis(t: TestContext, program: string): Promise<Server> {
  const folder = temporaryFolder(t);
  const path = join(folder, 'redis.sock');
  return start(t, path, (port) => {
    const words = ['--bind', '127.0.0.1', '--port', String(port), '--unixsocket', path, '--dir', folder];
    const quiet = ['--save', '', '--appendonly', 'no', '--daemonize', 'no', '--logfile', ''];
    return { child: spawn(program, [...words, ...quiet], { stdio: 'pipe' }), ready: /Ready to accept connections/ };
  });
}

interface Starting {
  readonly child: ChildProcess;
  /** What it writes once it listens. */
  readonly ready: RegExp;
}

/** Neither server takes port 0, so a free one may be gone when it binds: then, and only then, another one is tried. */
async function start(t: TestContext, path: string, launch: (port: number) => Starting): Promise<Server> {
  for (let tries = 1; ; tries++) {
    const port = await freePort();
    const { child, ready } = launch(port);
    const stop = stopper(child);
    t.after(stop);
    const { up, text } = await outcome(child, ready);
    if (up) return { host: '127.0.0.1', port, path, stop };
    await stop();
    if (tries === 5 || !/address already in use/i.test(text)) throw new Error(`the server did not start:\n${text}`);
  }
}

function outcome(child: ChildProcess, ready: RegExp): Promise<{ up: boolean; text: string }> {
  return new Promise((resolve) => {
    let text = '';
    const read = (piece: Buffer): void => {
      text += piece.toString();
      // nginx tries a taken port five times over; it is enough to hear it once.
      if (ready.test(text)) resolve({ up: true, text });
      else if (/address already in use/i.test(text)) resolve({ up: false, text });
    };
    child.stdout!.on('data', read);
    child.stderr!.on('data', read);
    child.once('error', (error) => resolve({ up: false, text: text + error.message }));
    child.once('close', () => resolve({ up: false, text }));
  });
}

/** SIGTERM, because nginx's master must take its worker along. */
function stopper(child: ChildProcess): () => Promise<void> {
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()).once('error', () => resolve()));
  return async () => {
    child.kill('SIGTERM');
    await gone;
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function nginxConfiguration(folder: string, port: number, path: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(folder, name)};`)
    .join('\n  ');
  return `
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes 1;
error_log stderr notice;
pid ${join(folder, 'nginx.pid')};
events { worker_connections 64; }
http {
  access_log off;
  ${temporary}
  server {
    listen 127.0.0.1:${port};
    listen unix:${path};
    root ${join(folder, 'root')};
    keepalive_timeout 60s;
  }
}
`;
}
