// Asks a name server (RFC 1035) over UDP, and over TCP when the answer was too long for a datagram.
//
//   node build/examples/toolbox/dns-query.js NAME [A|AAAA] [SERVER]     the first server of /etc/resolv.conf unless told
//   node build/examples/toolbox/dns-query.js example.org AAAA 127.0.0.1:53

import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { address, codecs, connect, type SocketError, udp, type Target } from 'berkeley/sync';

const types: Readonly<Record<string, number>> = { A: 1, AAAA: 28 };
const HEAD = 12;
const [name, type = 'A', server] = process.argv.slice(2);
if (name === undefined) console.log('usage: dns-query NAME [A|AAAA] [SERVER]');
else {
  try {
    const number = types[type.toUpperCase()];
    if (number === undefined) throw new Error(`the type must be one of ${Object.keys(types).join(', ')}`);
    const own = (): string | undefined => /^nameserver\s+(\S+)/m.exec(readFileSync('/etc/resolv.conf', 'utf8'))?.[1];
    ask(server ?? { host: own(), port: 53 }, name, number);
  } catch (error) {
    const { message, hint } = error as SocketError;
    console.error(hint ? `${message}: ${hint}` : message);
    process.exitCode = 1;
  }
}

function ask(at: Target, of: string, number: number): void {
  // Recursion is desired, and there is one question. A name is its labels, each behind its length, and an empty one.
  const head = [randomInt(256), randomInt(256), 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
  const labels = of.split('.').filter(Boolean);
  const bytes = labels.flatMap((label) => [label.length, ...Buffer.from(label)]);
  const query = Buffer.from([...head, ...bytes, 0, 0, number, 0, 1]);
  const short = overUdp(at, query);
  const truncated = (short[2]! & 2) > 0;
  const answer = truncated ? overTcp(at, query) : short;
  if (answer[3]! & 15) throw new Error(`the server says ${answer[3]! & 15}`);
  const found = addresses(answer, number);
  console.log(`${of} ${type}, over ${truncated ? 'TCP' : 'UDP'}: ${found.length} found`);
  for (const text of found) console.log(`  ${text}`);
}

/** A datagram may be lost, so the question is asked three times. The socket is connected: nobody else can answer. */
function overUdp(at: Target, query: Buffer): Buffer {
  using socket = udp(undefined, { connect: at, timeout: '5s' });
  for (let tries = 0; tries < 3; tries++) {
    socket.send(query);
    if (socket.socket.poll({ read: true }, { timeout: '2s' }) === null) continue;
    const { data } = socket.recv({ timeout: '2s' });
    if (data.length >= HEAD && data.readUInt16BE() === query.readUInt16BE()) return data;
  }
  throw new Error('the server does not answer');
}

/** RFC 1035 §4.2.2: a length of two bytes goes before each message. */
function overTcp(at: Target, query: Buffer): Buffer {
  using conn = connect(at, { timeout: '5s' });
  const messages = conn.framed(codecs.lengthPrefixed('u16'));
  messages.write(query);
  return messages.read({ timeout: '5s' })!;
}

function addresses(answer: Buffer, wanted: number): string[] {
  const found: string[] = [];
  const [questions, answers] = [answer.readUInt16BE(4), answer.readUInt16BE(6)];
  for (let i = 0, at = HEAD; i < questions + answers; i++) {
    // A name ends with an empty label, or with a pointer to the rest of it (§4.1.4). A question ends four bytes behind it.
    while (answer[at]! > 0 && answer[at]! < 0xc0) at += 1 + answer[at]!;
    const head = at + (answer[at] === 0 ? 1 : 2);
    at = i < questions ? head + 4 : head + 10 + answer.readUInt16BE(head + 8);
    if (i < questions || answer.readUInt16BE(head) !== wanted) continue;
    const data = answer.subarray(head + 10, at);
    const ip = wanted === 1 ? data.join('.') : address(`[${data.toString('hex').match(/..../g)!.join(':')}]`).address;
    found.push(`${ip} (${answer.readUInt32BE(head + 4)} s)`);
  }
  return found;
}
