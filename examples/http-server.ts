// Serves the files of a folder over HTTP/1.1, blocking: one thread, one client at a time, one request a connection. Files go
// from the disk to the socket by sendfile(2).
//
//   node build/examples/http-server.js TARGET FOLDER [CLIENTS]     ends after so many clients, or with SIGINT

import { realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { LimitError, listen, SocketError, type HttpHead, type SyncConn } from 'berkeley/sync';

const [target, folder, most = 'Infinity'] = process.argv.slice(2);
if (target === undefined || folder === undefined) {
  console.log('usage: http-server TARGET FOLDER [CLIENTS]');
  process.exit();
}

const limit = { timeout: '5s' } as const;
const root = realpathSync(folder);
const listener = listen(target);
console.log(`listening on ${listener.address.toString()}`);
let clients = 0;
for (const conn of listener) {
  try {
    serve(conn);
    // Waits for the client's end, too: it has everything then.
    conn.close({ timeout: '1s' });
  } catch (error) {
    // A client that says nothing, or goes away, is no reason to end.
    if (!(error instanceof SocketError)) throw error;
    console.log(`${conn.remoteAddr.toString()}: ${error.code}`);
    conn.abort();
  }
  if (++clients >= Number(most)) listener.close();
}

function serve(conn: SyncConn): void {
  const head = request(conn);
  if (head === null) return;
  const { method = '', path = '' } = head;
  const file = method === 'GET' || method === 'HEAD' ? find(path) : null;
  const status = file !== null ? 200 : method === 'GET' || method === 'HEAD' ? 404 : 405;
  const headers = { Connection: 'close', ...(status === 405 ? { Allow: 'GET, HEAD' } : {}) };
  console.log(`${method} ${path} ${status}`);
  if (file === null) {
    conn.writeHttpResponse({ status, headers, body: `${status}\n` }, limit);
    return;
  }
  // The length is said, so that the client can tell a file that was cut from one that ended.
  conn.writeHttpResponse({ status, headers: { ...headers, 'Content-Length': file.size } }, limit);
  if (method === 'GET') conn.writeFile(file.path, { length: file.size, timeout: '60s' });
}

/** Null when there is none, which the client was told. */
function request(conn: SyncConn): HttpHead | null {
  try {
    return conn.readHttpHead(limit);
  } catch (error) {
    const status = error instanceof LimitError ? 431 : (error as SocketError).code === 'ERR_HTTP_HEAD' ? 400 : null;
    if (status === null) throw error;
    console.log(`${(error as SocketError).message} ${status}`);
    conn.writeHttpResponse({ status, headers: { Connection: 'close' } }, limit);
    return null;
  }
}

/** The file that a path means; null for what is no file below the folder, however it is spelt or linked. */
function find(path: string): { path: string; size: number } | null {
  try {
    const file = realpathSync(join(root, decodeURIComponent(path.replace(/\?.*/s, ''))));
    const stat = statSync(file);
    return stat.isFile() && file.startsWith(root + sep) ? { path: file, size: stat.size } : null;
  } catch {
    return null;
  }
}
