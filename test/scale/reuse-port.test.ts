// Owns the tests of one port that several threads and processes share.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { failure, folder, inBothColours } from '../net/kit.js';
import * as sync from 'berkeley/sync';
import { startPuppet, type Puppet } from '../support/python.js';
import { Member, type Kind } from './kit.js';

const clients = `
def ask(port, n):
    # All at once, so that each has a port of its own.
    conns = [socket.create_connection(('127.0.0.1', port)) for i in range(n)]
    names = {}
    for c in conns:
        name = everything(c).decode()
        names[name] = names.get(name, 0) + 1
        c.close()
    return names`;

/** How many each has served. */
const ask = async (python: Puppet, port: string, n: number): Promise<Record<string, number>> =>
  (await python.value(`ask(${port}, ${n})`)) as Record<string, number>;

// The kernel draws by a hash of the addresses. Of n = 600 over 4, each gets fewer than 75 with a probability below
// exp(-n · D(1/8 ‖ 1/4)) = 3e-13 (Chernoff); of n = 400 over 2, fewer than 120 with one below exp(-n · D(0.3 ‖ 0.5)) = 6e-15.
inBothColours(
  'two workers and two processes share a port evenly; those that end leave their share to the others',
  async (net, t) => {
    const colour = net === (sync as unknown) ? 'blocking' : 'promises';
    const python = startPuppet(t, clients);
    const kinds: Kind[] = ['worker', 'worker', 'process', 'process'];
    const members: Member[] = [];
    let at = '127.0.0.1:0';
    for (const [i, kind] of kinds.entries()) {
      const member = new Member(t, kind, { colour, role: 'share', name: `${kind} ${i}`, at });
      members.push(member);
      at = await member.hear<string>();
    }
    const port = at.split(':')[1]!;
    const all = await ask(python, port, 600);
    assert.deepEqual(Object.keys(all).sort(), ['process 2', 'process 3', 'worker 0', 'worker 1']);
    for (const [name, served] of Object.entries(all)) assert.ok(served >= 75, `${name}: ${JSON.stringify(all)}`);
    await members[0]!.kill();
    await members[2]!.kill();
    assert.equal(
      execFileSync('ss', ['-Hltn', `sport = :${port}`], { encoding: 'latin1' })
        .trim()
        .split('\n').length,
      2,
    );
    const rest = await ask(python, port, 400);
    assert.deepEqual(Object.keys(rest).sort(), ['process 3', 'worker 1']);
    for (const [name, served] of Object.entries(rest)) assert.ok(served >= 120, `${name}: ${JSON.stringify(rest)}`);
  },
);

inBothColours('a port is shared only where the first and all others say so', async (net) => {
  const alone = await net.listen('127.0.0.1:0');
  const error = await failure(() => net.listen(alone.address, { reusePort: true }));
  assert.equal(error.code, 'EADDRINUSE');
  assert.match(error.hint!, /the first one too/);
  alone.close();
  const shared = await net.listen('127.0.0.1:0', { reusePort: true });
  assert.equal((await failure(() => net.listen(shared.address))).code, 'EADDRINUSE');
  shared.close();
});

inBothColours('reusePort on a Unix socket is an error on every kernel, and leaves nothing behind', async (net, t) => {
  const path = join(folder(t), 'shared.sock');
  for (const at of [`unix:${path}`, 'unix:@berkeley-shared', ['127.0.0.1:0', `unix:${path}`]]) {
    const error = await failure(() => net.listen(at, { reusePort: true }));
    assert.deepEqual([error.code, error.syscall, error.phase], ['EOPNOTSUPP', 'setsockopt', 'bind']);
    assert.match(error.hint!, /IPv4 and IPv6/);
  }
  const socket = net.socket('unix');
  assert.equal((await failure(() => socket.bind(`unix:${path}`, { reusePort: true }))).code, 'EOPNOTSUPP');
  socket.close();
  assert.equal(existsSync(path), false);
});
