// Asks a name server (RFC 1035) over UDP, and over TCP when the answer was too long for a datagram. Without arguments it starts a
// server of its own that knows three records, and asks that.
//
//   node build/examples/dns-query.js SERVER NAME [A|AAAA|TXT]
//   node build/examples/dns-query.js 127.0.0.1:53 example.org AAAA

import { randomInt } from 'node:crypto';
import { connect, listen, TimeoutError, udp, type Address } from 'berkeley';

const types: Record<string, number> = { A: 1, TXT: 16, AAAA: 28 };
const HEAD = 12;
const TRUNCATED = 0x0200;

const [server, name = 'localhost', type = 'A'] = process.argv.slice(2);
if (server !== undefined) await ask(server, name, type.toUpperCase());
else {
  const own = await startServer();
  for (const [asked, of] of [
    ['small.example', 'A'],
    ['small.example', 'AAAA'],
    ['large.example', 'TXT'],
  ] as const)
    await ask(own.address.toString(), asked, of);
  own.stop();
}

async function ask(server: string, name: string, type: string): Promise<void> {
  const query = question(name, type);
  let how = 'UDP';
  let answer = await overUdp(server, query);
  if (answer.readUInt16BE(2) & TRUNCATED) {
    how = 'TCP';
    answer = await overTcp(server, query);
  }
  const code = answer[3]! & 15;
  const found = records(answer).filter((record) => record.type === types[type]);
  console.log(`${name} ${type}, over ${how}: ${code === 0 ? `${found.length} found` : `the server says ${code}`}`);
  for (const { ttl, text } of found) console.log(`  ${text} (${ttl} s)`);
}

/** A datagram may be lost, so the question is asked three times. The socket is connected: nobody else can answer. */
async function overUdp(server: string, query: Buffer): Promise<Buffer> {
  await using socket = await udp(undefined, { connect: server });
  for (let left = 3; ; left--) {
    await socket.send(query);
    try {
      for (const deadline = Date.now() + 2000; ;) {
        const { data } = await socket.recv({ deadline });
        // What answers an earlier question is not ours.
        if (data.length >= HEAD && data.readUInt16BE() === query.readUInt16BE()) return data;
      }
    } catch (error) {
      if (!(error instanceof TimeoutError) || left === 1) throw error;
    }
  }
}

/** RFC 1035 §4.2.2: a length of two bytes goes before each message. */
async function overTcp(server: string, query: Buffer): Promise<Buffer> {
  await using conn = await connect(server, { timeout: '5s' });
  await conn.write([length(query), query]);
  return await conn.readExact((await conn.readExact(2, { timeout: '5s' })).readUInt16BE(), { timeout: '5s' });
}

function length(message: Buffer): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(message.length);
  return bytes;
}

function question(name: string, type: string): Buffer {
  const number = types[type];
  if (number === undefined) throw new TypeError(`the type must be one of ${Object.keys(types).join(', ')}`);
  const head = Buffer.alloc(HEAD);
  head.writeUInt16BE(randomInt(0x10000));
  head.writeUInt16BE(0x0100, 2); // recursion desired
  head.writeUInt16BE(1, 4);
  return Buffer.concat([head, nameBytes(name), Buffer.from([0, number, 0, 1])]);
}

function nameBytes(name: string): Buffer {
  const labels = name.split('.').filter((label) => label !== '');
  return Buffer.concat([
    ...labels.flatMap((label) => [Buffer.from([label.length]), Buffer.from(label)]),
    Buffer.from([0]),
  ]);
}

function records(answer: Buffer): { type: number; ttl: number; text: string }[] {
  let at = HEAD;
  for (let left = answer.readUInt16BE(4); left > 0; left--) at = afterName(answer, at) + 4;
  return Array.from({ length: answer.readUInt16BE(6) }, () => {
    at = afterName(answer, at);
    const type = answer.readUInt16BE(at);
    const ttl = answer.readUInt32BE(at + 4);
    const data = answer.subarray(at + 10, at + 10 + answer.readUInt16BE(at + 8));
    at += 10 + data.length;
    return { type, ttl, text: textOf(type, data) };
  });
}

/** A name ends with an empty label, or with a pointer to the rest of it (§4.1.4). */
function afterName(message: Buffer, at: number): number {
  while (message[at]! > 0 && message[at]! < 0xc0) at += 1 + message[at]!;
  return at + (message[at] === 0 ? 1 : 2);
}

function textOf(type: number, data: Buffer): string {
  if (type === types['A']) return data.join('.');
  if (type === types['AAAA']) return data.toString('hex').match(/..../g)!.join(':');
  const strings: string[] = [];
  for (let at = 0; at < data.length; at += 1 + data[at]!)
    strings.push(data.toString('latin1', at + 1, at + 1 + data[at]!));
  const text = strings.join('');
  return text.length <= 80 ? text : `${text.slice(0, 60)}… (${text.length} characters)`;
}

/** Answers over both on one port. What is longer than 512 bytes goes over UDP only as far as its question (§4.2.1). */
async function startServer(): Promise<{ address: Address; stop: () => void }> {
  const listener = await listen('127.0.0.1:0');
  const socket = await udp(listener.address);
  const zone: Record<string, Buffer> = {
    'small.example 1': Buffer.from([192, 0, 2, 1]),
    'small.example 28': Buffer.from('20010db8000000000000000000000001', 'hex'),
    'large.example 16': Buffer.concat(
      Array.from({ length: 8 }, () => Buffer.from(`\xc8${'long '.repeat(40)}`, 'latin1')),
    ),
  };
  const answerTo = (query: Buffer): Buffer => {
    const end = afterName(query, HEAD);
    const labels: string[] = [];
    for (let at = HEAD; query[at]! > 0; at += 1 + query[at]!)
      labels.push(query.toString('latin1', at + 1, at + 1 + query[at]!));
    const data = zone[`${labels.join('.')} ${query.readUInt16BE(end)}`];
    const asked = Buffer.from(query.subarray(0, end + 4));
    asked.writeUInt16BE(data === undefined ? 0x8583 : 0x8580, 2);
    if (data === undefined) return asked;
    asked.writeUInt16BE(1, 6);
    const record = Buffer.from([
      0xc0,
      HEAD,
      ...asked.subarray(end, end + 4),
      0,
      0,
      0,
      60,
      data.length >> 8,
      data.length & 255,
    ]);
    return Buffer.concat([asked, record, data]);
  };
  void (async () => {
    for await (const { data, from } of socket) {
      let answer = answerTo(data);
      if (answer.length > 512) {
        answer = answer.subarray(0, data.length);
        answer.writeUInt16BE(answer.readUInt16BE(2) | TRUNCATED, 2);
        answer.writeUInt16BE(0, 6);
      }
      await socket.send(answer, from);
    }
  })();
  void (async () => {
    for await (const conn of listener) {
      const query = await conn.readExact((await conn.readExact(2)).readUInt16BE());
      const answer = answerTo(query);
      await conn.write([length(answer), answer]);
      await conn.close();
    }
  })();
  return {
    address: socket.localAddr,
    stop() {
      socket.close();
      listener.close();
    },
  };
}
