// Owns the tests of promise 5 and of what keeps a process alive: sockets that always succeed at once, and those that wait.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { colours, failure, onEvery, type AnyConn, type Choice } from '../support/matrix.js';

const async: Choice = { colours: ['async'] };

const busy: Record<string, (conn: AnyConn) => Promise<unknown>> = {
  'reads of one byte': async (conn) => await conn.read(1),
  'an iteration': async (conn) => {
    for await (const piece of conn) if (piece.length === 0) return;
  },
  'sized reads': async (conn) => await conn.readExact(100),
  peeks: async (conn) => await conn.peek(1),
  'waits that are over at once': async (conn) => await conn.waitReadable(),
};

onEvery(
  'promise 5: a socket that never has to wait starves neither timers nor another socket',
  async (it) => {
    for (const [name, call] of Object.entries(busy)) {
      const flooded = await it.open([['flood']]);
      const other = await it.open([['echo']]);
      await flooded.conn.waitReadable();
      let calls = 0;
      let stop = false;
      const loop = (async () => {
        while (!stop) {
          await call(flooded.conn);
          calls++;
        }
      })();
      // Each of these needs a turn of the event loop; if none came, this would never end.
      let ticks = 0;
      const timer = setInterval(() => ticks++, 1);
      for (let i = 0; i < 10; i++) {
        await other.conn.write('ping');
        assert.equal(String(await other.conn.readExact(4)), 'ping');
      }
      const endless = name === 'an iteration';
      while (ticks < 10 || (calls < 10 && !endless)) await new Promise((turn) => setTimeout(turn, 1));
      clearInterval(timer);
      stop = true;
      if (endless) {
        flooded.conn.abort();
        await failure(() => loop, 'ERR_SOCKET_CLOSED');
      } else {
        await loop;
        flooded.conn.abort();
      }
      other.conn.abort();
      await other.peer.stop();
      await flooded.peer.stop();
    }
  },
  async,
);

onEvery(
  'promise 5: writes that succeed at once starve no timer',
  async (it) => {
    const { conn } = await it.open([['recvall']]);
    let stop = false;
    setTimeout(() => (stop = true), 5);
    while (!stop) await conn.write('x');
    assert.ok(conn.bytesWritten > 0);
  },
  async,
);

onEvery(
  'promise 5: reads from the buffer, which need no system call, starve no timer',
  async (it) => {
    const { conn } = await it.open([['wait']]);
    conn.unread(Buffer.alloc(1));
    let stop = false;
    setTimeout(() => (stop = true), 5);
    while (!stop) {
      await conn.read();
      conn.unread('x');
    }
  },
  async,
);

/**
 * Runs a program of its own: whether it ends by itself is what counts. Ten seconds are for ever. It keeps both ends of its
 * pairs, because a forgotten one is collected and closed.
 */
function run(program: string): string {
  const head = `
    import * as promises from 'berkeley';
    import * as sync from 'berkeley/sync';
    process.on('exit', () => console.log('exit'));
  `;
  return execFileSync(process.execPath, ['--input-type=module', '-e', head + program], {
    encoding: 'utf8',
    timeout: 10_000,
    cwd: new URL('../../..', import.meta.url),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

void test('an idle connection does not keep the process alive, in neither colour', () => {
  for (const colour of colours) {
    const net = colour === 'async' ? 'promises' : 'sync';
    assert.equal(run(`globalThis.kept = ${net}.pair(); await kept[0].write('x'); await kept[1].read();`), 'exit\n');
  }
});

void test('a waiting read keeps the process alive until it is over', () => {
  assert.equal(
    run(`const [a, b] = (globalThis.kept = promises.pair());
      a.readExact(5).then((piece) => console.log(String(piece)));
      setTimeout(() => b.write('alive'), 30).unref(); setTimeout(() => {}, 60);`),
    'alive\nexit\n',
  );
  // Without the second timer nothing but the read is left, and the unreferenced timer still fires.
  assert.equal(
    run(`const [a, b] = (globalThis.kept = promises.pair());
      a.readExact(5).then((piece) => console.log(String(piece)));
      setTimeout(() => b.write('alive'), 30).unref();`),
    'alive\nexit\n',
  );
});

void test('a waiting read with a limit keeps the process alive until the limit', () => {
  assert.equal(
    run(
      `const [a] = (globalThis.kept = promises.pair()); a.read(1, { timeout: 30 }).catch((error) => console.log(error.code));`,
    ),
    'ETIMEDOUT\nexit\n',
  );
});

void test('after unref a waiting read no longer keeps the process alive, and after ref it does again', () => {
  assert.equal(
    run(`const [a] = (globalThis.kept = promises.pair()); a.unref().read().then(() => console.log('never'));`),
    'exit\n',
  );
  assert.equal(
    run(`const [a] = (globalThis.kept = promises.pair()); a.read().then(() => console.log('never')); a.unref();`),
    'exit\n',
  );
  assert.equal(
    run(`const [a, b] = (globalThis.kept = promises.pair());
      a.unref(); a.readExact(5).then((piece) => console.log(String(piece))); a.ref();
      setTimeout(() => b.write('alive'), 30).unref();`),
    'alive\nexit\n',
  );
  assert.equal(
    run(`const [a, b] = (globalThis.kept = promises.pair());
      const other = setInterval(() => {}, 10);
      a.unref(); a.readExact(25).then((piece) => { console.log(String(piece)); clearInterval(other); });
      setTimeout(() => b.write('while something else does'), 10);`),
    'while something else does\nexit\n',
  );
});
