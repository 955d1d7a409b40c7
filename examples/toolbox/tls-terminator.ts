// Takes clients with TLS and joins each one to a plain server, in a thread of its own that blocks: handshake, connect, relay. SIGINT
// or SIGTERM ends it.
//
//   node build/examples/toolbox/tls-terminator.js LISTEN TARGET CERT-FILE KEY-FILE
//   node build/examples/toolbox/tls-terminator.js :8443 unix:/run/app.sock cert.pem key.pem

import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { listen } from 'berkeley';
import { adopt, conn, connect, relay, type SocketError, type SyncConn } from 'berkeley/sync';

interface Job {
  readonly descriptor: number;
  readonly target: string;
  readonly cert: string;
  readonly key: string;
}

if (isMainThread) await accept();
else serve(workerData as Job);

/** The one loop that is not blocking, so that signals are heard. */
async function accept(): Promise<void> {
  const [at, target, cert, key] = process.argv.slice(2);
  if (at === undefined || target === undefined || cert === undefined || key === undefined) {
    console.log('usage: tls-terminator LISTEN TARGET CERT-FILE KEY-FILE');
    return;
  }
  try {
    const listener = await listen(at);
    console.log(`listening on ${listener.address.toString()}`);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => listener.close());
    for await (const { socket } of listener) {
      // Nothing was read from it yet, so the descriptor is all there is to hand over.
      const workerData: Job = { descriptor: socket.detach(), target, cert, key };
      new Worker(new URL(import.meta.url), { workerData }).on('error', (error) => console.error(error.message));
    }
  } catch (error) {
    const { message, hint } = error as SocketError;
    console.error(hint ? `${message}: ${hint}` : message);
    process.exitCode = 1;
  }
}

function serve({ descriptor, target, cert, key }: Job): void {
  const client = conn(adopt(descriptor));
  let server: SyncConn | null = null;
  const peer = client.remoteAddr.toString();
  try {
    client.startTls({ server: true, cert: { file: cert }, key: { file: key }, timeout: '5s' });
    server = connect(target, { timeout: '5s' });
    const { aToB, bToA } = relay(client, server);
    client.close();
    server.close();
    console.log(`${peer}: ${aToB} bytes in, ${bToA} bytes out`);
  } catch (error) {
    // Resets, so that nobody takes a stream that was cut for a whole one.
    client.abort();
    server?.abort();
    console.error(`${peer}: ${(error as Error).message}`);
  }
}
