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

const limit = { timeout: '10s' } as const;
const conn = await connect(target, { timeout: '5s' });
await conn.writeHttpRequest({ method: 'GET', path, headers: { Host: host, Connection: 'close' } }, limit);
const head = await conn.readHttpHead(limit);
if (head === null) throw new Error('the server closed the connection without an answer');
console.error(`HTTP/${head.version} ${head.status} ${head.reason}`);
for (const [name, value] of head.raw) console.error(`${name}: ${value}`);

// RFC 9112 §6.3: how long the body is.
const { 'transfer-encoding': coding, 'content-length': length } = head.headers;
if (coding === 'chunked') {
  // §7.1: each chunk has its size in hexadecimal before it, and a chunk of size 0 is the last.
  for (;;) {
    const size = parseInt((await conn.readLine(limit)) ?? '', 16);
    if (Number.isNaN(size)) throw new Error('a chunk without its size');
    if (size === 0) break;
    process.stdout.write(await conn.readExact(size, limit));
    await conn.readExact(2, limit);
  }
} else if (length !== undefined) {
  process.stdout.write(await conn.readExact(Number(length), limit));
} else {
  for await (const piece of conn) process.stdout.write(piece);
}
await conn.close();
