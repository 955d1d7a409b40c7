// Owns the fault points of connections: dialling, accepting, reading and writing, in both colours. The other end is Python.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type * as promises from 'berkeley';
import { colours } from '../net/kit.js';
import { pki } from '../support/pki.js';
import { startPuppet } from '../support/python.js';
import { sweep, underInjector } from './faults-kit.js';

/** Echoes on TCP, on a Unix socket and under TLS; `dial` connects and stays. */
const PEERS = `
import ssl, threading
root, cert, key, path = sys.argv[1:5]
def echo(s):
    try:
        if isinstance(s, tuple): s = s[0].wrap_socket(s[1], server_side=True)
        while True:
            piece = s.recv(65536)
            if not piece: break
            s.sendall(piece)
    except OSError: pass
    if not isinstance(s, tuple): s.close()
    else: s[1].close()
def serve(l, context=None):
    while True:
        s = l.accept()[0]
        threading.Thread(target=echo, args=((context, s) if context else s,), daemon=True).start()
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)
tcp = socket.create_server(('127.0.0.1', 0), backlog=64)
secure = socket.create_server(('127.0.0.1', 0), backlog=64)
local = socket.socket(socket.AF_UNIX); local.bind(path); local.listen(64)
for each in ((tcp,), (local,), (secure, context)):
    threading.Thread(target=serve, args=each, daemon=True).start()
def ports(): return [tcp.getsockname()[1], secure.getsockname()[1]]
dialled = []
def dial(port, tls=False):
    s = socket.create_connection(('127.0.0.1', port))
    dialled.append(s)
    def talk():
        try:
            t = ssl.create_default_context(cafile=root).wrap_socket(s, server_hostname='localhost') if tls else s
            t.sendall(b'hello')
            while t.recv(65536): pass
            t.close()
        except OSError: pass
    threading.Thread(target=talk, daemon=True).start()
def hang_up():
    while dialled: dialled.pop().close()
`;

interface Peers {
  readonly tcp: number;
  readonly secure: number;
  readonly path: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  dial(port: number, tls?: boolean): Promise<void>;
  hangUp(): Promise<void>;
}

type Conn = promises.AsyncConn;

underInjector(import.meta.url, () => {
  const folder = mkdtempSync(join(tmpdir(), 'berkeley-'));
  let peers: Peers;
  // One Python for all: the process ends with the parent's end of its input.
  test('the other end', async () => {
    const { root, server } = pki();
    const path = join(folder, 'echo');
    const after: (() => void)[] = [];
    const kept = { after: (step: () => void) => after.push(step) } as unknown as TestContext;
    const python = startPuppet(kept, PEERS, { args: [root.certFile, server.certFile, server.keyFile, path] });
    const [tcp, secure] = (await python.value('ports()')) as [number, number];
    peers = {
      tcp,
      secure,
      path,
      ca: root.cert,
      cert: server.cert,
      key: server.key,
      dial: (port, tls = false) => python.run(`dial(${port}, ${tls ? 'True' : 'False'})`),
      hangUp: () => python.run('hang_up()'),
    };
    end = () => {
      for (const step of after) step();
      rmSync(folder, { recursive: true });
    };
  });
  let end = (): void => undefined;

  for (const [colour, net] of colours) {
    const dials: Record<string, () => [string, promises.ConnectOptions]> = {
      'connect to an address': () => [`127.0.0.1:${peers.tcp}`, { timeout: 10_000 }],
      'connect to a name': () => [`localhost:${peers.tcp}`, { timeout: 10_000 }],
      'connect to a Unix socket': () => [`unix:${peers.path}`, { timeout: 10_000 }],
      'connect under TLS': () => [`localhost:${peers.secure}`, { tls: { ca: peers.ca }, timeout: 10_000 }],
    };
    for (const [title, target] of Object.entries(dials))
      test(`${title}, and an echo (${colour})`, (t) =>
        sweep(t, `${title} (${colour})`, {
          async body(point) {
            const conn = await net.connect(...target());
            point.after(() => conn.abort());
            await talk(conn, point);
            await conn.close();
          },
        }));

    for (const tls of [false, true])
      test(`a listener takes a client ${tls ? 'under TLS ' : ''}(${colour})`, (t) =>
        sweep(t, `listen and accept${tls ? ' under TLS' : ''} (${colour})`, {
          async body(point) {
            const { cert, key } = peers;
            const listener = await net.listen('127.0.0.1:0', tls ? { tls: { cert, key } } : {});
            let accepted: Conn | null = null;
            point.after(async (failed) => {
              // What accept(2) could not take stays in the queue, for the next call.
              if (accepted === null && failed !== null) accepted = await listener.tryAccept(tls ? 0 : 5000);
              accepted?.abort();
              listener.close();
              await peers.hangUp();
            });
            await point.spared(() => peers.dial(listener.address.port!, tls));
            accepted = await listener.accept({ timeout: 10_000 });
            assert.equal(String(await accepted.readExact(5, { timeout: 10_000 })), 'hello');
            await accepted.close();
          },
        }));
  }

  test('the other end has ended', () => end());

  /** An echo, and after a fault in the clear the rest of it: nothing is lost, and nothing comes twice. */
  async function talk(conn: Conn, point: { after(step: (failed: Error | null) => unknown): void }): Promise<void> {
    const words = Buffer.from('there and back again');
    let got: Buffer = Buffer.alloc(0);
    let written = 0;
    let talked = false;
    point.after(async (failed) => {
      if (failed === null || talked || conn.tls !== null || codeOf(failed) === 'ECONNRESET') return;
      if (written < words.length) await conn.write(words.subarray(written), { timeout: 5000 });
      got = Buffer.concat([got, await conn.readExact(words.length - got.length, { timeout: 5000 })]);
      assert.equal(String(got), String(words));
    });
    try {
      await conn.write(words, { timeout: 5000 });
      written = words.length;
    } catch (error) {
      written = (error as promises.SocketError).bytesDone;
      throw error;
    }
    got = await conn.readExact(words.length, { timeout: 5000 });
    assert.equal(String(got), String(words));
    talked = true;
  }
});

function codeOf(error: Error): unknown {
  return 'code' in error ? error.code : null;
}
