// Magnolia's listen: it calls back on the event loop, one connection after the other.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import * as socket from 'berkeley/dialects/magnolia';
import { root } from '../../docs/pages.js';
import { interpreter, startPuppet } from '../../support/python.js';
import { errorOf, events } from './kit.js';

const LIMIT = { timeout: 20_000 };
const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));

test('the callback gets a connect event, and the handle in it works both ways', LIMIT, async (t) => {
  const { stop, next } = events(t);
  // The port of ":0" shows in an event only, so Python looks where this process listens.
  const python = startPuppet(t, listeningPorts, { args: [String(process.pid)] });
  const port = (await python.value('ports()[0]')) as number;
  await python.run(`a = socket.create_connection(('127.0.0.1', ${port})); a.sendall(b"hi\\n")`);
  const event = await next();
  assert.deepEqual(event, {
    type: 'connect',
    socket: { type: 'socket', id: event.socket.id },
    remote: `127.0.0.1:${String(await python.value('a.getsockname()[1]'))}`,
    local: `127.0.0.1:${port}`,
    tls: false,
  });
  assert.deepEqual(await new Promise((resolve) => void socket.recvLine(event.socket, resolve)), {
    type: 'data',
    data: 'hi',
  });
  assert.deepEqual(socket.sendLine(event.socket, 'hello'), { type: 'sent', bytes: 7 });
  assert.equal(await python.value('exactly(a, 7).decode()'), 'hello\r\n');

  await python.run(`b = socket.create_connection(('127.0.0.1', ${port}))`);
  const second = await next();
  assert.ok(second.socket.id > event.socket.id);
  assert.equal(stop(), null);
  assert.equal(stop(), null, 'twice is allowed');
  assert.equal(await python.value(`socket.socket().connect_ex(('127.0.0.1', ${port})) == errno.ECONNREFUSED`), true);
  socket.send(second.socket, 'accepted before');
  socket.close(second.socket);
  assert.equal(await python.value('everything(b).decode()'), 'accepted before', 'accepted connections live on');
  socket.close(event.socket);
});

test('":0" is every local address, IPv4 and IPv6, each shown as itself', LIMIT, async (t) => {
  const { next } = events(t, ':0');
  const python = startPuppet(t, listeningPorts, { args: [String(process.pid)] });
  const port = (await python.value('ports()[0]')) as number;
  for (const [host, shown] of [
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '[::1]'],
  ] as const) {
    if (host === '::1' && !hasIpv6) continue;
    await python.run(`a = socket.create_connection(('${host}', ${port}))`);
    const { remote, local } = await next();
    assert.equal(remote, `${shown}:${String(await python.value('a.getsockname()[1]'))}`);
    assert.equal(local, `${shown}:${port}`);
  }
});

test('a failed bind is an error object in place of the function', LIMIT, async (t) => {
  const python = startPuppet(t, "l = socket.create_server(('127.0.0.1', 0))");
  const port = String(await python.value('l.getsockname()[1]'));
  const never = (): void => assert.fail('nobody can have come');
  assert.match(errorOf(socket.listen(`127.0.0.1:${port}`, never)), /^Could not listen on socket: .*EADDRINUSE/);
  assert.match(errorOf(socket.listen('198.51.100.7:0', never)), /EADDRNOTAVAIL/);
  for (const address of ['127.0.0.1', '::1:0', 'x:y:z', '127.0.0.1:99999'])
    assert.match(errorOf(socket.listen(address, never)), /^Could not listen on socket: /);
});

test('what goes wrong in accepting is an error for the callback, now and then, until it is over', LIMIT, () => {
  // In a process of its own, which has no descriptors to spare.
  const { stdout, stderr } = spawnSync(
    interpreter(),
    ['-I', '-S', '-c', starving, process.execPath, '--input-type=module', '-e', starved],
    { cwd: root, encoding: 'utf8', timeout: 15_000 },
  );
  assert.match(stdout, /^(Temporary socket accept error: .*EMFILE.*\n)+connect\nthe end\n$/, stdout + stderr);
  assert.ok(stdout.split('\n').length < 60, 'it does not spin');
});

/** The ports that the process listens on, by its descriptors: /proc/net/tcp has them by inode. */
const listeningPorts = `
def ports():
    folder = '/proc/%s/fd/' % sys.argv[1]
    own = set()
    for fd in os.listdir(folder):
        try: own.add(os.readlink(folder + fd))
        except OSError: pass
    found = []
    for table in ('/proc/net/tcp', '/proc/net/tcp6'):
        for line in open(table).read().splitlines()[1:]:
            words = line.split()
            if words[3] == '0A' and 'socket:[%s]' % words[9] in own: found.append(int(words[1].split(':')[1], 16))
    return found
`;

/** Runs the program with few descriptors, and knocks once. */
const starving = `
import resource, subprocess, sys, socket
def few(): resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=few)
port = int(child.stdout.readline())
knock = socket.create_connection(('127.0.0.1', port))
for line in child.stdout:
    print(line, end='', flush=True)
    if line.startswith('Temporary') and child.stdin:
        child.stdin.close(); child.stdin = None
child.wait()
`;
const starved = `
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import * as socket from 'berkeley/dialects/magnolia';
import { listen } from 'berkeley/sync';
const say = (text) => writeSync(1, text + '\\n');
const probe = listen('127.0.0.1:0'), { port } = probe.address;
probe.close();
const stop = socket.listen('127.0.0.1:' + port, (event) => {
  say(event.type === 'error' ? event.error : event.type);
  if (event.type !== 'connect') return;
  socket.close(event.socket);
  stop();
  say('the end');
});
process.stdin.once('end', () => taken.splice(0).forEach(closeSync)).resume();
// The reactor has what it needs before the rest is taken.
setTimeout(() => {
  for (;;) try { taken.push(openSync('/dev/null')); } catch { break; }
  say(String(port));
}, 50);
const taken = [];
`;
