// Python at the other end, in both directions and both colours. A blocked thread cannot serve itself, and need not: the
// other end is a process of its own.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startPython } from '../support/python.js';
import { temporaryFolder } from '../support/server.js';
import { colours, failureOf } from './colours.js';

const limit = { timeout: '20s' } as const;

/** Where Python listens or connects: the family, and what it binds to as an expression of Python. */
interface Place {
  readonly name: string;
  readonly family: string;
  /** For bind in Python, given a folder. */
  readonly bind: (folder: string) => string;
  /** For our listen, given a folder. */
  readonly listen: (folder: string) => string;
}

let names = 0;
const places: readonly Place[] = [
  { name: 'tcp4', family: 'AF_INET', bind: () => `('127.0.0.1', 0)`, listen: () => '127.0.0.1:0' },
  { name: 'tcp6', family: 'AF_INET6', bind: () => `('::1', 0)`, listen: () => '[::1]:0' },
  { name: 'unix', family: 'AF_UNIX', bind: (folder) => `'${folder}/s'`, listen: (folder) => join(folder, 's') },
  {
    name: 'abstract',
    family: 'AF_UNIX',
    bind: () => `'\\0berkeley-${process.pid}-${++names}'`,
    listen: () => `unix:@berkeley-${process.pid}-${++names}`,
  },
];

/** What Python says about its address, as a target of ours; and ours, as Python takes it. */
const TARGET = `
def target(name):
    if isinstance(name, tuple): return ('[%s]:%d' if ':' in name[0] else '%s:%d') % name[:2]
    if isinstance(name, bytes): return 'unix:@' + name[1:].decode()
    return 'unix:' + name
def place(text):
    if text.startswith('unix:@'): return '\\0' + text[6:]
    if text.startswith('unix:'): return text[5:]
    host, _, port = text.rpartition(':')
    return (host.strip('[]'), int(port))
`;

function serve(t: TestContext, place: Place, connection: string) {
  return startPython(
    t,
    `${TARGET}
listener = socket.socket(socket.${place.family})
listener.bind(${place.bind(temporaryFolder(t))})
listener.listen()
say(target(listener.getsockname()))
c, _ = listener.accept()
${connection}`,
  );
}

function dial(t: TestContext, place: Place, target: string, connection: string) {
  return startPython(
    t,
    `${TARGET}
c = socket.socket(socket.${place.family})
c.connect(place(sys.argv[1]))
${connection}`,
    { args: [target] },
  );
}

const ECHO = `
import hashlib
digest = hashlib.sha256()
while True:
    piece = c.recv(40000)
    if not piece: break
    digest.update(piece)
    c.sendall(piece)
c.sendall(digest.digest())
c.close()
`;

const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();

for (const { name, net } of colours) {
  for (const place of places) {
    test(`a Python server over ${place.name} echoes our messages and sees our end (${name})`, async (t) => {
      const python = serve(t, place, ECHO);
      const target = await python.line();
      const conn = await net.connect(target, limit);
      assert.equal(conn.remoteAddr.toString(), target);
      const sent: Buffer[] = [];
      for (const size of [1, 2, 1000, 1500, 16384, 65536, 70001]) {
        const message = randomBytes(size);
        sent.push(message);
        assert.equal(await conn.write(message, limit), size);
        assert.ok((await conn.readExact(size, limit)).equals(message), `${size} bytes came back`);
      }
      await conn.closeWrite();
      assert.deepEqual(await conn.readAll(limit), sha256(Buffer.concat(sent)));
      await conn.close();
      assert.equal(conn.closeInfo?.clean, true);
      await python.end();
    });

    test(`a Python client over ${place.name} is accepted, and its messages are echoed until its end (${name})`, async (t) => {
      const listener = await net.listen(place.listen(temporaryFolder(t)));
      try {
        const python = dial(
          t,
          place,
          listener.address.toString(),
          `
for size in (1, 100, 65536, 300000):
    message = os.urandom(size)
    pid = os.fork()
    if pid == 0:
        c.sendall(message)
        os._exit(0)
    assert exactly(c, size) == message, size
    os.waitpid(pid, 0)
c.shutdown(socket.SHUT_WR)
assert everything(c) == b'bye'
`,
        );
        const conn = await listener.accept(limit);
        let total = 0;
        for await (const piece of conn) {
          total += piece.length;
          await conn.write(piece, limit);
        }
        assert.equal(total, 1 + 100 + 65536 + 300000);
        assert.equal(conn.bytesRead, total);
        await conn.write('bye');
        await conn.close();
        await python.end();
      } finally {
        listener.close();
      }
    });

    test(`4 MiB written and closed at once arrive whole at a Python peer that reads late over ${place.name} (${name})`, async (t) => {
      const python = serve(
        t,
        place,
        `
import hashlib
hear()
time.sleep(0.2)
data = everything(c)
say(len(data), hashlib.sha256(data).hexdigest())
`,
      );
      const conn = await net.connect(await python.line(), limit);
      const data = randomBytes(4 << 20);
      python.tell('read');
      await conn.write(data, limit);
      await conn.close();
      assert.equal(await python.line(), `${data.length} ${sha256(data).toString('hex')}`);
      await python.end();
    });
  }

  test(`lines that a Python client sends in pieces are read as lines (${name})`, async (t) => {
    const listener = await net.listen('127.0.0.1:0');
    try {
      const python = dial(
        t,
        places[0]!,
        listener.address.toString(),
        `
c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
for piece in (b'one\\r', b'\\ntw', b'o\\nthr\\ree\\n', b'\\n', b'z\\xc3', b'\\xa9ro\\r\\nNUL\\0\\nlast'):
    c.sendall(piece)
    assert exactly(c, 1) == b'.'
c.shutdown(socket.SHUT_WR)
assert everything(c) == b'!'
`,
      );
      const conn = await listener.accept(limit);
      const lines: string[] = [];
      // A dot for every piece that was seen makes sure that pieces arrive as pieces; peeking reads nothing away.
      let arrived = 0;
      for (const size of [4, 3, 9, 1, 2, 14]) {
        arrived += size;
        await conn.peek(arrived, limit);
        await conn.write('.');
      }
      for (let line = await conn.readLine(limit); line !== null; line = await conn.readLine(limit)) lines.push(line);
      assert.deepEqual(lines, ['one', 'two', 'thr\ree', '', 'zéro', 'NUL\0', 'last']);
      await conn.write('!');
      await conn.close();
      await python.end();
    } finally {
      listener.close();
    }
  });

  test(`a reset by a Python peer is an error at the call, after the data that arrived before it (${name})`, async (t) => {
    const python = serve(
      t,
      places[0]!,
      `
c.sendall(b'before')
hear()
c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
c.close()
say('reset')
hear()
`,
    );
    const conn = await net.connect(await python.line(), limit);
    assert.equal(await conn.waitReadable(limit), true);
    python.tell('reset');
    assert.equal(await python.line(), 'reset');
    assert.equal((await conn.read(undefined, limit))?.toString(), 'before');
    const failure = await failureOf(() => conn.read(undefined, limit));
    assert.equal(failure.code, 'ECONNRESET');
    assert.equal(failure.errno, 104);
    assert.equal(failure.phase, 'read');
    await conn.close();
    assert.equal(conn.closeInfo?.by, 'error');
    assert.equal(conn.closeInfo.error?.code, 'ECONNRESET');
    await python.end();
  });

  test(`our abort is a reset at the Python peer, and our close is not (${name})`, async (t) => {
    for (const [way, expected] of [
      ['abort', 'ECONNRESET'],
      ['close', '0'],
    ] as const) {
      const python = serve(
        t,
        places[0]!,
        `
c.sendall(b'unread')
say('sent')
try: say(len(c.recv(10)))
except OSError as e: say(errno.errorcode[e.errno])
`,
      );
      const conn = await net.connect(await python.line(), limit);
      assert.equal(await python.line(), 'sent');
      await conn.waitReadable(limit);
      await conn[way]();
      assert.equal(await python.line(), expected, way);
      await python.end();
    }
  });

  test(`fifty Python clients at once are all served by one loop over the listener (${name})`, async (t) => {
    const listener = await net.listen('127.0.0.1:0');
    const python = startPython(
      t,
      `
import threading
port = int(sys.argv[1])
def client(i):
    with socket.create_connection(('127.0.0.1', port)) as c:
        c.sendall(b'%d\\n' % i)
        assert everything(c) == b'%d\\n' % (i * i), i
        good.append(i)
good = []
threads = [threading.Thread(target=client, args=(i,)) for i in range(50)]
for each in threads: each.start()
for each in threads: each.join()
say(len(good))
`,
      { args: [String(listener.address.port)] },
    );
    let served = 0;
    for await (const conn of listener) {
      const n = Number(await conn.readLine(limit));
      await conn.writeLine(String(n * n), { eol: '\n' });
      await conn.close();
      if (++served === 50) listener.close();
    }
    assert.equal(await python.line(), '50');
    await python.end();
  });
}
