// Owns the tests of `berkeley relay`: clients and servers are Python and openssl.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { pki } from '../support/pki.js';
import { startPython } from '../support/python.js';
import { folder } from '../net/kit.js';
import { berkeley, pythonClient, type Running } from './command.js';

/** A server that answers each client, at its end, with what it has sent, doubled; several at once. Says its port. */
const SERVER = `
import threading
listener = socket.create_server(('127.0.0.1', 0))
say(listener.getsockname()[1])
def serve(c):
    with c: c.sendall(2 * everything(c))
def accept():
    while True: threading.Thread(target=serve, args=[listener.accept()[0]], daemon=True).start()
threading.Thread(target=accept, daemon=True).start()
hear()`;

async function relaying(t: TestContext, ...args: string[]): Promise<{ command: Running; target: string }> {
  const command = berkeley(t, 'relay', ...args);
  const [, target = ''] = await command.warns(/^listening on (\S+)\n/);
  return { command, target };
}

const asks =
  's.sendall(b"ab" * 50000); s.shutdown(1); got = read_all(s); say("got", len(got), got == b"ab" * 100000, "")';

test(
  'relay joins each client to a connection of its own, over TCP and Unix sockets',
  { timeout: 20_000 },
  async (t) => {
    const server = startPython(t, SERVER);
    const port = await server.line();
    const path = join(folder(t), 'socket');
    const outer = await relaying(t, '127.0.0.1:0', `unix:${path}`);
    const { command } = await relaying(t, `unix:${path}`, `127.0.0.1:${port}`);
    const silent = pythonClient(t, outer.target, 's.sendall(b"x"); say("sent it"); s.recv(1)');
    await silent.says(/sent it/);
    for (let i = 0; i < 3; i++) await pythonClient(t, outer.target, asks).says(/got 200000 True /);
    command.child.kill('SIGTERM');
    await command.ended();
    assert.equal(existsSync(path), false, 'the file of the Unix socket is gone');
  },
);

test('relay --tls ends TLS for a plain server, whose client is openssl', { timeout: 20_000 }, async (t) => {
  // s_client ends its direction only together with the connection, so this server answers lines.
  const server = startPython(
    t,
    `
listener = socket.create_server(('127.0.0.1', 0))
say(listener.getsockname()[1])
c = listener.accept()[0]
while True: c.sendall(c.recv(100).upper())`,
  );
  const port = await server.line();
  const { server: certificate, root } = pki();
  const { target } = await relaying(
    t,
    '--tls',
    '--cert',
    certificate.certFile,
    '--key',
    certificate.keyFile,
    '127.0.0.1:0',
    `127.0.0.1:${port}`,
  );
  const words = ['s_client', '-quiet', '-verify_return_error', '-CAfile', root.certFile, '-servername', 'localhost'];
  const child = spawn('openssl', [...words, '-connect', target], { stdio: ['pipe', 'pipe', 'ignore'] });
  t.after(() => child.kill('SIGKILL'));
  const answered = new Promise<string>((resolve) =>
    child.stdout.once('data', (piece: Buffer) => resolve(String(piece))),
  );
  child.stdin.write('under TLS\n');
  assert.equal(await answered, 'UNDER TLS\n');
});

test('relay --tls-connect dials with TLS and checks the certificate', { timeout: 20_000 }, async (t) => {
  const { root } = pki();
  const server = startPython(t, SERVER);
  const port = await server.line();
  const { server: certificate } = pki();
  const words = ['--tls', '--cert', certificate.certFile, '--key', certificate.keyFile];
  const inner = await relaying(t, ...words, '127.0.0.1:0', `127.0.0.1:${port}`);
  const outer = await relaying(t, '--tls-connect', '--ca', root.certFile, '127.0.0.1:0', inner.target);
  await pythonClient(t, outer.target, asks).says(/got 200000 True /);
  const distrusting = await relaying(t, '--tls-connect', '127.0.0.1:0', inner.target);
  const client = pythonClient(
    t,
    distrusting.target,
    'try: say("got", s.recv(1))\nexcept ConnectionResetError: say("was reset")',
  );
  await client.says(/was reset/);
  await distrusting.command.warns(/berkeley: 127\.0\.0\.1:\d+: .*UNABLE_TO_GET_ISSUER_CERT_LOCALLY|SELF_SIGNED/);
});

test('relay tells of a target that refuses, resets the client, and goes on', { timeout: 20_000 }, async (t) => {
  const holder = startPython(t, `s = socket.socket(); s.bind(('127.0.0.1', 0)); say(s.getsockname()[1]); hear()`);
  const port = await holder.line();
  const { command, target } = await relaying(t, '127.0.0.1:0', `127.0.0.1:${port}`);
  for (let i = 0; i < 2; i++) {
    const client = pythonClient(t, target, 'try: say("got", s.recv(1))\nexcept ConnectionResetError: say("was reset")');
    await client.says(/was reset/);
  }
  await command.warns(/(berkeley: 127\.0\.0\.1:\d+: connect ECONNREFUSED 127\.0\.0\.1:\d+.*\n){2}/);
  assert.equal(command.child.exitCode, null);
});
