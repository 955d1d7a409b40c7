// Sends back whatever comes, to any number of clients at once. SIGINT or SIGTERM ends it.
//
//   node build/examples/echo-server.js TARGET…
//   node build/examples/echo-server.js localhost:7000 unix:/tmp/echo.sock

import { listen, SocketError, type AsyncConn } from 'berkeley';

const targets = process.argv.slice(2);
if (targets.length === 0) {
  console.log('usage: echo-server TARGET…');
  process.exit();
}

const listener = await listen(targets);
for (const address of listener.addresses) console.log(`listening on ${address.toString()}`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => listener.close());

// Closing the listener ends this loop; the connections that are still open are served to their end.
for await (const conn of listener) void serve(conn);
console.log('no more connections are taken');

async function serve(conn: AsyncConn): Promise<void> {
  const peer = conn.remoteAddr.toString();
  try {
    for await (const piece of conn) await conn.write(piece);
    await conn.close();
    console.log(`${peer}: ${conn.bytesWritten} bytes`);
  } catch (error) {
    // A client that resets its connection is the end of that connection and of nothing else.
    conn[Symbol.dispose]();
    console.log(`${peer}: ${error instanceof SocketError ? error.code : String(error)}`);
  }
}
