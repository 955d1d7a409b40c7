// Owns the diagnostics channels: every event of every connection, for subscribers that know nothing of it.

import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';
import * as promises from 'berkeley';
import type { Events, SocketEvent } from 'berkeley';
import { failure, inBothColours, Python } from '../net/kit.js';
import { pki } from '../support/pki.js';
import { course, hearing, names } from './kit.js';
import { heardElsewhere, listenElsewhere, stopElsewhere } from './subscriber.js';

const echo = `
import ssl
given = json.loads(sys.argv[1])
s = listener()
say(s.getsockname()[1])
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(given['cert'], given['key'])
while True:
    c, _ = s.accept()
    c = context.wrap_socket(c, server_side=True)
    while True:
        data = c.recv(100)
        if not data: break
        c.sendall(data)
    c.close()
`;

inBothColours('another module hears of everything on the channels, with what a queue gets', async (net, t) => {
  const { certFile: cert, keyFile: key } = pki().server;
  const python = new Python(t, echo, JSON.stringify({ cert, key }));
  const port = await python.hear<number>();
  listenElsewhere();
  t.after(stopElsewhere);
  await failure(() => net.connect('127.0.0.99:9'));
  assert.equal(course(heardElsewhere().map(({ message }) => message)), 'lookup resolved connecting attemptFailed');
  const queue = promises.eventQueue();
  const conn = await net.connect(`localhost:${port}`, { tls: { ca: pki().root.cert }, family: 'ipv4', queue });
  await conn.write('ping');
  await conn.readExact(4);
  await conn.close();
  const heard = heardElsewhere();
  assert.deepEqual(
    heard.map(({ message }) => message),
    queue.drain(),
  );
  for (const { name, message } of heard) assert.equal(name, `berkeley:${message.event}`);
  stopElsewhere();
  const [a, b] = net.pair();
  await a.write('unheard');
  a.abort();
  b.abort();
  assert.deepEqual(heardElsewhere(), []);
});

inBothColours('a subscriber that comes late hears of what follows', async (net, t) => {
  const [a, b] = net.pair();
  await a.write('before');
  const found: unknown[] = [];
  const listener = (message: unknown): void => void found.push(message);
  subscribe('berkeley:sent', listener);
  t.after(() => unsubscribe('berkeley:sent', listener));
  await a.write('after');
  unsubscribe('berkeley:sent', listener);
  await a.write('later');
  assert.equal(found.length, 1);
  const { id, event, bytes } = found[0] as SocketEvent & Events['sent'];
  assert.deepEqual([id, event, bytes], [a.id, 'sent', 5]);
  a.abort();
  b.abort();
});

inBothColours('9. no event carries a secret: keys, passwords, sessions, what is read and written', async (net, t) => {
  const { certFile: cert, keyFile: key } = pki().server;
  const python = new Python(t, echo, JSON.stringify({ cert, key }));
  const port = await python.hear<number>();
  const { on, heard } = hearing();
  const queue = promises.eventQueue();
  const lines: string[] = [];
  const word = 'sesame-open-yourself';
  const tls = {
    ca: pki().root.cert,
    cert: pki().client.cert,
    key: pki().client.key,
    passphrase: word,
    keylog: (line: string): void => void lines.push(line),
  };
  const conn = await net.connect(`localhost:${port}`, { tls, family: 'ipv4', on, queue });
  await conn.write(word);
  await conn.readExact(word.length);
  const session = conn.tls!.session!;
  await conn.close();
  await failure(() => net.connect(`localhost:${port}`, { tls: { ...tls, pins: [pki().client.pin] }, on, queue }));
  assert.ok(lines.length > 0 && session.length > 0);
  const everything = [heard, queue.drain()]
    .map((all) =>
      inspect(all, { depth: Infinity, showHidden: true, maxStringLength: Infinity, maxArrayLength: Infinity }),
    )
    .join('\n');
  assert.match(everything, /CERTIFICATE_PIN|ERR_TLS_PIN|pin/i, 'the failure is in it');
  const secrets = [
    word,
    Buffer.from(word).toString('hex'),
    Buffer.from(word)
      .toString('hex')
      .replace(/..(?!$)/g, '$& '),
    ...lines.map((line) => line.split(' ')[2]!.trim()),
    ...pki()
      .client.key.split('\n')
      .filter((line) => line.length > 20 && !line.startsWith('-')),
    Buffer.from(session)
      .subarray(-40)
      .toString('hex')
      .replace(/..(?!$)/g, '$& '),
    Buffer.from(session).subarray(-40).toString('base64'),
  ];
  for (const secret of secrets) assert.ok(!everything.includes(secret), secret);
  // Nor is there anything that bytes could hide in, behind an accessor either.
  const seen = new Set<unknown>();
  (function look(value: unknown): void {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    assert.ok(!ArrayBuffer.isView(value), inspect(value));
    for (let at: object | null = value; at !== null && at !== Object.prototype; at = Reflect.getPrototypeOf(at))
      for (const name of Reflect.ownKeys(at)) look((value as Record<PropertyKey, unknown>)[name]);
  })(heard);
});

test('in a worker events have ids of their own, and channels are those of the thread', async () => {
  const [a, b] = promises.pair();
  const found: unknown[] = [];
  const listener = (message: unknown): void => void found.push(message);
  for (const name of names) subscribe(`berkeley:${name}`, listener);
  const program = `
    const { parentPort } = require('node:worker_threads');
    (async () => {
      const said = [];
      for (const entry of ['berkeley', 'berkeley/sync']) {
        const { pair, eventQueue } = await import(entry);
        const [a, b] = pair();
        const queue = eventQueue();
        a.on('sent', ({ bytes }) => said.push('heard of ' + bytes));
        a.events(queue);
        await a.write('abc');
        said.push(...queue.drain().map(({ event, id }) => event + ' ' + (id === a.id)));
        await a.close();
        await b.close();
        said.push(a.id);
      }
      parentPort.postMessage(said);
    })();`;
  const worker = new Worker(program, { eval: true });
  const said = await new Promise<(string | number)[]>((resolve, reject) =>
    worker.once('message', resolve).once('error', reject),
  );
  await worker.terminate();
  for (const name of names) unsubscribe(`berkeley:${name}`, listener);
  assert.deepEqual(
    said.filter((one) => typeof one === 'string'),
    ['heard of 3', 'sent true', 'heard of 3', 'sent true'],
  );
  for (const id of said.filter((one) => typeof one === 'number')) assert.ok(id >= 2 ** 32, 'another range');
  assert.deepEqual(found, []);
  a.abort();
  b.abort();
});
