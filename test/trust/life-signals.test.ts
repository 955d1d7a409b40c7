// Owns signals to a process that is in the middle of a call: their default, their handlers, a stop, a storm, and the one that
// must never come.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { colours } from '../real/colours.js';
import { pki } from '../support/pki.js';
import { startPuppet, type Puppet } from '../support/python.js';
import { temporaryFolder } from '../support/server.js';
import { size } from './size.js';

interface Child {
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
  line(): Promise<string>;
  ended: Promise<{ code: number | null; signal: string | null }>;
}

function start(t: TestContext, ...words: (string | number)[]): Child {
  const file = fileURLToPath(new URL('children/signalled.js', import.meta.url));
  const child = spawn(process.execPath, [file, ...words.map(String)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  t.after(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const lines: AsyncIterator<string, undefined> = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    pid: child.pid ?? -1,
    kill: (signal) => void child.kill(signal),
    async line() {
      const { done, value } = await lines.next();
      if (done) assert.fail(`the child ended: ${JSON.stringify(await ended)}`);
      return value;
    },
    ended,
  };
}

/** Python that accepts one connection as `c`. */
async function peer(t: TestContext, setting = ''): Promise<{ python: Puppet; port: number }> {
  const python = startPuppet(t, `listener = socket.create_server(('127.0.0.1', 0))\n${setting}`);
  return { python, port: (await python.value('listener.getsockname()[1]')) as number };
}

/** Waits until the process is not running: in a call that blocks, or stopped. */
const asleep = (pid: number): string => `
while open('/proc/${pid}/stat').read().rsplit(')', 1)[1].split()[0] not in 'ST': time.sleep(0.002)`;
const stopped = (pid: number): string => asleep(pid).replace("not in 'ST'", "!= 'T'");

for (const { name } of colours) {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`${signal} without a handler ends a process that waits, at once (${name})`, async (t) => {
      const { python, port } = await peer(t);
      python.begin('c, _ = listener.accept()');
      const child = start(t, 'defaulted', name, port);
      assert.equal(await child.line(), 'ready');
      await python.run(asleep(child.pid));
      child.kill(signal);
      assert.deepEqual(await child.ended, { code: null, signal });
      assert.equal(await python.value('len(c.recv(10))'), 0);
    });

    test(`promise 15: a handler of ${signal} runs ${name === 'promises' ? 'while a call is pending' : 'when the blocking call has returned'} (${name})`, async (t) => {
      const { python, port } = await peer(t);
      python.begin('c, _ = listener.accept()');
      const child = start(t, 'handled', name, port);
      assert.equal(await child.line(), 'ready');
      await python.run(asleep(child.pid));
      child.kill(signal);
      if (name === 'promises') assert.equal(await child.line(), 'handled');
      // What is sent now is received by the very call that was interrupted.
      else await python.run(asleep(child.pid));
      await python.run(`c.sendall(b'x')`);
      assert.equal(await child.line(), 'read x');
      if (name !== 'promises') assert.equal(await child.line(), 'handled');
      assert.deepEqual(await child.ended, { code: 0, signal: null });
    });
  }

  test(`3. a limit goes on while the process is stopped, and what came meanwhile is not late (${name})`, async (t) => {
    for (const comes of [true, false]) {
      const { python, port } = await peer(t);
      python.begin('c, _ = listener.accept()');
      const child = start(t, 'limited', name, port);
      assert.equal(await child.line(), 'ready');
      await python.run(asleep(child.pid));
      child.kill('SIGSTOP');
      await python.run(stopped(child.pid));
      // Longer than the limit: its passing is what is tested.
      await python.run(`${comes ? `c.sendall(b'meanwhile')` : 'pass'}\ntime.sleep(0.4)`);
      child.kill('SIGCONT');
      const [got, ms] = (await child.line()).split(' ');
      assert.equal(got, comes ? 'meanwhile' : 'ETIMEDOUT');
      assert.ok(Number(ms) >= 390, `${ms} ms`);
      await python.run(`c.sendall(b'afterwards')`);
      assert.equal(await child.line(), 'afterwards');
      assert.deepEqual(await child.ended, { code: 0, signal: null });
    }
  });

  for (const secure of [false, true]) {
    const over = secure ? 'TLS' : 'TCP';
    const bytes = size(48, 1024) << 20;
    test(`bytes are whole over ${over} in a storm of signals, and while the process is stopped and goes on (${name})`, async (t) => {
      const { server, root } = pki();
      const { python, port } = await peer(
        t,
        `
import hashlib, ssl, threading
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(${JSON.stringify(server.certFile)}, ${JSON.stringify(server.keyFile)})
sent, stops = 0, 0
def storm(pid):
    global sent, stops
    try:
        while True:
            os.kill(pid, signal.SIGALRM if sent % 2 else signal.SIGUSR2)
            sent += 1
            if sent % 40 == 0:
                os.kill(pid, signal.SIGSTOP)
                time.sleep(0.005)
                os.kill(pid, signal.SIGCONT)
                stops += 1
            time.sleep(0.001)
    except ProcessLookupError: pass
def serve():
    global digest
    c, _ = listener.accept()
    c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if ${secure ? 'True' : 'False'}: c = context.wrap_socket(c, server_side=True)
    hashed = hashlib.sha256()
    while True:
        piece = c.recv(65536)
        if not piece: break
        hashed.update(piece)
        c.sendall(piece)
    digest = hashed.hexdigest()
serving = threading.Thread(target=serve, daemon=True)
serving.start()
`,
      );
      const child = start(t, 'transfer', name, port, bytes, ...(secure ? [root.certFile] : []));
      assert.equal(await child.line(), 'ready');
      const begun = performance.now();
      await python.run(
        `storming = threading.Thread(target=storm, args=(${child.pid},), daemon=True)\nstorming.start()`,
      );
      const [sent, got] = (await child.line()).split(' ');
      assert.equal(got, sent);
      const handled = Number(await child.line());
      assert.deepEqual(await child.ended, { code: 0, signal: null });
      await python.run('storming.join()\nserving.join()');
      assert.equal(await python.value('digest'), sent);
      const [signals, stops] = (await python.value('[sent, stops]')) as [number, number];
      assert.ok(handled > 0, `${handled} of ${signals} signals were handled`);
      t.diagnostic(
        `${bytes >> 20} MiB each way in ${((performance.now() - begun) / 1000).toFixed(1)} s, ${signals} signals and ${stops} stops`,
      );
    });
  }

  test(`11. no write of any kind to a peer that is gone raises SIGPIPE (${name})`, async (t) => {
    const file = join(temporaryFolder(t), 'file');
    writeFileSync(file, Buffer.alloc(100_000));
    const child = start(t, 'broken', name, 0, file);
    const [pipes, codes] = (await child.line()).split(' ');
    assert.equal(pipes, '0');
    assert.deepEqual(codes!.split(','), Array(9).fill('EPIPE'));
    assert.deepEqual(await child.ended, { code: 0, signal: null });
  });
}
