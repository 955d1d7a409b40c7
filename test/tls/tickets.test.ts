// A server's tickets, with TLS 1.3: they share a packet with the answer to what came with the client's last flight, and wait for
// nothing else. The client is Python's, which hands over its ciphertext by hand.

import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { AsyncConn } from 'berkeley';
import { inBothColours, Python, type Net } from '../net/kit.js';
import { pki } from '../support/pki.js';
import { limit } from './kit.js';

const REQUEST = 'ask';

/** Its Finished and the request go out in one piece. Then, a line at a time: what it has received, or must wait for. */
const script = `
import ssl
context = ssl.create_default_context(cafile=sys.argv[2])
context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_3
raw = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10)
incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
tls = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
while True:
    try:
        tls.do_handshake()
        break
    except ssl.SSLWantReadError:
        raw.sendall(outgoing.read())
        incoming.write(raw.recv(1 << 16))
tls.write(b"${REQUEST}")
raw.sendall(outgoing.read())
for line in sys.stdin:
    raw.settimeout(0 if json.loads(line) == "look" else 10)
    text = ""
    try:
        incoming.write(raw.recv(1 << 16))
        text = tls.read(1 << 16).decode()
    except (BlockingIOError, ssl.SSLWantReadError):
        pass
    print(json.dumps({"text": text, "ticket": tls.session is not None and tls.session.has_ticket}), flush=True)
    if json.loads(line) == "end":
        tls.write(b"more")
        raw.sendall(outgoing.read())
`;

interface Found {
  readonly text: string;
  readonly ticket: boolean;
}

/** A connection whose client has made its handshake and sent the request with it. */
async function visited(net: Net, t: TestContext): Promise<{ conn: AsyncConn; client: Python }> {
  const { server, root } = pki();
  const listener = await net.listen('127.0.0.1:0', { tls: { cert: server.cert, key: server.key } });
  t.after(() => listener.close());
  const client = new Python(t, script, String(listener.address.port), root.certFile);
  const conn = await listener.accept(limit);
  t.after(() => conn.close());
  return { conn, client };
}

async function found(client: Python, how: 'look' | 'wait'): Promise<Found> {
  client.say(how);
  return client.hear<Found>();
}

inBothColours('a server sends its tickets with the answer to what came with the handshake', async (net, t) => {
  const { conn, client } = await visited(net, t);
  assert.equal(String(await conn.readExact(REQUEST.length, limit)), REQUEST);
  assert.deepEqual(await found(client, 'look'), { text: '', ticket: false });
  await conn.write('answer');
  assert.deepEqual(await found(client, 'wait'), { text: 'answer', ticket: true });
});

inBothColours('a server that waits for more sends its tickets first', async (net, t) => {
  const { conn, client } = await visited(net, t);
  assert.equal(String(await conn.readExact(REQUEST.length, limit)), REQUEST);
  // Python waits for them, and sends nothing before they are there.
  client.say('end');
  assert.equal(String(await conn.readExact(4, limit)), 'more');
  assert.deepEqual(await client.hear<Found>(), { text: '', ticket: true });
});

inBothColours('a server that only makes the handshake sends its tickets at its end', async (net, t) => {
  const { conn, client } = await visited(net, t);
  await conn.handshake(limit);
  assert.deepEqual(await found(client, 'wait'), { text: '', ticket: true });
});
