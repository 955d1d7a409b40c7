// Owns the tests of listening on Unix paths: the file, its mode, its removal, and the limit of a path (promise 12).

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { descriptors, failure, folder, inBothColours, Python } from './kit.js';

function modeOf(path: string): number {
  return lstatSync(path).mode & 0o7777;
}

/** A socket file that nobody listens on. */
function stale(path: string): void {
  execFileSync('python3', [
    '-S',
    '-E',
    '-c',
    'import socket,sys\ns=socket.socket(1);s.bind(sys.argv[1]);s.listen(1)',
    path,
  ]);
}

inBothColours(
  'promise 12: a path of 107 bytes works, one of 108 is an error naming the limit before anything is opened',
  async (net, t) => {
    const dir = folder(t);
    const path = join(dir, 'x'.repeat(107 - Buffer.byteLength(dir) - 1));
    assert.equal(Buffer.byteLength(path), 107);
    const listener = await net.listen(path);
    assert.equal(listener.address.path, path);
    const python = new Python(t, `s = socket.socket(1); s.connect(sys.argv[1]); say('in'); hear()`, path);
    assert.equal(await python.hear(), 'in');
    (await listener.accept({ timeout: 5000 })).abort();
    const before = descriptors();
    for (const call of [
      () => net.listen(`${path}y`),
      () => net.listen(`unix:${path}y`),
      () => net.listen({ path: `${path}y` }),
      () => net.connect(`${path}y`),
    ]) {
      const error = await failure(call);
      assert.equal(error.name, 'TypeError');
      assert.equal(error.code, 'ERR_INVALID_ARG_VALUE');
      assert.match(
        error.message,
        /"(at|to|at\.path)" argument is a Unix path of 108 bytes; the system's limit is 107 bytes/,
      );
    }
    assert.equal(descriptors(), before);
    listener.close();
    assert.deepEqual(readdirSync(dir), [], 'nothing was cut off and made');
  },
);

test('multi-byte characters count as bytes', async (t) => {
  const dir = folder(t);
  const net = await import('berkeley');
  const path = join(dir, 'ü'.repeat(54));
  assert.ok(path.length < 107);
  assert.match((await failure(() => net.listen(path))).message, /107 bytes/);
});

test('the mode of the file is exactly the one that was asked for, under any umask', (t) => {
  const dir = folder(t);
  const entry = pathToFileURL(join(import.meta.dirname, '../../../dist/promises/index.js')).href;
  const script = `
    import { statSync } from 'node:fs';
    import { listen } from ${JSON.stringify(entry)};
    const modes = [];
    for (const umask of [0, 0o022, 0o077, 0o777]) for (const mode of [0o600, 0o660, 0o666, 0o777, 0o000, undefined]) {
      process.umask(umask);
      const path = process.argv[1] + '/' + umask + '-' + mode;
      const listener = await listen(path, mode === undefined ? {} : { mode });
      modes.push([umask, mode ?? 0o777 & ~umask, statSync(path).mode & 0o7777]);
      if (process.umask() !== umask) throw new Error('the umask was changed');
      listener.close();
    }
    console.log(JSON.stringify(modes));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script, dir], {
    encoding: 'utf8',
  });
  const rows = JSON.parse(stdout || stderr) as [number, number, number][];
  assert.equal(rows.length, 24);
  for (const [umask, wanted, got] of rows) assert.equal(got, wanted, `umask ${umask.toString(8)}`);
  assert.deepEqual(readdirSync(dir), []);
});

inBothColours('a stale socket file is EADDRINUSE and stays, unless reuseAddress is true', async (net, t) => {
  const path = join(folder(t), 's');
  stale(path);
  const { ino } = lstatSync(path);
  for (const o of [{}, { reuseAddress: false }]) {
    const error = await failure(() => net.listen(path, o));
    assert.equal(error.code, 'EADDRINUSE');
    assert.equal(error.address, path);
    assert.equal(lstatSync(path).ino, ino);
  }
  const listener = await net.listen(path, { reuseAddress: true, mode: 0o600 });
  assert.equal(modeOf(path), 0o600);
  const conn = await net.connect(path);
  conn.abort();
  listener.close();
  assert.equal(existsSync(path), false);
});

inBothColours(
  'reuseAddress takes no path from a listener that lives, and no file that is no socket',
  async (net, t) => {
    const dir = folder(t);
    const path = join(dir, 's');
    const living = await net.listen(path);
    const error = await failure(() => net.listen(path, { reuseAddress: true }));
    assert.equal(error.code, 'EADDRINUSE');
    assert.equal(lstatSync(path).isSocket(), true);
    // The look whether somebody listens left a connection behind at most; the listener still works.
    const conn = await net.connect(path);
    conn.abort();
    living.close();
    for (const [name, make] of [
      ['file', (at: string) => writeFileSync(at, 'precious')],
      ['folder', (at: string) => mkdirSync(at)],
      ['link', (at: string) => symlinkSync('/nowhere', at)],
    ] as const) {
      const at = join(dir, name);
      make(at);
      assert.equal((await failure(() => net.listen(at, { reuseAddress: true }))).code, 'EADDRINUSE');
      assert.ok(lstatSync(at));
    }
  },
);

inBothColours('promise 12: a failed bind unlinks nothing', async (net, t) => {
  const dir = folder(t);
  const path = join(dir, 's');
  const living = await net.listen(path);
  const before = descriptors();
  assert.equal((await failure(() => net.listen(path))).code, 'EADDRINUSE');
  assert.equal((await failure(() => net.listen([path]))).code, 'EADDRINUSE');
  assert.equal((await failure(() => net.listen(join(dir, 'no', 's')))).code, 'ENOENT');
  assert.equal(descriptors(), before);
  assert.equal(lstatSync(path).isSocket(), true);
  // And what was made before the failing one is taken back.
  assert.equal((await failure(() => net.listen([join(dir, 'first'), path]))).code, 'EADDRINUSE');
  assert.deepEqual(readdirSync(dir), ['s']);
  living.close();
});

inBothColours('promise 12: close unlinks only the file this socket made', async (net, t) => {
  const dir = folder(t);
  const path = join(dir, 's');
  const first = await net.listen(path);
  unlinkSync(path);
  const second = await net.listen(path);
  first.close();
  assert.equal(lstatSync(path).isSocket(), true, 'it is the second one’s');
  renameSync(path, join(dir, 'moved'));
  writeFileSync(path, 'another');
  second.close();
  assert.equal(lstatSync(path).isFile(), true);
  assert.deepEqual(readdirSync(dir).sort(), ['moved', 's']);
});

inBothColours('a relative path is removed though the working directory has changed', async (net, t) => {
  const dir = folder(t);
  const before = process.cwd();
  process.chdir(dir);
  try {
    const listener = await net.listen('./relative');
    assert.ok(existsSync(join(dir, 'relative')));
    process.chdir(before);
    listener.close();
    assert.equal(existsSync(join(dir, 'relative')), false);
  } finally {
    process.chdir(before);
  }
});

inBothColours('an abstract name makes no file and is free again after close', async (net, t) => {
  const name = `@bk-${process.pid}-${Math.random().toString(36).slice(2)}`;
  const listener = await net.listen(`unix:${name}`);
  assert.equal(listener.address.toString(), `unix:${name}`);
  assert.equal((await failure(() => net.listen(`unix:${name}`, { reuseAddress: true }))).code, 'EADDRINUSE');
  const python = new Python(
    t,
    `s = socket.socket(1); s.connect('\\0' + sys.argv[1]); say('in'); hear()`,
    name.slice(1),
  );
  await python.hear();
  const conn = await listener.accept({ timeout: 5000 });
  assert.equal(conn.remoteAddr.path, undefined);
  conn.abort();
  listener.close();
  (await net.listen(`unix:${name}`)).close();
});

inBothColours('a local Unix path of a connection is there for the peer, and goes with it', async (net, t) => {
  const dir = folder(t);
  const listener = await net.listen(join(dir, 's'));
  const conn = await net.connect(join(dir, 's'), { local: join(dir, 'mine') });
  const accepted = await listener.accept({ timeout: 5000 });
  assert.equal(accepted.remoteAddr.path, join(dir, 'mine'));
  await conn.close();
  assert.deepEqual(readdirSync(dir), ['s']);
  const error = await failure(() => net.connect(join(dir, 'nobody'), { local: join(dir, 'mine') }));
  assert.equal(error.code, 'ENOENT');
  assert.deepEqual(readdirSync(dir), ['s'], 'a failed one as well');
  await accepted.close();
  listener.close();
});

inBothColours('a full queue of a Unix listener is waited for', async (net, t) => {
  const path = join(folder(t), 's');
  const python = new Python(
    t,
    `s = socket.socket(1); s.bind(sys.argv[1]); s.listen(0); f = socket.socket(1); f.connect(sys.argv[1]); say(1)
time.sleep(.2); s.accept(); c, _ = s.accept(); c.sendall(b'at last'); hear()`,
    path,
  );
  await python.hear();
  const begun = performance.now();
  const conn = await net.connect(path, { timeout: 5000 });
  assert.ok(performance.now() - begun > 50);
  assert.equal((await conn.readExact(7, { timeout: 5000 })).toString(), 'at last');
  await conn.close();
});

inBothColours('the file stays where the listener may live on in another process', async (net, t) => {
  const path = join(folder(t), 'handed-on');
  const listener = await net.listen(`unix:${path}`);
  const fd = listener.sockets[0]!.setInheritable(true).dup().detach();
  listener.close();
  const heir = await net.listen(`fd:${fd}`);
  const conn = await net.connect(`unix:${path}`);
  (await heir.accept({ timeout: 5000 })).abort();
  conn.abort();
  heir.close();
});
