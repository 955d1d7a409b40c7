// Fetches one page over HTTP/1.1, from a TCP port or from a Unix socket. The head goes to standard error, the body to
// standard output.
//
//   node build/examples/http-get.js TARGET [PATH] [HOST]
//   node build/examples/http-get.js localhost:8080 /index.html
//   node build/examples/http-get.js unix:/run/app.sock /status app.local

import { connect } from 'berkeley';

const [target, path = '/', host = 'localhost'] = process.argv.slice(2);
if (target === undefined) {
  console.log('usage: http-get TARGET [PATH] [HOST]');
  process.exit();
}

const conn = await connect(target, { timeout: '5s' });
await conn.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);

const limit = { timeout: '10s' } as const;
let length: number | null = null;
let chunked = false;
for (;;) {
  const line = await conn.readLine(limit);
  if (line === null) throw new Error('the connection ended in the head of the answer');
  if (line === '') break;
  console.error(line);
  const [, name = '', value = ''] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
  if (name.toLowerCase() === 'content-length') length = Number(value);
  if (name.toLowerCase() === 'transfer-encoding') chunked = value.toLowerCase() === 'chunked';
}

if (chunked) {
  // RFC 9112 §7.1: each chunk has its size in hexadecimal before it, and a chunk of size 0 is the last.
  for (;;) {
    const size = parseInt((await conn.readLine(limit)) ?? '', 16);
    if (Number.isNaN(size)) throw new Error('a chunk without its size');
    if (size === 0) break;
    process.stdout.write(await conn.readExact(size, limit));
    await conn.readExact(2, limit);
  }
} else if (length !== null) {
  process.stdout.write(await conn.readExact(length, limit));
} else {
  for await (const piece of conn) process.stdout.write(piece);
}
await conn.close();
