// Owns what functions that hear of events may do: use the connection, close it, take themselves off, throw.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as promises from 'berkeley';
import * as sync from 'berkeley/sync';
import { failure, inBothColours, Python } from '../net/kit.js';
import { hearing, course } from './kit.js';

const run = promisify(execFile);

/** Sends a piece, waits for a byte, sends the next, and what it gets then it says. */
const peer = `
s = listener()
say(s.getsockname()[1])
c, _ = s.accept()
c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
c.sendall(b'first')
c.recv(1)
c.sendall(b'second')
say(''.join(iter(lambda: c.recv(100).decode(), '')))
`;

inBothColours('on returns the function that takes it off, for itself alone and at once', async (net) => {
  const [a, b] = net.pair();
  let heard = '';
  const listener = (): void => void (heard += 'x');
  const off = a.on('sent', listener);
  const other = a.on('sent', listener);
  await a.write('1');
  assert.equal(heard, 'xx', 'the same function may listen twice');
  off();
  off();
  await a.write('2');
  assert.equal(heard, 'xxx');
  other();
  await a.write('3');
  assert.equal(heard, 'xxx');
  // One that takes the next one off keeps it from hearing of the event that is being told.
  heard = '';
  a.on('sent', () => last());
  const last = a.on('sent', listener);
  await a.write('4');
  assert.equal(heard, '');
  a.abort();
  b.abort();
});

test('a read of a listener takes its turn behind the one that goes on (promises)', async (t) => {
  const python = new Python(t, peer);
  const conn = await promises.connect(`127.0.0.1:${await python.hear<number>()}`);
  let behind: Promise<string> | null = null;
  conn.on('read', () => {
    behind ??= conn.readExact(3).then(String);
    void conn.write('.');
  });
  assert.equal((await conn.readExact(8)).toString(), 'firstsec');
  assert.equal(await behind!, 'ond');
  await conn.close();
});

test('a blocking read of a listener is ERR_BUSY while the read it hears of goes on, and free when it is over', async (t) => {
  const python = new Python(t, peer);
  const conn = sync.connect(`127.0.0.1:${await python.hear<number>()}`);
  const found: string[] = [];
  conn.on('read', () => {
    try {
      found.push(String(conn.read(1, { timeout: 0 })));
    } catch (error) {
      found.push((error as promises.SocketError).code);
    }
    conn.write('.');
  });
  assert.equal(conn.readExact(8).toString(), 'firstsec');
  assert.deepEqual(found, ['ERR_BUSY', 'o']);
  assert.equal(conn.readExact(2).toString(), 'nd');
  conn.close();
});

test('a promise of the other colour that a listener makes waits for the blocking call to be over', async (t) => {
  const python = new Python(t, peer);
  const conn = sync.connect(`127.0.0.1:${await python.hear<number>()}`);
  const other = promises.share(conn);
  let behind: Promise<string> | null = null;
  conn.on('read', () => {
    behind ??= other.readExact(3).then(String);
    conn.write('.');
  });
  assert.equal(conn.readExact(8).toString(), 'firstsec');
  assert.equal(await behind!, 'ond');
  conn.close();
});

inBothColours('what comes of what a listener does is told when it has returned, and once', async (net) => {
  const [a, b] = net.pair();
  const [c, d] = net.pair();
  const said: string[] = [];
  const calls: unknown[] = [];
  a.on('sent', ({ bytes }) => {
    said.push(`begin ${bytes}`);
    if (bytes === 1) calls.push(c.write('22'), a.write('333'));
    said.push(`end ${bytes}`);
  });
  c.on('sent', ({ bytes }) => void said.push(`c ${bytes}`));
  await a.write('1');
  await Promise.all(calls);
  assert.deepEqual(said, ['begin 1', 'end 1', 'c 2', 'begin 3', 'end 3']);
  for (const conn of [a, b, c, d]) conn.abort();
});

inBothColours('a listener that closes ends the operation that goes on with ERR_SOCKET_CLOSED', async (net, t) => {
  for (const how of ['close', 'abort', Symbol.dispose] as const) {
    const python = new Python(t, peer);
    const { on, heard } = hearing();
    const conn = await net.connect(`127.0.0.1:${await python.hear<number>()}`, { on });
    conn.on('read', () => void conn[how]());
    assert.equal((await failure(() => conn.readExact(8))).code, 'ERR_SOCKET_CLOSED');
    assert.equal(conn.closeInfo!.by, 'local');
    assert.equal(course(heard), 'lookup resolved connecting connected read closed deleted');
    await python.stop();
  }
});

inBothColours('a listener that closes when the operation is over does not harm its result', async (net, t) => {
  const python = new Python(t, peer);
  const conn = await net.connect(`127.0.0.1:${await python.hear<number>()}`);
  conn.on('read', () => void conn.close());
  assert.equal((await conn.read())!.toString(), 'first');
  assert.equal((await failure(() => conn.read())).code, 'ERR_SOCKET_CLOSED');
});

inBothColours('a listener that is told while connect goes on may connect elsewhere', async (net, t) => {
  const python = new Python(t, peer);
  const elsewhere = await net.listen('127.0.0.1:0');
  const others: unknown[] = [];
  const conn = await net.connect(`127.0.0.1:${await python.hear<number>()}`, {
    on: { lookup: () => void others.push(net.connect(elsewhere.address)) },
  });
  const other = await elsewhere.accept();
  assert.equal(others.length, 1);
  (await (others[0] as promises.AsyncConn | Promise<promises.AsyncConn>)).abort();
  other.abort();
  elsewhere.close();
  conn.abort();
});

inBothColours(
  '11. a listener that throws is an uncaught exception of its own turn: the operation goes on, others hear',
  async (net) => {
    const colour = net === promises ? 'berkeley' : 'berkeley/sync';
    const program = `
    import { pair } from '${colour}';
    const said = [];
    process.on('uncaughtException', (error) => said.push('uncaught ' + error.message));
    const [a, b] = pair();
    a.on('sent', () => { throw new Error('of a listener'); });
    a.on('sent', () => said.push('the next one'));
    said.push('wrote ' + (await a.write('five!')));
    said.push('read ' + (await b.read()));
    setImmediate(async () => {
      said.push('later ' + (await a.write('x')));
      await a.close();
      await b.close();
      setImmediate(() => console.log(said.join(', ')));
    });`;
    const cwd = fileURLToPath(new URL('../../../', import.meta.url));
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], { cwd });
    // By when the exception is thrown depends on the colour: a blocking program has no turns between its calls.
    const said = stdout.trim().split(', ');
    assert.deepEqual(
      said.filter((words) => !words.startsWith('uncaught')),
      ['the next one', 'wrote 5', 'read five!', 'the next one', 'later 1'],
    );
    assert.equal(said.filter((words) => words === 'uncaught of a listener').length, 2);
  },
);

inBothColours('both faces of a connection have the same listeners', async (net) => {
  const [a, b] = net.pair();
  const face = (net === promises ? sync : promises).share(a);
  const { heard } = hearing();
  a.on('sent', (value) => void heard.push({ name: 'sent', value }));
  await face.write('1');
  await a.write('22');
  assert.deepEqual(
    heard.map(({ value }) => (value as promises.Events['sent']).bytes),
    [1, 2],
  );
  const queue = a.events();
  assert.equal(face.events(), queue);
  a.abort();
  b.abort();
});

inBothColours('wrong arguments are TypeErrors that name them, before anything happens', async (net) => {
  const [a, b] = net.pair();
  const wrong = [
    ['"event"', () => a.on('nonsense' as 'read', () => undefined)],
    ['"event"', () => a.on('__proto__' as 'read', () => undefined)],
    ['"event"', () => a.on(7 as unknown as 'read', () => undefined)],
    ['"fn"', () => a.on('read', 'no function' as unknown as () => void)],
    ['"queue"', () => a.events({} as promises.EventQueue)],
    ['"on"', () => net.connect('127.0.0.1:1', { on: 7 as unknown as promises.EventListeners })],
    ['"on"', () => net.connect('127.0.0.1:1', { on: { nonsense: () => undefined } as promises.EventListeners })],
    ['"on.read"', () => net.connect('127.0.0.1:1', { on: { read: 1 } as unknown as promises.EventListeners })],
    ['"queue"', () => net.connect('127.0.0.1:1', { queue: [] as unknown as promises.EventQueue })],
    ['"queue"', () => net.listen('127.0.0.1:0', { queue: 1 as unknown as promises.EventQueue })],
  ] as const;
  for (const [name, call] of wrong) {
    const error: unknown = await failure(call as () => unknown);
    assert.ok(error instanceof TypeError, name);
    assert.ok(error.message.includes(`The ${name} argument`), error.message);
  }
  a.abort();
  b.abort();
});

inBothColours('after close nothing is called, and listening is no error', async (net) => {
  const [a, b] = net.pair();
  const { heard } = hearing();
  a.on('closed', (value) => void heard.push({ name: 'closed', value }));
  await a.close();
  await a.close();
  a.abort();
  assert.equal(course(heard), 'closed');
  assert.equal(heard[0]!.value, a.closeInfo, 'it is what closeInfo says');
  a.on('closed', () => assert.fail('it was closed before'))();
  assert.equal(a.events().size, 0);
  b.abort();
});
