// What the kernel's accept queue does with connections that are over before anybody takes them, or that nobody may take.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startPuppet } from '../support/python.js';
import { colours, failureOf } from '../real/colours.js';
import { startChild } from './child.js';
import { limit } from './peers.js';

for (const { name, net } of colours) {
  for (const transport of ['tcp', 'unix'] as const) {
    test(`a client that connects, sends and closes before accept over ${transport} is accepted, read, and then at its end (${name})`, async (t) => {
      const listener = await net.listen(
        transport === 'tcp' ? '127.0.0.1:0' : `unix:@berkeley-${process.pid}-${name}-gone`,
      );
      t.after(() => listener.close());
      const { address } = listener;
      const place = transport === 'tcp' ? `('127.0.0.1', ${address.port})` : `'\\0${address.path!.slice(1)}'`;
      const python = startPuppet(t);
      for (let i = 0; i < 3; i++) {
        await python.run(`
c = socket.socket(socket.AF_${transport === 'tcp' ? 'INET' : 'UNIX'})
c.connect(${place})
c.sendall(b'hello and goodbye')
c.close()`);
      }
      for (let i = 0; i < 3; i++) {
        const conn = await listener.accept(limit);
        assert.equal((await conn.readAll(limit)).toString(), 'hello and goodbye');
        assert.equal(await conn.read(10, limit), null);
        await conn.close();
        assert.equal(conn.closeInfo?.by, 'remote');
      }
      assert.equal(await listener.tryAccept(), null);
    });
  }

  test(`a client that resets before accept is accepted, and the reset is found at the read (${name})`, async (t) => {
    const listener = await net.listen('127.0.0.1:0');
    t.after(() => listener.close());
    const python = startPuppet(t);
    await python.run(`
c = socket.create_connection(('127.0.0.1', ${listener.address.port}))
port = c.getsockname()[1]
c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
c.close()
d = socket.create_connection(('127.0.0.1', ${listener.address.port}))
d.sendall(b'next')`);
    const conn = await listener.accept(limit);
    const failure = await failureOf(() => conn.read(10, limit));
    assert.equal(failure.code, 'ECONNRESET');
    // accept4(2) told who it was; getpeername(2) could not any more.
    assert.equal(conn.remoteAddr.port, await python.value('port'));
    assert.equal(failure.port, conn.remoteAddr.port);
    await conn.close();
    const next = await listener.accept(limit);
    assert.equal((await next.readExact(4, limit)).toString(), 'next');
    await next.close();
  });

  test(`without free descriptors accept says EMFILE, nothing spins, and service goes on when there are some (${name})`, async (t) => {
    const python = startPuppet(
      t,
      `
def begin(port, count):
    global clients
    clients = [socket.create_connection(('127.0.0.1', port)) for i in range(count)]
    for i, c in enumerate(clients): c.sendall(b'%d\\n' % i)
def finish(): return [everything(c).decode() for c in clients]`,
    );
    // Node 20 opens everything that the modules of one level import at once, so loading the library takes about 90 of them.
    const child = startChild(t, 'emfile', { args: [name], shell: 'ulimit -n 128' });
    const { port } = await child.next<{ port: number }>();
    await python.run(`begin(${port}, 400)`);
    const found = await child.next<{ emfile: number; others: string[]; cpu: number | null; served: number }>();
    assert.ok(found.emfile >= 3, `${found.emfile} times EMFILE`);
    assert.deepEqual([...new Set(found.others)], ['EMFILE'], 'what connect, listen and socket say');
    assert.ok(found.cpu === null || found.cpu < 150, `${found.cpu} ms of processor time while it could not accept`);
    assert.equal(found.served, 400);
    assert.deepEqual(
      await python.value('finish()'),
      Array.from({ length: 400 }, (_, i) => `${i}!`),
    );
    assert.equal(await child.end(), '');
  });
}
