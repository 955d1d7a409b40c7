// Owns what happens when a process has no descriptors left: a server with a limit of 64 and 200 clients, and every call that
// opens something. Nothing spins, nothing is lost, nothing stays open, and service goes on when there is room.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startChild } from '../kernel/child.js';
import { colours } from '../real/colours.js';
import { pki } from '../support/pki.js';
import { startPuppet } from '../support/python.js';

const LIMIT = 'ulimit -n 64';
const CLIENTS = 200;
/** Those that come when all others have gone. */
const LATER = 20;
/**
 * How much of a processor the starved server may take, over a second in which it can do nothing. One that spins takes all it
 * gets; one that waits takes some thousandths, and what is garbage then may be collected.
 */
const SHARE = 0.2;

const client = `
import json, ssl, threading
given = json.loads(sys.argv[1])
def begin(port, count):
    # The kernel completes the connections, whether or not anybody accepts them.
    global clients, threads, answers
    clients, answers = [socket.create_connection(('127.0.0.1', port), 60) for i in range(count)], []
def go(secure):
    global threads
    def one(i, c):
        if secure: c = ssl.create_default_context(cafile=given['root']).wrap_socket(c, server_hostname='localhost', suppress_ragged_eofs=False)
        c.sendall(b'%d\\n' % i)
        answers.append(everything(c) == b'%d!\\n' % i)
        c.close()
    threads = [threading.Thread(target=one, args=each) for each in enumerate(clients)]
    for thread in threads: thread.start()
def served():
    for thread in threads: thread.join()
    return answers.count(True)`;

for (const reactor of ['uv', 'thread'])
  for (const { name } of reactor === 'uv' ? colours : colours.slice(0, 1))
    for (const secure of [false, true])
      test(`${CLIENTS} clients of a server with 64 descriptors are all served, and while it has none it rests (${name}, ${reactor}${secure ? ', TLS' : ''})`, async (t) => {
        const { root, server } = pki();
        const python = startPuppet(t, client, { args: [JSON.stringify({ root: root.certFile })] });
        const files = secure ? [server.certFile, server.keyFile] : ['', ''];
        const child = startChild(t, 'starved-server', {
          args: [name, CLIENTS + LATER, ...files],
          shell: LIMIT,
          from: import.meta.url,
          env: { BERKELEY_REACTOR: reactor },
        });
        const { port } = await child.next<{ port: number }>();
        await python.run(`begin(${port}, ${CLIENTS})`);
        const { share } = await child.next<{ share: number }>();
        await python.run(`go(${secure ? 'True' : 'False'})`);
        const found = await child.next<{ served: number; most: number; refusals: number }>();
        assert.equal(await python.value('served()'), CLIENTS);
        assert.equal(found.served, CLIENTS);
        assert.ok(found.most < 64, `${found.most} at once`);
        t.diagnostic(
          `${found.most} at once, ${found.refusals} times EMFILE, ${(share * 100).toFixed(1)} % of a processor`,
        );
        assert.ok(found.refusals > 0);
        assert.ok(share < SHARE, `${share} of a processor while it could not accept`);
        await python.run(`begin(${port}, ${LATER})`);
        await python.run(`go(${secure ? 'True' : 'False'})`);
        assert.deepEqual(await child.next(), { served: CLIENTS + LATER, refusals: 0 });
        assert.equal(await python.value('served()'), LATER);
        assert.equal(await child.end(), '');
      });

/** How many descriptors each must have at least. Lookups open files of the system besides their own. */
const calls: Record<string, number> = {
  ...{ socket: 1, pair: 2, dup: 1, listen: 1, udp: 1, connect: 1, 'connect to the second of two': 1, writeFile: 1 },
  ...{ lookup: 1, reverse: 1, 'listen on a name': 1, 'connect to a name': 2 },
};

for (const { name } of colours)
  for (const [call, needs] of Object.entries(calls))
    test(`without descriptors ${call} fails and leaves nothing open, and with enough it succeeds (${name})`, async (t) => {
      const child = startChild(t, 'starved-calls', {
        args: [name, call, pki().server.certFile],
        shell: LIMIT,
        from: import.meta.url,
      });
      const tries = await child.next<{ free: number; code: string | null; left: number }[]>();
      assert.equal(await child.end(), '');
      const enough = tries.findIndex(({ code }) => code === null);
      assert.ok(enough >= needs && enough < 10, JSON.stringify(tries));
      for (const { free, code, left } of tries) {
        assert.equal(left, 0, JSON.stringify(tries));
        // getnameinfo(3) itself says that it is for the moment.
        const codes: (string | null)[] =
          free >= enough ? [null] : call === 'reverse' && free > 0 ? ['EMFILE', 'EAI_AGAIN'] : ['EMFILE'];
        assert.ok(codes.includes(code), JSON.stringify(tries));
      }
    });

for (const { name } of colours)
  test(`descriptors that come in a message and for which there is no room are cut off and said to be, and none stays (${name})`, async (t) => {
    const child = startChild(t, 'starved-rights', { args: [name], shell: LIMIT, from: import.meta.url });
    // So many of five arrive as there is room for, with all of the data.
    for (let free = 0; free <= 6; free++) {
      const fds = Math.min(free, 5);
      assert.deepEqual(await child.next(), { free, data: 'five', fds, truncated: fds < 5, left: 0 });
    }
    assert.equal(await child.end(), '');
  });

test('a worker that starts without descriptors for its reactor says so at its first wait, and works when there are some', async (t) => {
  const child = startChild(t, 'starved-worker', { shell: LIMIT, from: import.meta.url });
  assert.deepEqual(await child.next(), { waiting: 'EMFILE epoll_create1', blocking: 'it works' });
  assert.deepEqual(await child.next(), { waiting: 'it works', blocking: 'it works' });
  assert.equal(await child.end(), '');
});
