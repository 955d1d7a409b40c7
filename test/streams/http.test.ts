// Owns HTTP clients, unchanged, over connections of this library: `undici` by its `connect`, the agent of node:http by `createConnection`,
// and `ws` by the same. The servers are nginx, and Node's own.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, createServer, get, type ClientRequestArgs, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { test, type TestContext } from 'node:test';
import { Client, Pool } from 'undici';
import { WebSocket, WebSocketServer } from 'ws';
import { connect, listen, type Address, type AsyncConn } from 'berkeley';
import { toDuplex } from 'berkeley/streams';
import { sha256 } from '../support/bytes.js';
import { pki } from '../support/pki.js';
import { installed, startNginx, type Server } from '../support/server.js';

const limit = { timeout: '10s' } as const;
const page = Buffer.from('<h1>hello</h1>\n');
const picture = randomBytes(3_000_000);

for (const secure of [false, true]) {
  const scheme = secure ? 'https' : 'http';

  test(
    `undici gets files from nginx over connections of ours, and keeps them (${scheme})`,
    { timeout: 60_000 },
    async (t) => {
      const server = await start(t, secure);
      if (server === null) return;
      let made = 0;
      const pool = new Pool(`${scheme}://localhost:${server.port}`, {
        connections: 2,
        connect: (_options, callback) => {
          made++;
          dial(server, secure).then(
            (stream) => callback(null, stream as unknown as Socket),
            (error: unknown) => callback(error as Error, null),
          );
        },
      });
      const answers = await Promise.all(
        Array.from({ length: 10 }, async () => {
          const { statusCode, body } = await pool.request({ method: 'GET', path: '/picture.bin' });
          return [statusCode, sha256(Buffer.from(await body.arrayBuffer()))];
        }),
      );
      for (const answer of answers) assert.deepEqual(answer, [200, sha256(picture)]);
      assert.equal(made, 2);
      const { statusCode, body } = await pool.request({ method: 'GET', path: '/nothing' });
      assert.equal(statusCode, 404);
      await body.dump();
      await pool.close();
    },
  );

  test(
    `the agent of node:http takes connections of ours, and keeps them (${scheme})`,
    { timeout: 60_000 },
    async (t) => {
      const server = await start(t, secure);
      if (server === null) return;
      let made = 0;
      class OurAgent extends Agent {
        override createConnection(
          _options: ClientRequestArgs,
          callback?: (error: Error | null, stream: Duplex) => void,
        ): undefined {
          made++;
          dial(server!, secure).then(
            (stream) => callback!(null, stream),
            (error: unknown) => callback!(error as Error, undefined as unknown as Duplex),
          );
        }
      }
      const agent = new OurAgent({ keepAlive: true, maxSockets: 1 });
      for (const [path, content] of [
        ['/page.html', page],
        ['/picture.bin', picture],
        ['/page.html', page],
      ] as const) {
        const request = get({ agent, host: 'localhost', port: server.port, path });
        const [response] = (await once(request, 'response')) as [IncomingMessage];
        const pieces: Buffer[] = [];
        for await (const piece of response) pieces.push(piece as Buffer);
        assert.equal(sha256(Buffer.concat(pieces)), sha256(content));
      }
      assert.equal(made, 1);
      agent.destroy();
    },
  );
}

test('a server that cuts an answer is an error of undici and of node:http', { timeout: 30_000 }, async (t) => {
  const first = await cutting(t, (conn) => conn.close());
  const client = new Client(`http://127.0.0.1:${first.port}`, {
    connect: (_options, callback) =>
      void connect(first, limit).then((conn) => callback(null, toDuplex(conn) as unknown as Socket)),
  });
  const { body } = await client.request({ method: 'GET', path: '/' });
  await assert.rejects(body.text(), { code: 'UND_ERR_SOCKET' });
  await client.destroy();
  const second = await cutting(t, (conn) => conn.abort());
  const request = get({ createConnection: () => toDuplex(connect(second, limit)), path: '/' });
  const failures: NodeJS.ErrnoException[] = [];
  request.on('error', (error) => failures.push(error));
  const response = await new Promise<IncomingMessage>((resolve) => request.once('response', resolve));
  const failed = (async () => {
    for await (const piece of response) assert.ok(piece);
  })();
  await assert.rejects(failed, { code: 'ECONNRESET' });
  assert.deepEqual(
    failures.map(({ code }) => code),
    ['ECONNRESET'],
  );
});

test('a server that is not there is an error of each', { timeout: 30_000 }, async () => {
  const createConnection = (): Socket => toDuplex(connect('127.0.0.1', 1, limit)) as unknown as Socket;
  const [failure] = (await once(get({ createConnection, path: '/' }), 'error')) as [NodeJS.ErrnoException];
  assert.equal(failure.code, 'ECONNREFUSED');
  const socket = new WebSocket('ws://localhost/', { createConnection });
  const [refused] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
  assert.equal(refused.code, 'ECONNREFUSED');
});

test('ws speaks over a connection of ours, in frames of every size', { timeout: 30_000 }, async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sockets = new WebSocketServer({ server, maxPayload: 8 << 20 });
  t.after(() => {
    sockets.close();
    server.close();
  });
  sockets.on('connection', (peer) => {
    peer.on('message', (data, isBinary) => peer.send(data, { binary: isBinary }));
  });
  const { port } = server.address() as AddressInfo;
  const socket = new WebSocket('ws://localhost/', {
    createConnection: () => toDuplex(connect('127.0.0.1', port, limit)) as unknown as Socket,
  });
  await once(socket, 'open');
  for (const size of [0, 1, 125, 126, 65_536, 2_000_000]) {
    const data = randomBytes(size);
    socket.send(data);
    const [back] = (await once(socket, 'message')) as [Buffer];
    assert.equal(sha256(back), sha256(data), `${size} bytes`);
  }
  const closed = once(socket, 'close');
  socket.close(1000, 'enough');
  assert.deepEqual(String((await closed)[1]), 'enough');

  const second = new WebSocket('ws://localhost/', {
    createConnection: () => toDuplex(connect('127.0.0.1', port, limit)) as unknown as Socket,
  });
  await once(second, 'open');
  const cut = once(second, 'close') as Promise<[number]>;
  for (const peer of sockets.clients) peer.terminate();
  assert.equal((await cut)[0], 1006);
});

test('a server of node:http serves connections that were accepted here', { timeout: 30_000 }, async (t) => {
  const listener = await listen('127.0.0.1:0');
  const server = createServer((request, response) => response.end(`${request.method} ${request.url}`));
  t.after(() => {
    listener.close();
    server.closeAllConnections();
  });
  const accepting = listener.accept(limit).then((conn) => server.emit('connection', toDuplex(conn)));
  const request = get({ host: '127.0.0.1', port: listener.address.port, path: '/here', agent: false });
  await accepting;
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece as Buffer);
  assert.equal(String(Buffer.concat(pieces)), 'GET /here');
});

/** A server that begins one answer, and ends it so. */
async function cutting(t: TestContext, end: (conn: AsyncConn) => unknown): Promise<Address> {
  const listener = await listen('127.0.0.1:0');
  const serving = listener.accept(limit).then(async (conn) => {
    await conn.readHttpHead(limit);
    await conn.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this');
    // A reset must not overtake it.
    await conn.waitFlushed(limit);
    await end(conn);
  });
  t.after(async () => {
    listener.close();
    await serving;
  });
  return listener.address;
}

async function start(t: TestContext, secure: boolean): Promise<Server | null> {
  const program = installed(t, 'nginx');
  if (program === null) return null;
  const files = { 'page.html': page, 'picture.bin': picture };
  return startNginx(t, program, files, secure ? { certificate: pki().server } : undefined);
}

async function dial(server: Server, secure: boolean): Promise<Duplex> {
  const tls = secure ? { ca: pki().root.cert, serverName: 'localhost' } : false;
  return toDuplex(await connect(server.host, server.port, { tls, ...limit }));
}
