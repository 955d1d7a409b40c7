// The examples that are servers, with clients in Python.

import assert from 'node:assert/strict';
import { mkdtempSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { example, listeningOn, python } from './program.js';

/** A test that hangs is a failure. */
const LIMIT = { timeout: 20_000 };

function portOf(target: string): string {
  return target.slice(target.lastIndexOf(':') + 1);
}

test('echo-server echoes on TCP and on a Unix socket, and SIGTERM ends it cleanly', LIMIT, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'berkeley-example-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'echo.sock');
  const server = example(t, 'echo-server', '127.0.0.1:0', `unix:${path}`);
  const port = portOf(await listeningOn(server));
  await server.prints(new RegExp(`listening on unix:${path}`));
  const client = python(
    t,
    `
payload = bytes(range(256)) * 4096
for address in (('127.0.0.1', int(sys.argv[1])), sys.argv[2]):
    with socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET) as conn:
        conn.connect(address)
        import threading
        def send(): conn.sendall(payload); conn.shutdown(socket.SHUT_WR)
        threading.Thread(target=send).start()
        back = conn.makefile('rb').read()
        say(back == payload)
`,
    port,
    path,
  );
  assert.equal(await client.ends(), 'True\nTrue\n');
  await server.prints(/unix:: 1048576 bytes/);
  server.process.kill('SIGTERM');
  const text = await server.ends();
  assert.match(text, /127\.0\.0\.1:\d+: 1048576 bytes/);
  assert.ok(!existsSync(path), 'the file of the Unix socket is gone');
});

test('a client that resets its connection does not end echo-server', LIMIT, async (t) => {
  const server = example(t, 'echo-server', '127.0.0.1:0');
  const port = portOf(await listeningOn(server));
  const client = python(
    t,
    `
import struct
conn = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
conn.sendall(b'x')
say(conn.recv(1))
conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
conn.close()
`,
    port,
  );
  await client.ends();
  await server.prints(/ECONNRESET/);
  server.process.kill('SIGTERM');
  await server.ends();
});

test('socket-activation takes over descriptor 3 and ends when it is idle', LIMIT, async (t) => {
  const file = fileURLToPath(new URL('../../examples/socket-activation.js', import.meta.url));
  // As systemd does it: listen, put the socket at descriptor 3, execute the program.
  const server = python(
    t,
    `
import os
listener = socket.create_server(('127.0.0.1', 0))
say('port', listener.getsockname()[1])
os.dup2(listener.fileno(), 3)
os.set_inheritable(3, True)  # dup2 does not do it where the socket is at 3 already
client = socket.create_connection(listener.getsockname())
client.sendall(b'world\\n')
pid = os.fork()
if pid == 0:
    os.environ['LISTEN_FDS'] = '1'
    os.execv(sys.argv[1], sys.argv[1:])
say(client.makefile('rb').readline())
client.close()
_, status = os.waitpid(pid, 0)
say('status', status)
`,
    process.execPath,
    file,
  );
  const text = await server.ends();
  const [, port] = await server.prints(/port (\d+)/);
  assert.ok(text.includes(`took over 127.0.0.1:${port}`), text);
  assert.ok(text.includes("b'Hello, world!\\r\\n'"), text);
  assert.match(text, /nobody came for a second\nstatus 0\n$/);
});

const folder = fileURLToPath(new URL('../../../examples/', import.meta.url));

for (const name of ['', 'toolbox/'].flatMap(programs)) {
  const needsArguments = readFileSync(join(folder, `${name}.ts`), 'utf8').includes('usage: ');
  const usage = new RegExp(`^usage: ${name.replace(/^.*\//, '')}`);
  test(
    `${name} without arguments ${needsArguments ? 'says how it is used' : 'does its work with another end of its own'}`,
    LIMIT,
    async (t) => assert.match(await example(t, name).ends(), needsArguments ? usage : /\S/),
  );
}

function programs(room: string): string[] {
  return readdirSync(join(folder, room)).flatMap((file) => (file.endsWith('.ts') ? [room + file.slice(0, -3)] : []));
}
