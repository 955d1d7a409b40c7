// Owns the usual way with Deno.listen, or Deno.listenTls where there are files for it: a loop for each connection, a buffer of
// its own, what came is written back; or, told so by the last argument, one byte for each MiB is answered, or as many MiB as
// four bytes ask for.

import { readFileSync } from 'node:fs';
import { deno, writeAll, type DenoConn } from './deno.js';
import { serve, tlsAndMode } from './support.js';

const MIB = 1024 * 1024;
const CHUNK = new Uint8Array(64 * 1024).fill(120);

const { files, mode } = tlsAndMode();
const work = { echo, receive, give }[mode] ?? echo;
let connections = 0;

const at = { hostname: '127.0.0.1', port: 0 };
const listener =
  files === null
    ? deno.listen(at)
    : deno.listenTls({ ...at, cert: readFileSync(files.cert, 'utf8'), key: readFileSync(files.key, 'utf8') });
serve(listener.addr.port, () => connections);
for await (const conn of listener) void handle(conn);

async function handle(conn: DenoConn): Promise<void> {
  connections++;
  conn.setNoDelay?.(true);
  await work(conn).catch(() => undefined);
  connections--;
  conn.close();
}

async function echo(conn: DenoConn): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  for (let n; (n = await conn.read(buffer)) !== null;) await writeAll(conn, buffer.subarray(0, n));
}

async function receive(conn: DenoConn): Promise<void> {
  const buffer = new Uint8Array(256 * 1024);
  let bytes = 0;
  for (let n; (n = await conn.read(buffer)) !== null; bytes += n) {
    const whole = Math.floor((bytes + n) / MIB) - Math.floor(bytes / MIB);
    if (whole > 0) await writeAll(conn, new Uint8Array(whole).fill(43));
  }
}

async function give(conn: DenoConn): Promise<void> {
  const request = new Uint8Array(4);
  while ((await conn.read(request)) === request.length) {
    const mib = new DataView(request.buffer).getUint32(0);
    for (let left = (mib * MIB) / CHUNK.length; left > 0; left--) await writeAll(conn, CHUNK);
  }
}
