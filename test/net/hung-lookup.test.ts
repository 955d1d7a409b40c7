// Owns the tests of a name server that never answers, and of one that says no. Each test is a process of its own.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, test } from 'node:test';
import { slowNames } from './slow-names.js';

const library = slowNames(after);

/** A sanitizer that has something to say opens a file for it. */
const counting = process.env['TSAN_OPTIONS'] === undefined ? {} : { skip: 'reports of the sanitizer are files, too' };

/** Runs a program with the library before libc. It must end by itself, long before the sleep does. */
function run(colour: string, body: string): unknown {
  const entry = (name: string) => new URL(`../../../dist/${name}/index.js`, import.meta.url).href;
  const program = `
    import * as net from ${JSON.stringify(entry(colour))};
    import { readdirSync } from 'node:fs';
    import { readFile } from 'node:fs/promises';
    const fds = () => readdirSync('/proc/self/fd').length;
    const timed = async (call) => {
      const begun = performance.now();
      try { await call(); return ['ok', performance.now() - begun]; }
      catch (error) { return [error.code, performance.now() - begun, error.name, error.phase, error.attempts?.map((one) => one.address)]; }
    };
    const say = (value) => console.log(JSON.stringify(value));
    ${body}`;
  const { stdout, stderr, status, signal } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    timeout: 15_000,
    env: { ...process.env, LD_PRELOAD: library, UV_THREADPOOL_SIZE: '1' },
  });
  assert.equal(signal, null, `it did not end: ${stdout}${stderr}`);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

type Timed = [string, number, string, string, string[]];

for (const colour of ['promises', 'sync']) {
  test(`promise 3: a deadline returns on time even if getaddrinfo does not, and the process ends (${colour})`, () => {
    const [looked, connected, listening, before, later] = run(
      colour,
      `const before = fds();
       const looked = await timed(() => net.lookup('hung.example', 80, { timeout: 100 }));
       const connected = await timed(() => net.connect('hung.example:80', { timeout: 100 }));
       const socket = net.socket(); const bound = await timed(() => socket.connect('hung.example:80', { timeout: 100 })); socket.close();
       say([looked, connected, bound, before, fds()]);`,
    ) as [Timed, Timed, Timed, number, number];
    for (const [code, ms, name, phase] of [looked, connected, listening]) {
      assert.equal(code, 'ETIMEDOUT');
      assert.equal(name, 'TimeoutError');
      assert.match(phase, /lookup|connect/);
      assert.ok(ms >= 99 && ms < 600, `${ms} ms`);
    }
    // The reactor's own descriptors in the promise colour; the lookups leave none.
    assert.ok(later - before <= (colour === 'promises' ? 5 : 0), `${before} then ${later}`);
  });

  test(`other lookups go on beside hung ones, and libuv's one thread is not used (${colour})`, () => {
    const result = run(
      colour,
      `// More than the 16 lookups that may be waited for at a time: those that were given up count no more.
       for (let i = 0; i < 40; i++) await timed(() => net.lookup('hung' + i + '.example', 80, { timeout: 5 }));
       const other = await timed(() => net.lookup('localhost', 80, { timeout: 5000 }));
       const file = await timed(() => readFile('/etc/hosts'));
       say([other[0], file[0]]);`,
    );
    assert.deepEqual(result, ['ok', 'ok']);
  });

  test(`an IPv6 lookup that hangs costs the resolution delay of 50 ms, not the connection (${colour})`, () => {
    const [code, ms] = run(
      colour,
      `const listener = await net.listen('127.0.0.1:0');
       say(await timed(async () => { const conn = await net.connect('slow6.example', listener.address.port, { timeout: 5000 }); conn.abort(); }));
       listener.close();`,
    ) as Timed;
    assert.equal(code, 'ok');
    assert.ok(ms >= 49 && ms < 500, `${ms} ms`);
  });

  test(`an IPv6 answer within the resolution delay goes first (${colour})`, () => {
    const result = run(
      colour,
      `const listener = await net.listen('127.0.0.1:0'); const { port } = listener.address; listener.close();
       const error = await timed(() => net.connect('late6.example', port, { timeout: 5000 }));
       say([error[0], error[4].map((one) => one.replace(/:[0-9]+$/, ''))]);`,
    );
    assert.deepEqual(result, ['ECONNREFUSED', ['[::1]', '127.0.0.1']]);
  });

  test(`a name that nobody has is ENOTFOUND, one that may come later EAI_AGAIN (${colour})`, () => {
    const result = run(
      colour,
      `const codes = [];
       for (const call of [() => net.connect('gone.example:80'), () => net.listen('gone.example:0'), () => net.lookup('gone.example'), () => net.connect('later.example:80')])
         { const [code, , name, phase] = await timed(call); codes.push([code, name, phase]); }
       say(codes);`,
    );
    const gone = ['ENOTFOUND', 'ResolveError', 'lookup'];
    assert.deepEqual(result, [gone, gone, gone, ['EAI_AGAIN', 'ResolveError', 'lookup']]);
  });

  test(`failing calls release the lookups that still run (${colour})`, counting, () => {
    const result = run(
      colour,
      `const [warm] = net.pair(); await warm.waitReadable({ timeout: 1 });
       const before = fds();
       for (let i = 0; i < 5; i++) {
         await timed(() => net.listen(['gone' + i + '.example:0', 'hung.example:0']));
         await timed(() => net.connect('slow6.example:1', { options: [[net.options.SO_KEEPALIVE, 'x']] }));
         await timed(() => net.connect('slow6.example:1', { timeout: 70 }));
       }
       say(fds() - before);`,
    );
    // One fewer where Node itself had still something open at the start.
    assert.ok((result as number) <= 0, `${result as number} left`);
  });
}

test('500 unresolvable connects leave the descriptor count where it was', counting, () => {
  const result = run(
    'promises',
    `const [warm] = net.pair(); await warm.waitReadable({ timeout: 1 });
     const before = fds();
     for (let i = 0; i < 10; i++) await Promise.all(Array.from({ length: 50 }, (_, j) => timed(() => net.connect('gone' + j + '.example:80'))));
     say(fds() - before);`,
  );
  assert.ok((result as number) <= 0, `${result as number} left`);
});

test('an abort ends a lookup that hangs', () => {
  const [code, ms, , phase] = run(
    'promises',
    `const controller = new AbortController(); setTimeout(() => controller.abort(), 30);
     say(await timed(() => net.connect('hung.example:80', { signal: controller.signal })));`,
  ) as Timed;
  assert.deepEqual([code, phase], ['ABORT_ERR', 'lookup']);
  assert.ok(ms < 600);
});
