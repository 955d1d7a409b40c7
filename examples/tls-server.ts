// Greets clients by their certificates, or as strangers, over TLS, and sends their lines back. SIGHUP reads the
// certificate anew without dropping anybody; SIGINT or SIGTERM ends it.
//
//   node build/examples/tls-server.js TARGET CERT-FILE KEY-FILE [CLIENT-CA-FILE]
//   openssl s_client -quiet -connect localhost:8443

import { listen, SocketError, type AsyncConn, type TlsOptions } from 'berkeley';

const [target, cert, key, ca] = process.argv.slice(2);
if (target === undefined || cert === undefined || key === undefined) {
  console.log('usage: tls-server TARGET CERT-FILE KEY-FILE [CLIENT-CA-FILE]');
  process.exit();
}
const tls: TlsOptions = {
  cert: { file: cert },
  key: { file: key },
  ...(ca === undefined ? {} : { ca: { file: ca }, clientCert: 'request' }),
};

const listener = await listen(target, { tls });
console.log(`listening on ${listener.address.toString()}`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => listener.close());
process.on('SIGHUP', () => {
  try {
    listener.updateTls(tls);
    console.log('the certificate was read anew');
  } catch (error) {
    // Nothing has changed: the certificate of before goes on.
    console.log(String(error));
  }
});

for await (const conn of listener) void serve(conn);

async function serve(conn: AsyncConn): Promise<void> {
  const peer = conn.remoteAddr.toString();
  try {
    // A client that stalls here is in nobody's way: the loop above goes on meanwhile.
    const { version, peer: certificate } = await conn.handshake({ timeout: '5s' });
    console.log(`${peer}: ${version}`);
    await conn.writeLine(`hello ${certificate?.subject ?? 'stranger'}`);
    for (let line; (line = await conn.readLine()) !== null;) await conn.writeLine(line);
    await conn.close();
  } catch (error) {
    conn[Symbol.dispose]();
    console.log(`${peer}: ${error instanceof SocketError ? error.code : String(error)}`);
  }
}
