// A signal every few milliseconds: nobody's error, and no limit gets longer by it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startPuppet } from '../support/python.js';
import { colours } from '../real/colours.js';
import { startChild } from './child.js';

/** Serves what the first line asks for: bytes in drips, a late connection back, or a sink that reads late. */
const SERVER = `
import threading
def drip(c):
    for i in range(10):
        time.sleep(0.02)
        c.sendall(b'0123456789')
def back(c, port):
    time.sleep(0.15)
    s = socket.create_connection(('127.0.0.1', port))
    s.sendall(b'here')
    s.close()
def sink(c):
    time.sleep(0.15)
    n = 0
    while n < 8 << 20: n += len(c.recv(65536))
    c.sendall(b'%d' % n)
def serve(c):
    with c:
        line = b''
        while not line.endswith(b'\\n'): line += c.recv(1)
        what, *rest = line.decode().split()
        globals()[what](c, *map(int, rest))
def run():
    while True: threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
listener = socket.create_server(('127.0.0.1', 0), backlog=64)
threading.Thread(target=run, daemon=True).start()
hole = socket.socket()
hole.bind(('127.0.0.1', 0))
hole.listen(0)
fillers = []
for i in range(3):
    fillers.append(socket.socket())
    fillers[-1].setblocking(False)
    fillers[-1].connect_ex(hole.getsockname())
select.select([hole], [], [])
`;

const SIGNALS = `
import threading
def run(pid):
    while True:
        try: os.kill(pid, signal.SIGUSR2)
        except ProcessLookupError: return
        time.sleep(0.005)
`;

interface Step {
  readonly step: string;
  /** What came out: 'ok' or a code. */
  readonly result: string;
  /** For a limit: by how much it was exceeded, at best. */
  readonly late: number | null;
}

for (const { name } of colours) {
  test(`a signal every 5 ms during accept, readExact and connect makes nothing fail and no limit longer (${name})`, async (t) => {
    const server = startPuppet(t, SERVER);
    const [port, hole] = (await server.value('[s.getsockname()[1] for s in (listener, hole)]')) as [number, number];
    const child = startChild(t, 'eintr', { args: [name, port, hole] });
    await child.next();
    const signals = startPuppet(t, SIGNALS);
    await signals.run(`threading.Thread(target=run, args=(${child.pid},), daemon=True).start()`);
    const steps = await child.next<Step[]>();
    const { signalled } = await child.next<{ signalled: number }>();
    assert.equal(await child.end(), '');
    // The handler of a blocked thread runs once for many.
    assert.ok(signalled >= 5, `${signalled} signals were handled`);
    for (const { step, result, late } of steps) {
      assert.equal(result, step.startsWith('limit of') ? 'ETIMEDOUT' : 'ok', step);
      if (late !== null) assert.ok(late >= -5 && late < 100, `${step}: ${late} ms late`);
    }
    assert.ok(steps.length >= 12);
  });
}
