// Owns the end of worker threads in the middle of everything: nothing crashes, nothing stays open, and every peer sees the end.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { pki } from '../support/pki.js';
import { startPuppet } from '../support/python.js';
import { temporaryFolder } from '../support/server.js';
import { operations } from './life-operations.js';
import { seed, size } from './size.js';

/** The other ends. Of every connection they remember how it ended. */
const PEERS = `
import ssl, threading
ends, alive, lock = {}, 0, threading.Lock()
def over(how):
    global alive
    with lock:
        ends[how] = ends.get(how, 0) + 1
        alive -= 1
def until_end(c):
    while c.recv(65536): pass
def silent(c):
    watch = select.poll()
    watch.register(c, select.POLLRDHUP)
    # What waits to be read keeps the end from coming, once nobody is there to wait.
    while not watch.poll(20):
        if drain.is_set(): break
    until_end(c)
def flood(c):
    piece = (b'a line\\n' * 1000)[:4096]
    while True: c.sendall(piece)
def echo(c):
    while True:
        piece = c.recv(65536)
        if not piece: return
        c.sendall(piece)
def secure(c):
    c = context.wrap_socket(c, server_side=True)
    echo(c)
def serve(what, c):
    try:
        what(c)
        over('end')
    except (OSError, ssl.SSLError) as error: over(type(error).__name__)
    finally: c.close()
def listen(what):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    listener.bind(('127.0.0.1', 0))
    listener.listen(128)
    def accept():
        global alive
        while True:
            c, _ = listener.accept()
            with lock: alive += 1
            threading.Thread(target=serve, args=(what, c), daemon=True).start()
    threading.Thread(target=accept, daemon=True).start()
    return '127.0.0.1:%d' % listener.getsockname()[1]
drain = threading.Event()
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
hole = socket.socket()
hole.bind(('127.0.0.1', 0))
hole.listen(0)
filler = socket.create_connection(hole.getsockname())
places = {what.__name__: listen(what) for what in (silent, flood, echo, secure)}
places['hole'] = '127.0.0.1:%d' % hole.getsockname()[1]
def finish():
    drain.set()
    limit = time.monotonic() + 20
    while alive > 0 and time.monotonic() < limit: time.sleep(0.01)
    return [alive, ends]
`;

for (const reactor of ['uv', 'thread'] as const)
  test(`workers are terminated in the middle of everything (reactor: ${reactor}): no crash, no descriptor stays, every peer sees the end`, async (t) => {
    const folder = temporaryFolder(t);
    const file = join(folder, 'file');
    writeFileSync(file, Buffer.alloc(4 << 20, 'file'));
    const { server, root } = pki();
    const peers = startPuppet(t, PEERS, { args: [server.certFile, server.keyFile] });
    const places = (await peers.value('places')) as Record<string, string>;
    const scene = { ...places, file, cert: server.cert + root.cert, key: server.key };

    const program = fileURLToPath(new URL('children/terminate.js', import.meta.url));
    const count = size(reactor === 'uv' ? 40 : 24, 300);
    const child = spawn(process.execPath, [program, String(seed), String(count), JSON.stringify(scene)], {
      env: { ...process.env, ...(reactor === 'thread' ? { BERKELEY_REACTOR: 'thread' } : {}) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    t.after(() => child.kill('SIGKILL'));
    let said = '';
    let course = '';
    child.stdout.on('data', (piece: Buffer) => (said += piece.toString()));
    child.stderr.on('data', (piece: Buffer) => (course += piece.toString()));
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    const history = `BERKELEY_SEED=${seed}\n${course.split('\n').slice(-12).join('\n')}`;
    assert.deepEqual({ code, signal }, { code: 0, signal: null }, history);
    const found = JSON.parse(said) as { slowest: number; used: number; left: string[] };
    assert.deepEqual(found.left, [], history);
    // A blocked worker looks up every 100 ms; the rest is the machine's.
    assert.ok(found.slowest < 5000, `terminate() took ${found.slowest} ms\n${history}`);
    const [alive, ends] = (await peers.value('finish()')) as [number, Record<string, number>];
    assert.equal(alive, 0, `${alive} connections have not ended\n${history}`);
    const connections = Object.values(ends).reduce((sum, n) => sum + n, 0);
    assert.ok(connections > count);
    assert.ok(found.used > Object.keys(operations).length / 2);
    t.diagnostic(
      `${count} workers terminated in ${found.used} kinds of operations; ${connections} connections of their peers, all ended; the slowest terminate() took ${found.slowest.toFixed(0)} ms`,
    );
  });
