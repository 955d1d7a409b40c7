// Takes clients with TLS and joins each one to a plain server. SIGINT or SIGTERM ends it.
//
//   node build/examples/tls-terminator.js LISTEN TARGET CERT-FILE KEY-FILE
//   node build/examples/tls-terminator.js :8443 unix:/run/app.sock cert.pem key.pem

import { connect, listen, relay, SocketError, type AsyncConn } from 'berkeley';

const [at, target, cert, key] = process.argv.slice(2);
if (at === undefined || target === undefined || cert === undefined || key === undefined) {
  console.log('usage: tls-terminator LISTEN TARGET CERT-FILE KEY-FILE');
  process.exit();
}

const listener = await listen(at, { tls: { cert: { file: cert }, key: { file: key } } });
console.log(`listening on ${listener.address.toString()}`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => listener.close());

for await (const client of listener) void serve(client, target);

async function serve(client: AsyncConn, inside: string): Promise<void> {
  const peer = client.remoteAddr.toString();
  let server: AsyncConn | null = null;
  try {
    await client.handshake({ timeout: '5s' });
    server = await connect(inside, { timeout: '5s' });
    const { aToB, bToA } = await relay(client, server);
    await Promise.all([client.close(), server.close()]);
    console.log(`${peer}: ${aToB} bytes in, ${bToA} bytes out`);
  } catch (error) {
    // Resets, so that nobody takes a stream that was cut for a whole one.
    client.abort();
    server?.abort();
    console.log(`${peer}: ${error instanceof SocketError ? error.code : String(error)}`);
  }
}
