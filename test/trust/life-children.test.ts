// Owns what programs that this process starts get of its descriptors: nothing, but what is passed on by intention.

import assert from 'node:assert/strict';
import { exec, execFileSync, fork, spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync, readlinkSync, readdirSync, writeFileSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import * as net from 'berkeley';
import * as sync from 'berkeley/sync';
import { pki } from '../support/pki.js';
import { interpreter, startPuppet } from '../support/python.js';
import { temporaryFolder } from '../support/server.js';
import { secured, type Scene } from './life-operations.js';
import { size } from './size.js';

/** What is open in a child beyond the standard three, as the kernel names it; then it lives on until its input ends. */
const LOOK = `
import os, sys
names = []
for n in os.listdir('/proc/self/fd'):
    try:
        if int(n) > 2: names.append(n + ' ' + os.readlink('/proc/self/fd/' + n))
    except FileNotFoundError: pass
print(*[name for name in names if not name.endswith('/fd')], sep='\\n', end='\\nthat is all\\n', flush=True)
sys.stdin.read()
`;

/** What was passed on to this very process by whoever started it, and so is passed on by it. */
const inherited = execFileSync(interpreter(), ['-I', '-S', '-c', LOOK], { input: '', encoding: 'utf8' });

/** Everything of the library that has a descriptor, most of it in the middle of something. */
async function busy(t: TestContext): Promise<void> {
  const { server } = pki();
  const opened: { abort?: () => void; close?: () => unknown }[] = [];
  t.after(() => {
    for (const each of opened) if (each.abort) each.abort();
      else void each.close?.(); // prettier-ignore
  });
  const listener = await net.listen(['127.0.0.1:0', `unix:@berkeley-${process.pid}-children`]);
  const client = await net.connect(listener.address);
  const accepted = await listener.accept();
  const udp = await net.udp('127.0.0.1:0');
  const [a, b] = net.pair();
  const [c, d] = net.pair();
  const blocking = sync.pair();
  const file = join(temporaryFolder(t), 'file');
  writeFileSync(file, Buffer.alloc(8 << 20));
  const [e, f] = net.pair();
  const tls = await secured({ cert: server.cert, key: server.key });
  opened.push(listener, client, accepted, udp, a, b, c, d, e, f, ...blocking, ...tls);
  // A relay that has come to its pipes, a file in the middle, reads, an accept: none of them ends before it is closed.
  const pending = [
    net.relay(b, c),
    a.write(Buffer.alloc(8 << 20)),
    e.writeFile(file),
    accepted.read(1),
    listener.accept(),
    udp.recv(),
    tls[0].read(),
  ];
  t.after(() => Promise.allSettled(pending));
}

/** Workers that open and close all the time, beside the starting of programs: what is between socket(2) and its flag would be seen. */
async function restless(t: TestContext, names: string[]): Promise<void> {
  const { server } = pki();
  const workerData: Scene = {
    ...{ silent: '', flood: '', echo: '', secure: '', hole: '', file: '', seed: 1, names },
    ...{ cert: server.cert, key: server.key },
  };
  const worker = new Worker(new URL('./children/mortal.js', import.meta.url), { workerData });
  t.after(() => worker.terminate());
  await once(worker, 'message');
}

const opening = ['accept in a loop', 'lookup', 'TLS: handshakes in a loop', 'recvMsg with descriptors', 'UDP: batches'];

test(`10. programs that are started while everything is open and at work get none of it, by spawn`, async (t) => {
  await busy(t);
  await restless(t, opening);
  const count = size(25, 500);
  for (let i = 0; i < count; i++) {
    const child = spawn(interpreter(), ['-I', '-S', '-c', LOOK], { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = once(child, 'close');
    let said = '';
    for await (const piece of child.stdout) {
      said += String(piece);
      if (said.endsWith('that is all\n')) child.stdin.end();
    }
    assert.equal(said, inherited);
    await ended;
  }
  t.diagnostic(`${count} programs started, none got a descriptor of ours`);
});

test('10. a program of exec, of fork, and one that shares our standard streams get none of it', async (t) => {
  await busy(t);
  const ours = readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const link = readlinkSync(`/proc/self/fd/${fd}`);
      // Numbers above 2, for those are passed on; what has a number of its own can be told from another process's.
      return Number(fd) > 2 && /^(socket|pipe):/.test(link) && !inherited.includes(link) ? [link] : [];
    } catch {
      return [];
    }
  });
  assert.ok(ours.length > 20);

  const script = join(temporaryFolder(t), 'look.cjs');
  writeFileSync(
    script,
    `const { readdirSync, readlinkSync } = require('node:fs');
     const links = readdirSync('/proc/self/fd').flatMap((n) => { try { return [readlinkSync('/proc/self/fd/' + n)]; } catch { return []; } });
     process.send(links);
     process.disconnect();`,
  );
  const forked = fork(script, { stdio: 'inherit' });
  const ended = once(forked, 'exit');
  const [links] = (await once(forked, 'message')) as [string[]];
  await ended;
  // The channel of fork is a socket of Node's own.
  assert.deepEqual(links.filter((link) => ours.includes(link)), []); // prettier-ignore

  const shell = await new Promise<string>((resolve, reject) => {
    exec('ls -l /proc/self/fd', (error, out) => (error ? reject(error) : resolve(out)));
  });
  for (const link of ours) assert.ok(!shell.includes(link), `${link}\n${shell}`);
  assert.doesNotMatch(shell, /eventpoll|eventfd|timerfd/);

  const place = join(temporaryFolder(t), 'said');
  const out = openSync(place, 'w');
  const inheriting = spawn(interpreter(), ['-I', '-S', '-c', LOOK], { stdio: ['ignore', out, 'inherit'] });
  await once(inheriting, 'exit');
  closeSync(out);
  assert.equal(readFileSync(place, 'utf8'), inherited);
});

test('10. what is passed on by intention is all that a program gets, under the number that it was promised', async (t) => {
  await busy(t);
  const [ours, theirs] = net.pair();
  t.after(() => ours.abort());
  const socket = theirs.socket.setInheritable(true);
  const link = readlinkSync(`/proc/self/fd/${socket.fd}`);
  const stdio: StdioOptions = ['pipe', 'pipe', 'inherit', socket.fd];
  const child = spawn(interpreter(), ['-I', '-S', '-c', LOOK], { stdio });
  t.after(() => child.kill('SIGKILL'));
  let said = '';
  for await (const piece of child.stdout!) {
    said += String(piece);
    if (said.endsWith('that is all\n')) break;
  }
  // FD_CLOEXEC was taken away by setInheritable, so the number of ours is there, too: that is what was asked for.
  const got = said.split('\n').filter((line) => line.includes(':[') && !inherited.includes(line));
  assert.deepEqual(new Set(got), new Set([`3 ${link}`, `${socket.fd} ${link}`]));
  theirs.abort();
});

test('a peer sees the end when we close, although programs that were started meanwhile live on', async (t) => {
  const python = startPuppet(t, `listener = socket.create_server(('127.0.0.1', 0))\nheld = []`);
  const port = (await python.value('listener.getsockname()[1]')) as number;
  const listening = await net.listen('127.0.0.1:0');
  const conns: net.AsyncConn[] = [];
  for (let i = 0; i < 3; i++) {
    python.begin('held.append(listener.accept()[0])');
    conns.push(await net.connect('127.0.0.1', port));
    await python.caughtUp();
  }
  const reading = conns.map((conn) => conn.read().catch((error: unknown) => (error as net.SocketError).code));
  const file = fileURLToPath(new URL('children/leave.js', import.meta.url));
  const lasting = [
    spawn(interpreter(), ['-I', '-S', '-c', LOOK], { stdio: ['pipe', 'pipe', 'inherit'] }),
    spawn('/bin/sh', ['-c', 'echo that is all; read x'], { stdio: ['pipe', 'pipe', 'inherit'] }),
    spawn(process.execPath, ['-e', `console.log('that is all'); process.stdin.resume()`, file], { stdio: ['pipe', 'pipe', 'inherit'] }), // prettier-ignore
  ];
  for (const child of lasting) t.after(() => child.kill('SIGKILL'));
  await Promise.all(lasting.map((child) => once(child.stdout, 'data')));
  await conns[0]!.close();
  conns[1]!.abort();
  conns[2]![Symbol.dispose]();
  const { address } = listening;
  listening.close();
  assert.deepEqual(await Promise.all(reading), Array(3).fill('ERR_SOCKET_CLOSED'));
  await python.run(`
def end(c):
    try: return len(c.recv(10))
    except OSError as e: return errno.errorcode[e.errno]`);
  assert.deepEqual(await python.value('[end(c) for c in held]'), [0, 'ECONNRESET', 0]);
  // The port is free: nobody has the listener.
  (await net.listen(address, { reuseAddress: false })).close();
  for (const child of lasting) assert.equal(child.exitCode, null, 'it lives');
});
