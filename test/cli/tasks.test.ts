// Owns the test of the twenty tasks in docs/command.md: each line of the page is run against real servers, ours and, where they are
// installed, those of the other tools, and must do the same. The page is the source: a line that is changed there is run as it stands.

import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash, randomInt, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { missing } from '../support/launch.js';
import { pki } from '../support/pki.js';
import { interpreter } from '../support/python.js';
import { main, noise } from './command.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const page = readFileSync(join(root, 'docs/command.md'), 'utf8');

interface Task {
  readonly number: number;
  readonly title: string;
  readonly lines: readonly string[];
}

const tasks: Task[] = [...page.matchAll(/^### (\d+)\. (.*)\n[^#]*?```sh\n([^]*?)\n```/gm)].map(
  ([, number, title, text]) => ({ number: Number(number), title: title!, lines: text!.split('\n') }),
);

/** What one line has come to. */
interface Done {
  /** The exit code; null when the test has ended it. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** What proves that a line has done its task. `port` is where it listens. */
type Proof = (line: Line) => Promise<void> | void;

const echoes =
  (expected = 'hello\n'): Proof =>
  async (line) => {
    const { code, out, err } = await line.ended();
    assert.equal(out, expected, err);
    assert.equal(code, 0, err);
  };
const records =
  (bytes: Uint8Array | string): Proof =>
  async (line) => {
    assert.equal((await line.ended()).code, 0);
    assert.equal((await line.heard('got'))['sum'], createHash('sha256').update(bytes).digest('hex'));
  };
/** Serves two clients, one after the other. */
const serves =
  (how: 'talk' | 'tls' = 'talk'): Proof =>
  async (line) => {
    // ncat lets its command go when the client ends its direction, as the page says.
    const word = line.tool === 'ncat' && how === 'talk' ? 'keep' : how;
    for (const text of ['one', 'and two']) {
      line.tell(`${word} ${line.port} ${text}`);
      assert.equal((await line.heard('said'))['text'], text);
    }
  };
const succeeds =
  (pattern?: RegExp): Proof =>
  async (line) => {
    const { code, out, err } = await line.ended();
    assert.equal(code, 0, out + err);
    if (pattern !== undefined) assert.match(out, pattern);
  };

const proofs: Readonly<Record<number, Proof>> = {
  1: echoes(),
  2: async (line) => {
    line.tell(`talk ${line.port} kept`);
    await line.heard('said');
    assert.equal((await line.ended()).code, 0);
    assert.equal(readFileSync(join(line.folder, 'got.txt'), 'utf8'), 'kept');
  },
  3: serves(),
  4: records('QUIT\r\n'),
  5: echoes(),
  6: records(noise(3_000_000)),
  7: async (line) => {
    const began = performance.now();
    const { code, err } = await line.ended();
    assert.ok(performance.now() - began >= 950, err);
    if (line.tool === 'berkeley') assert.equal(code, 7);
  },
  8: succeeds(),
  9: serves(),
  10: serves(),
  11: async (line) => {
    if (line.tool !== 'openssl') return echoes()(line);
    // With -quiet it does not end with its input.
    while (line.out !== 'hello\n') await line.outputWithin(1000);
  },
  12: serves('tls'),
  13: serves('tls'),
  14: serves(),
  15: succeeds(/CN ?= ?[^]*localhost[^]*/),
  16: succeeds(),
  17: succeeds(/BEGIN CERTIFICATE|verdict +the certificate is valid/),
  18: async (line) => {
    assert.equal((await line.ended()).code, 0);
    const made = new X509Certificate(readFileSync(join(line.folder, 'new.pem')));
    assert.ok(made.checkHost('localhost', { subject: 'never' }) && made.checkIP('127.0.0.1'));
    assert.match(readFileSync(join(line.folder, 'new.key'), 'utf8'), /BEGIN PRIVATE KEY/);
  },
  19: records('deploys:1|c\n'),
  20: async (line) => {
    // Nobody tells when a datagram would be heard, so they come until one is.
    while (!line.out.includes('heard')) {
      line.tell(`datagram ${line.port} heard`);
      await line.heard('said');
      await line.outputWithin(100);
    }
  },
};

describe('the twenty tasks of docs/command.md', { concurrency: 3 }, () => {
  const folder = pki()
    .file('tasks', '')
    .replace(/[^/]*$/, 'tasks-of-the-page');
  const bin = join(folder, 'bin');

  before(() => {
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'berkeley'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
    chmodSync(join(bin, 'berkeley'), 0o755);
  });
  after(() => rmSync(folder, { recursive: true }));

  test('there are twenty, ours first, and each is proved', () => {
    assert.deepEqual(
      tasks.map(({ number }) => number),
      Array.from({ length: 20 }, (_, i) => i + 1),
    );
    for (const { number, lines } of tasks) {
      assert.match(lines[0]!, /\bberkeley /);
      assert.ok(lines.length >= 2 && lines.slice(1).every((line) => !line.includes('berkeley')), String(number));
      assert.ok(number in proofs);
    }
  });

  for (const { number, title, lines } of tasks)
    for (const text of lines) {
      const tool = toolOf(text);
      test(`${number}. ${title}: ${tool}`, { timeout: 60_000 }, async (t) => {
        if (tool !== 'berkeley' && spawnSync(tool, ['-h']).error !== undefined) {
          missing(t, `${tool} is not installed`);
          return;
        }
        const line = await Line.run(t, join(folder, `${number}-${tool}`), bin, text);
        await proofs[number]!(line);
      });
    }
});

interface Peer {
  readonly child: ChildProcess;
  heard(event: string): Promise<Record<string, unknown>>;
}

function startPeer(folder: string): Peer {
  mkdirSync(folder, { recursive: true });
  const { certFile, keyFile } = pki().server;
  const script = join(root, 'test/cli/page-peer.py');
  const child = spawn(interpreter(), [script, folder, certFile, keyFile], { stdio: ['pipe', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (piece: Buffer) => (text += piece.toString()));
  const heard = async (event: string): Promise<Record<string, unknown>> => {
    for (;;) {
      const lines = text.split('\n');
      const at = lines.slice(0, -1).findIndex((one) => (JSON.parse(one) as { event: string }).event === event);
      if (at !== -1) {
        const [found] = lines.splice(at, 1);
        text = lines.join('\n');
        return JSON.parse(found!) as Record<string, unknown>;
      }
      await once(child.stdout, 'data');
    }
  };
  return { child, heard };
}

function toolOf(text: string): string {
  return /\b(berkeley|socat|ncat|openssl)\b/.exec(text)![1]!;
}

/** One line of the page, in a folder and with servers of its own. */
class Line {
  readonly tool: string;
  readonly folder: string;
  /** Where the line is to listen. */
  readonly port: number;
  out = '';
  #err = '';
  readonly #peer: Peer;
  readonly #child: ChildProcess;

  private constructor(t: TestContext, folder: string, port: number, peer: Peer, bin: string, text: string) {
    this.tool = toolOf(text);
    this.folder = folder;
    this.port = port;
    this.#peer = peer;
    // A group of its own, so that its children end with it.
    this.#child = spawn('sh', ['-c', text], {
      cwd: folder,
      detached: true,
      env: { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child.stdin!.on('error', () => undefined);
    this.#child.stdout!.on('data', (piece: Buffer) => (this.out += piece.toString('latin1')));
    this.#child.stderr!.on('data', (piece: Buffer) => (this.#err += piece.toString()));
    t.after(async () => {
      const ended = this.#child.exitCode === null ? once(this.#child, 'exit') : null;
      try {
        process.kill(-this.#child.pid!, 'SIGKILL');
      } catch {
        // All of them have ended.
      }
      await ended;
      peer.child.kill('SIGKILL');
    });
  }

  static async run(t: TestContext, folder: string, bin: string, text: string): Promise<Line> {
    const peer = startPeer(folder);
    t.after(() => peer.child.kill('SIGKILL'));
    const { ports } = (await peer.heard('ready')) as { ports: Record<string, number> };
    const { root: authority, server } = pki();
    const files = { 'ca.pem': authority.cert, 'cert.pem': server.cert, 'key.pem': server.key };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    writeFileSync(join(folder, 'big.bin'), noise(3_000_000));
    const port = await freePort();
    const real = text.replace(/\b70\d\d\b/g, (number) => String(number === '7000' ? port : ports[number]));
    return new Line(t, folder, port, peer, bin, real);
  }

  async ended(): Promise<Done> {
    if (this.#child.exitCode === null) await once(this.#child, 'close');
    return { code: this.#child.exitCode, out: this.out, err: this.#err };
  }

  tell(words: string): void {
    this.#peer.child.stdin!.write(`${words}\n`);
  }

  heard(event: string): Promise<Record<string, unknown>> {
    return this.#peer.heard(event);
  }

  /** Waits until there is more output, and so long at most. */
  outputWithin(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#child.stdout!.once('data', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

/** A port below those that the kernel hands out, where so nobody comes between this look and the line's own. Not every tool takes 0. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 30_000);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, () => resolve(true));
    });
    if (!free) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}
