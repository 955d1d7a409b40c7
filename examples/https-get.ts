// Fetches one page over HTTP/1.1 and TLS, blocking, and says what the handshake came to. The facts and the head go to
// standard error, the body to standard output.
//
//   node build/examples/https-get.js HOST:PORT [PATH] [CA-FILE]
//   node build/examples/https-get.js example.org:443 /index.html

import { CertificateError, connect, type SyncConn } from 'berkeley/sync';

const [target, path = '/', ca] = process.argv.slice(2);
if (target === undefined) {
  console.log('usage: https-get HOST:PORT [PATH] [CA-FILE]');
  process.exit();
}

const conn = dial(target);
if (conn !== null) {
  const { version, cipher, peer } = conn.tls!;
  console.error(`${version}, ${cipher}, certificate valid until ${peer?.validTo ?? ''}`);
  const host = target.replace(/:\d+$/, '');
  const headers = { Host: host, Connection: 'close' };
  conn.writeHttpRequest({ method: 'GET', path, headers }, { timeout: '10s' });
  const head = conn.readHttpHead({ timeout: '10s' });
  console.error(`HTTP/${head?.version} ${head?.status} ${head?.reason}`);
  for (const [name, value] of head?.raw ?? []) console.error(`${name}: ${value}`);
  // To close_notify. A server that ends without it makes this ERR_TLS_TRUNCATED: a part of the page may be missing.
  for (let piece; (piece = conn.read(undefined, { timeout: '10s' })) !== null;) process.stdout.write(piece);
  conn.close();
}

/** Null after it was said why the certificate is not valid. */
function dial(to: string): SyncConn | null {
  const tls = { alpn: ['http/1.1'], ...(ca === undefined ? {} : { ca: { file: ca } }) };
  try {
    return connect(to, { tls, timeout: '10s' });
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    console.error(`${error.code}: ${error.hint ?? error.message}`);
    process.exitCode = 1;
    return null;
  }
}
