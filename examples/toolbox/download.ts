// Downloads a file over HTTP or HTTPS with a progress bar. What was cut off goes on where it ended, when it is run again.
//
//   node build/examples/toolbox/download.js URL [FILE] [CA-FILE]     FILE is the last part of the URL unless told
//   node build/examples/toolbox/download.js https://example.org/film.mp4

import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import { connect, type SocketError, type SyncConn } from 'berkeley/sync';

const limit = { timeout: '30s' } as const;
const [from, to, ca] = process.argv.slice(2);
if (from === undefined) console.log('usage: download URL [FILE] [CA-FILE]');
else {
  try {
    const url = new URL(from);
    download(url, to ?? (basename(url.pathname) || 'index.html'));
  } catch (error) {
    const { message, hint } = error as SocketError;
    console.error(hint ? `${message}: ${hint}` : message);
    process.exitCode = 1;
  }
}

function download(url: URL, name: string): void {
  const secure = url.protocol === 'https:';
  const tls = secure && (ca === undefined || { ca: { file: ca } });
  const have = statSync(name, { throwIfNoEntry: false })?.size ?? 0;
  const range = have > 0 ? { Range: `bytes=${have}-` } : {};
  using conn = connect(url.hostname.replace(/[[\]]/g, ''), url.port || (secure ? 443 : 80), { tls, ...limit });
  // To a request of HTTP/1.0 nobody answers in chunks (RFC 9112 §7.1).
  const headers = { Host: url.host, Connection: 'close', ...range };
  conn.writeHttpRequest({ method: 'GET', path: url.pathname + url.search, version: '1.0', headers }, limit);
  const head = conn.readHttpHead(limit);
  if (head?.status === 416) {
    console.log(`${name} is whole already: ${have} bytes`);
    return;
  }
  if (head?.status !== 200 && head?.status !== 206)
    throw new Error(`the server says ${head?.status ?? 'nothing'} ${head?.reason ?? ''}`);
  // 200 is all of it, because the server cannot go on in the middle.
  const begin = head.status === 206 ? have : 0;
  const file = openSync(name, begin > 0 ? 'a' : 'w');
  try {
    const length = head.headers['content-length'];
    save(conn, file, begin, length === undefined ? null : begin + Number(length));
  } finally {
    closeSync(file);
  }
  console.log(`${name}: ${statSync(name).size} bytes${begin > 0 ? `, of which ${begin} were there` : ''}`);
}

/** Without a length the end of the connection is the end of the file. */
function save(conn: SyncConn, file: number, begin: number, end: number | null): void {
  const buffer = Buffer.allocUnsafe(256 * 1024);
  let have = begin;
  for (let shown = -1; have !== end;) {
    const count = conn.readInto(buffer, limit);
    if (count === 0) break;
    writeSync(file, buffer, 0, count);
    have += count;
    const percent = end === null ? 0 : Math.floor((have * 100) / end);
    // Over itself in a terminal; elsewhere one line for every tenth.
    const step = process.stderr.isTTY ? percent : Math.floor(percent / 10);
    if (step !== shown) progress(percent, have);
    shown = step;
  }
  if (process.stderr.isTTY) process.stderr.write('\n');
  if (end !== null && have < end) throw new Error(`cut off after ${have} of ${end} bytes; run it again to go on`);
}

function progress(percent: number, have: number): void {
  const bar = '█'.repeat(percent / 4).padEnd(25, '░');
  const line = `${bar} ${String(percent).padStart(3)} % ${(have / 2 ** 20).toFixed(1)} MiB`;
  process.stderr.write(process.stderr.isTTY ? `\r${line}` : `${line}\n`);
}
