// Owns the tests of vsock sockets, as far as a kernel goes that has no loopback for them: addresses, bind, listen, and the end of a
// connect, which is what Python's is.

import assert from 'node:assert/strict';
import * as promises from 'berkeley';
import { startPuppet } from '../support/python.js';
import { failure, flags, inBothColours, limit } from './kit.js';

const C = promises.constants as Record<string, number>;
const skip = promises.features.vsock ? false : 'this kernel has no vsock';

inBothColours('a vsock socket is bound, listens, and says where, as Python sees it', skip, async (net, t) => {
  let socket = net.socket('vsock', 'stream');
  assert.deepEqual([socket.family, socket.state, socket.getsockname().toString()], ['vsock', 'new', 'vsock:any:any']);
  assert.deepEqual(flags(socket.fd), { nonBlocking: true, closeOnExec: true });
  await socket.bind({ family: 'vsock' });
  const own = socket.getsockname();
  assert.deepEqual([own.family, own.address], ['vsock', 'any']);
  assert.ok(own.port! > 1023 && own.port! < 0xffff_ffff);
  socket = net.adopt(socket.detach());
  assert.equal(socket.state, 'bound');
  socket.listen(1);
  assert.equal(await socket.tryAccept(), null);
  socket.setInheritable(true);
  const python = startPuppet(t, 's = socket.socket(fileno=int(sys.argv[1]))', { args: [String(socket.fd)] });
  assert.deepEqual(await python.value('[s.family, s.type, *s.getsockname()]'), [40, 1, 0xffff_ffff, own.port]);
  await python.end();
  socket.setInheritable(false);
  const again = net.adopt(socket.detach());
  assert.equal(again.state, 'listening');
  assert.ok(again.getsockname().equals(own));
  // Taken, by the very address that the kernel gave.
  const second = net.socket('vsock', 'stream');
  const error = await failure(() => second.bind(own));
  assert.deepEqual([error.code, error.message], ['EADDRINUSE', `bind EADDRINUSE vsock:any:${own.port}`]);
  for (const each of [again, second]) each.close();
  const listener = await net.listen({ family: 'vsock' });
  assert.equal(listener.address.family, 'vsock');
  assert.equal(await listener.tryAccept(), null);
  listener.close();
});

inBothColours(
  'a vsock connect that comes to nothing ends as Python’s does, and does not begin anew',
  skip,
  async (net, t) => {
    // struct timeval: the kernel's own limit, 100 ms instead of the two seconds that Python waits, which cannot set it.
    const limited = Buffer.alloc(16);
    limited.writeUInt32LE(100_000, 8);
    const python = startPuppet(
      t,
      `def attempt():
    s = socket.socket(40, 1)
    try: s.connect((1, 4_000_000_000))
    except OSError as e: return errno.errorcode[e.errno]`,
    );
    const theirs = (await python.value('attempt()')) as string;
    assert.match(theirs, /^E[A-Z]+$/);
    const socket = net.socket('vsock', 'stream');
    socket.setsockopt(C['AF_VSOCK']!, C['SO_VM_SOCKETS_CONNECT_TIMEOUT']!, limited);
    const target = { family: 'vsock', host: 'local', port: 4_000_000_000 } as const;
    const error = await failure(() => socket.connect(target, limit));
    assert.equal(error.code, theirs);
    assert.ok(error.errno! > 0, 'the kernel said so, not our limit');
    assert.deepEqual([error.syscall, error.address, error.port, socket.state], ['connect', '1', 4_000_000_000, 'new']);
    socket.close();
    await python.end();
  },
);

inBothColours('a wrong context id is the system’s to refuse', skip, async (net) => {
  const socket = net.socket('vsock', 'stream');
  const error = await failure(() => socket.bind({ family: 'vsock', host: '12345678', port: 5000 }));
  assert.equal(error.code, 'EADDRNOTAVAIL');
  assert.equal((await failure(() => socket.bind('127.0.0.1:0'))).code, 'ERR_NO_ADDRESS');
  assert.equal((await failure(() => socket.getpeername())).code, 'ENOTCONN');
  socket.close();
});
