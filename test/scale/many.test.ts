// Owns the tests of many connections at once: 2,000, or 15,000 where BERKELEY_HEAVY is set. Each does an exchange that is
// checked, and when all are closed, descriptors and memory are what they were.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { AsyncConn } from 'berkeley';
import { descriptors, inBothColours, until, type Net } from '../net/kit.js';
import { startPuppet, type Puppet } from '../support/python.js';

const COUNT = process.env['BERKELEY_HEAVY'] ? 15_000 : 2000;
/** Python's, each with an address of its own, so that the ports of one suffice and no limit of a process is met. */
const CLIENTS = ['127.0.0.2', '127.0.0.3'];
const TOKEN = 16;
const limit = { timeout: 60_000 };

const client = `
import resource
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
IP_BIND_ADDRESS_NO_PORT = 24
def open_all(source, port, numbers):
    global conns
    conns = {}
    for n in numbers:
        c = conns[n] = socket.socket()
        c.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
        c.bind((source, 0))
        c.connect(('127.0.0.1', port))
def exchange():
    for n, c in conns.items(): c.sendall(b'%0${TOKEN}d' % n)
    return sum(exactly(c, ${TOKEN}) == (b'%0${TOKEN}d' % n)[::-1] for n, c in conns.items())
def finish():
    for n, c in conns.items():
        if n % 2: c.close()
    return sum(c.recv(1) == b'' for n, c in conns.items() if n % 2 == 0)
def close_all():
    for c in conns.values(): c.close()`;

const hard = Number(/^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))![1]);

inBothColours(`${COUNT} connections at once: all are served, and nothing of them is left`, async (net, t) => {
  if (hard < COUNT + 200) {
    t.skip(`this process may open ${hard} files`);
    return;
  }
  const pythons = CLIENTS.map(() => startPuppet(t, client));
  const before = descriptors();
  await cycle(net, t, pythons);
  await until(() => descriptors() <= before, 'all descriptors are closed');
  const used = await memory();
  // Tables have grown the first time, and stay.
  await cycle(net, t, pythons);
  await until(() => descriptors() <= before, 'all descriptors are closed');
  const grown = (await memory()) - used;
  // An open connection takes thousands of bytes.
  assert.ok(grown < 400 * COUNT, `${grown} bytes more than before`);
});

async function cycle(net: Net, t: TestContext, pythons: readonly Puppet[]): Promise<void> {
  const listener = await net.listen('127.0.0.1:0');
  t.after(() => listener.close());
  const before = descriptors();
  const each = COUNT / CLIENTS.length;
  for (const [i, python] of pythons.entries())
    python.begin(`open_all('${CLIENTS[i]}', ${listener.address.port}, range(${i * each}, ${(i + 1) * each}))`);
  const conns: AsyncConn[] = [];
  while (conns.length < COUNT) conns.push(await listener.accept(limit));
  for (const python of pythons) await python.caughtUp();
  assert.equal(descriptors(), before + COUNT);
  for (const python of pythons) python.begin('found = exchange()');
  const numbers = await Promise.all(conns.map(answer));
  assert.equal(new Set(numbers).size, COUNT);
  assert.deepEqual(await Promise.all(pythons.map((python) => python.value('found'))), [each, each]);
  for (const python of pythons) python.begin('found = finish()');
  await Promise.all(conns.map((conn, i) => end(conn, numbers[i]! % 2 === 1)));
  assert.deepEqual(await Promise.all(pythons.map((python) => python.value('found'))), [each / 2, each / 2]);
  for (const python of pythons) await python.run('close_all()');
  listener.close();
}

async function answer(conn: AsyncConn): Promise<number> {
  const token = await conn.readExact(TOKEN, limit);
  const number = Number(token);
  await conn.write(token.reverse());
  return number;
}

async function end(conn: AsyncConn, first: boolean): Promise<void> {
  if (first) assert.equal(await conn.read(1, limit), null);
  await conn.close();
  assert.equal(conn.closeInfo?.clean, true);
}

inBothColours('a storm of connections on a short queue: all are served', async (net, t) => {
  const python = startPuppet(
    t,
    `
import threading
def storm(target, n):
    global threads, answers
    answers = []
    def one(i):
        c = socket.socket(socket.AF_INET if isinstance(target, tuple) else socket.AF_UNIX)
        c.connect(target)
        c.sendall(b'%0${TOKEN}d' % i)
        answers.append(exactly(c, ${TOKEN}) == (b'%0${TOKEN}d' % i)[::-1])
        c.close()
    threads = [threading.Thread(target=one, args=(i,)) for i in range(n)]
    for thread in threads: thread.start()
def calm():
    for thread in threads: thread.join()
    return answers.count(True)`,
  );
  const before = descriptors();
  // A Unix client waits until there is room; one over TCP tries again after a second, and then ever more rarely.
  const storms = [
    { at: `unix:@berkeley-storm-${process.pid}`, backlog: 2, n: 200 },
    { at: '127.0.0.1:0', backlog: 4, n: 16 },
  ];
  for (const { at, backlog, n } of storms) {
    const listener = await net.listen(at, { backlog });
    const { port, path } = listener.address;
    await python.run(`storm(${path === undefined ? `('127.0.0.1', ${port})` : `'\\0${path.slice(1)}'`}, ${n})`);
    for (let i = 0; i < n; i++) {
      const conn = await listener.accept(limit);
      await answer(conn);
      await end(conn, true);
    }
    assert.equal(await python.value('calm()'), n);
    listener.close();
  }
  assert.equal(descriptors(), before);
});

/** What the heap and the memory that hangs on it hold when all garbage is gone. */
async function memory(): Promise<number> {
  for (let i = 0; i < 5; i++) {
    collect();
    await setImmediate();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
