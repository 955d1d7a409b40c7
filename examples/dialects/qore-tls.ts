// TLS between two threads, as Qore has it: a certificate and its key, acceptSSL, connectSSL, and what the certificate is worth.
// The certificate is made by the command openssl.
//
//   node build/examples/dialects/qore-tls.js

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Socket, SSLCertificate, SSLPrivateKey, X509_VerificationReasons } from 'berkeley/dialects/qore';

if (isMainThread) client();
else serve(workerData as string);

/** Waits for one client. A handshake needs both ends at once, so this is a thread of its own. */
function serve(pem: string): void {
  const server = new Socket();
  server.setCertificate(new SSLCertificate(pem));
  server.setPrivateKey(new SSLPrivateKey(pem));
  if (server.bind('localhost:0') || server.listen()) throw new Error('there is no port');
  parentPort!.postMessage(server.getPort());
  const peer = server.acceptSSL('30s');
  if (peer === null) throw new Error('nobody came');
  peer.send(peer.recv(5, '10s').toUpperCase());
  peer.shutdownSSL();
  peer.close();
  server.close();
}

function client(): void {
  const words = [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    '-',
    '-subj',
    '/CN=localhost',
    '-days',
    '1',
  ];
  const pem = execFileSync('openssl', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: pem });
  worker.once('message', (port: number) => {
    const sock = new Socket();
    sock.connectSSL(`localhost:${port}`, '30s');
    console.log(`${sock.getSSLCipherVersion()} ${sock.getSSLCipherName()}`);
    const code = sock.verifyPeerCertificate();
    console.log(code === null ? 'a certificate of another host' : `${code}: ${X509_VerificationReasons[code]}`);
    sock.send('hello');
    console.log(sock.recv(-1, '10s'));
    sock.close();
  });
}
