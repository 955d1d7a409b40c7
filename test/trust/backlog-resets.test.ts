// What becomes of a listener when most of those who waited in its backlog have reset their connections meanwhile: the living are
// served in their order, and the dead are an error of nobody but themselves.
//
// Linux hands out what was reset, and its first use fails. Other kernels say ECONNABORTED, so the file runs itself once more
// with an accept4(2) that does.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { folder } from '../net/kit.js';
import { colours, failureOf, type Conn, type Listener, type Net } from '../real/colours.js';
import { pki } from '../support/pki.js';
import { startPuppet } from '../support/python.js';
import { limit } from '../tls/kit.js';

const DEAD = 200;
const LIVING = 20;

const PEERS = `
import ssl, threading
def crowd(port, ca):
    global answers, threads
    answers, living = {}, []
    for i in range(${LIVING}):
        for _ in range(${DEAD / LIVING}):
            c = socket.create_connection(('127.0.0.1', port))
            c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
            c.close()
        living.append(socket.create_connection(('127.0.0.1', port), 60))
    threads = [threading.Thread(target=live, args=(i, c, ca), daemon=True) for i, c in enumerate(living)]
    for thread in threads: thread.start()
def live(i, c, ca):
    try:
        if ca: c = ssl.create_default_context(cafile=ca).wrap_socket(c, server_hostname='localhost')
        c.sendall(b'%d\\n' % i)
        answers[i] = everything(c).decode()
    except OSError as error: answers[i] = repr(error)
def finish():
    for thread in threads: thread.join()
    return [answers[i] for i in range(${LIVING})]
`;

/** Hands out connections until it is told that there were enough. */
type Way = (listener: Listener, serve: (conn: Conn) => Promise<boolean>) => Promise<void>;

const ways: Record<string, Way> = {
  async accept(listener, serve) {
    while (!(await serve(await listener.accept(limit))));
  },
  async iteration(listener, serve) {
    for await (const conn of listener) if (await serve(conn)) break;
  },
};

const ABORTING = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
typedef int (*Real)(int, struct sockaddr*, socklen_t*, int);
int accept4(int listener, struct sockaddr* address, socklen_t* length, int flags) {
  int fd = ((Real)dlsym(RTLD_NEXT, "accept4"))(listener, address, length, flags);
  struct pollfd one = {fd, POLLIN, 0};
  if (fd < 0 || poll(&one, 1, 0) < 1 || !(one.revents & POLLERR)) return fd;
  close(fd);
  errno = ECONNABORTED;
  return -1;
}
`;
const aborts = process.env['BERKELEY_ACCEPT_ABORTS'] !== undefined;

if (!aborts)
  test('all of it holds where accept(2) says ECONNABORTED', (t) => {
    const [source, library] = ['aborts.c', 'aborts.so'].map((name) => join(folder(t), name)) as [string, string];
    writeFileSync(source, ABORTING);
    execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl']);
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const run = spawnSync(process.execPath, ['--test-reporter=spec', fileURLToPath(import.meta.url)], {
      encoding: 'utf8',
      env: { ...env, LD_PRELOAD: library, BERKELEY_ACCEPT_ABORTS: '1' },
    });
    assert.equal(run.status, 0, run.stdout + run.stderr);
    assert.match(run.stdout, /pass 8/);
  });

for (const { name, net } of colours)
  for (const transport of ['tcp', 'tls'] as const)
    for (const [how, way] of Object.entries(ways))
      test(`ECONNABORTED is nobody's error: ${DEAD} who reset before ${how} and ${LIVING} who live over ${transport} (${name})`, (t) =>
        serveAll(t, net, transport, way));

async function serveAll(t: TestContext, net: Net, transport: 'tcp' | 'tls', way: Way): Promise<void> {
  const { root, server } = pki();
  const tls = transport === 'tls' ? { tls: { cert: server.cert, key: server.key } } : {};
  const listener = await net.listen('127.0.0.1:0', { backlog: DEAD + LIVING, ...tls });
  t.after(() => listener.close());
  const python = startPuppet(t, PEERS);
  await python.run(`crowd(${listener.address.port}, ${transport === 'tls' ? `'${root.leafFile}'` : 'None'})`);

  const served: string[] = [];
  const failed: string[] = [];
  await way(listener, async (conn) => {
    let line: string | null;
    try {
      line = await conn.readLine(limit);
    } catch (error) {
      failed.push((error as { code: string }).code);
      // What is dead is dead at each call, and nothing more.
      assert.match((await failureOf(() => conn.write('x', limit))).code, /^(EPIPE|ECONNRESET|ERR_SOCKET_CLOSED)$/);
      conn.abort();
      return false;
    }
    served.push(String(line));
    await conn.write(`${line}!`, limit);
    await conn.close(limit);
    return served.length === LIVING;
  });

  const numbers = Array.from({ length: LIVING }, (_, i) => String(i));
  assert.deepEqual(served, numbers);
  assert.deepEqual([...new Set(failed)], aborts ? [] : ['ECONNRESET']);
  assert.ok(failed.length <= DEAD);
  assert.deepEqual(
    await python.value('finish()'),
    numbers.map((line) => `${line}!`),
  );
}
