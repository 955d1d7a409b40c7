// Asks a PostgreSQL server one thing and prints the rows, tabs between the columns. TLS where the server has it, a password by
// SCRAM-SHA-256 (RFC 7677) where it wants one: https://www.postgresql.org/docs/current/protocol.html
//
//   PGPASSWORD=… node build/examples/toolbox/postgres.js TARGET USER DATABASE QUERY [CA-FILE]
//   PGPASSWORD=… node build/examples/toolbox/postgres.js localhost:5432 me mine 'SELECT now()'

import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { connect, type SocketError, type SyncConn } from 'berkeley/sync';

const limit = { timeout: '30s' } as const;
const int = (value: number): Buffer => Buffer.from(value.toString(16).padStart(8, '0'), 'hex');
const [target, user, database, query, ca] = process.argv.slice(2);
if (target === undefined || user === undefined || database === undefined || query === undefined)
  console.log('usage: postgres TARGET USER DATABASE QUERY [CA-FILE]');
else {
  try {
    using conn = connect(target, limit);
    conn.write([int(8), int(80877103)]); // SSLRequest, answered by one letter
    if (conn.readExact(1, limit).toString() === 'S') conn.startTls({ ...(ca && { ca: { file: ca } }), ...limit });
    send(conn, '', int(196608), `user\0${user}\0database\0${database}\0\0`);
    logIn(conn, process.env['PGPASSWORD'] ?? '');
    until(conn, 'Z');
    send(conn, 'Q', `${query}\0`);
    until(conn, 'Z', (type, body) => type === 'D' && console.log(columns(body).join('\t')));
    send(conn, 'X');
    conn.close();
  } catch (error) {
    const { message, hint } = error as SocketError;
    console.error(hint ? `${message}: ${hint}` : message);
    process.exitCode = 1;
  }
}

function logIn(conn: SyncConn, password: string): void {
  const methods = until(conn, 'R');
  if (methods.readInt32BE() === 0) return; // we are trusted
  if (!methods.includes('SCRAM-SHA-256\0')) throw new Error('the server wants another kind of password');
  const first = `n=,r=${randomBytes(18).toString('base64')}`;
  send(conn, 'p', 'SCRAM-SHA-256\0', int(first.length + 3), `n,,${first}`);
  const challenge = until(conn, 'R').toString('utf8', 4);
  const [, nonce = '', salt = '', rounds] = /^r=(.*),s=(.*),i=(\d+)/.exec(challenge) ?? [];
  if (!nonce.startsWith(first.slice(5))) throw new Error('the server answers somebody else');
  const salted = pbkdf2Sync(password, Buffer.from(salt, 'base64'), Number(rounds), 32, 'sha256');
  const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const said = `${first},${challenge},c=biws,r=${nonce}`;
  const key = hmac(salted, 'Client Key');
  const proof = hmac(createHash('sha256').update(key).digest(), said).map((byte, i) => byte ^ key[i]!);
  send(conn, 'p', `c=biws,r=${nonce},p=${Buffer.from(proof).toString('base64')}`);
  // Only who knows the password can say this, so the server is the right one.
  const signature = `v=${hmac(hmac(salted, 'Server Key'), said).toString('base64')}`;
  if (until(conn, 'R').toString('utf8', 4) !== signature) throw new Error('the server does not know the password');
}

/** A message has its type, its length without the type, and its body. The first one has no type. */
function send(conn: SyncConn, type: string, ...parts: (string | Buffer)[]): void {
  const length = parts.reduce((sum, part) => sum + Buffer.byteLength(part), 4);
  conn.write([type, int(length), ...parts], limit);
}

/** Reads messages up to one of that type, and returns its body. */
function until(conn: SyncConn, wanted: string, other?: (type: string, body: Buffer) => void): Buffer {
  for (;;) {
    const type = conn.readExact(1, limit).toString();
    const body = conn.readExact(conn.readNum('i32', limit) - 4, limit);
    // Fields with a letter each, of which M is the message.
    if (type === 'E') throw new Error(/\0M(.*?)\0/s.exec(body.toString())?.[1] ?? 'an error without a message');
    if (type === wanted) return body;
    other?.(type, body);
  }
}

function columns(row: Buffer): string[] {
  let at = 2;
  return Array.from({ length: row.readInt16BE() }, () => {
    const length = row.readInt32BE(at);
    at += 4 + Math.max(length, 0);
    return length < 0 ? 'NULL' : row.toString('utf8', at - length, at);
  });
}
