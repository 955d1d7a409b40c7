// Owns the events of a listener and of the connections that it accepts.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { eventQueue, type Events, type SocketEvent } from 'berkeley';
import { failure, folder, inBothColours, Python } from '../net/kit.js';
import { pki } from '../support/pki.js';
import { course } from './kit.js';

const client = `
import ssl
given = json.loads(sys.argv[1])
c = socket.create_connection(('127.0.0.1', given['port']))
if 'root' in given:
    context = ssl.create_default_context(cafile=given['root'])
    c = context.wrap_socket(c, server_hostname='localhost')
c.sendall(b'hello')
say(c.recv(100).decode())
`;

inBothColours('a listener posts its lookup and its end, and its connections inherit the queue', async (net, t) => {
  const queue = eventQueue();
  const listener = await net.listen('127.0.0.1:0', { queue });
  const [lookup, resolved] = queue.drain() as [SocketEvent & Events['lookup'], SocketEvent & Events['resolved']];
  assert.deepEqual([lookup.event, lookup.host, lookup.service], ['lookup', '127.0.0.1', '0']);
  assert.deepEqual([resolved.event, resolved.address!.address, resolved.id], ['resolved', '127.0.0.1', lookup.id]);
  const python = new Python(t, client, JSON.stringify({ port: listener.address.port }));
  const conn = await listener.accept();
  assert.equal((await conn.readExact(5)).toString(), 'hello');
  await conn.write('there');
  assert.equal(await python.hear(), 'there');
  await conn.close();
  listener.close();
  listener.close();
  const events = queue.drain();
  assert.equal(course(events), 'connected read sent closed deleted closed deleted');
  assert.deepEqual(
    events.map(({ id }) => (id === conn.id ? 'conn' : id === lookup.id ? 'listener' : '?')),
    ['conn', 'conn', 'conn', 'conn', 'conn', 'listener', 'listener'],
  );
  const connected = events[0] as Events['connected'];
  assert.ok(connected.address.equals(conn.remoteAddr));
});

inBothColours('an accepted handshake is told of when it begins: at the first use', async (net, t) => {
  const queue = eventQueue();
  const { cert, key } = pki().server;
  const listener = await net.listen('127.0.0.1:0', { queue, tls: { cert, key } });
  const python = new Python(t, client, JSON.stringify({ port: listener.address.port, root: pki().root.certFile }));
  queue.drain();
  const conn = await listener.accept();
  assert.equal(course(queue.drain()), 'connected');
  assert.equal((await conn.readExact(5)).toString(), 'hello');
  const [start, done, read] = queue.drain();
  assert.equal(course([start!, done!, read!]), 'tlsStart tlsDone read');
  assert.equal((start as Events['tlsStart']).server, true);
  assert.equal((done as Events['tlsDone']).serverName, 'localhost');
  await conn.write('there');
  assert.equal(await python.hear(), 'there');
  await conn.close();
  listener.close();
});

inBothColours('a listener of a name tells every address, and one that is not found its error', async (net) => {
  const queue = eventQueue();
  const listener = await net.listen({ host: 'localhost', port: 0 }, { queue });
  assert.deepEqual(
    queue.drain().map((one) => ('address' in one ? one.address.address : one.event)),
    ['lookup', ...listener.addresses.map(({ address }) => address)],
  );
  listener.close();
  queue.drain();
  await failure(() => net.listen('no-such-name.invalid:80', { queue }));
  const [lookup, resolved] = queue.drain();
  assert.equal(lookup!.event, 'lookup');
  assert.equal((resolved as Events['resolved']).error!.phase, 'lookup');
});

inBothColours('where nothing is to be looked up, nothing is', async (net, t) => {
  const queue = eventQueue();
  for (const at of [0, ':0', `unix:${join(folder(t), 's')}`]) {
    const listener = await net.listen(at, { queue });
    assert.equal(queue.size, 0);
    listener.close();
    assert.equal(course(queue.drain()), 'closed deleted');
  }
});
