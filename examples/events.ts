// The timeline of a TLS connection: each address that is looked up and tried, the handshake, each receive and send, the end. When
// the connection cannot be made, the timeline shows how far it came.
//
//   node build/examples/events.js HOST:PORT [CA-FILE]
//   node build/examples/events.js example.org:443

import { connect, eventQueue, type SocketEvent } from 'berkeley';

const [target, ca] = process.argv.slice(2);
if (target === undefined) {
  console.log('usage: events HOST:PORT [CA-FILE]');
  process.exit();
}

const queue = eventQueue();
try {
  const conn = await connect(target, { tls: ca === undefined ? true : { ca: { file: ca } }, timeout: '10s', queue });
  const host = target.replace(/:[^:]*$/, '');
  await conn.write(`HEAD / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`, { timeout: '5s' });
  await conn.readUntil('\r\n\r\n', { timeout: '5s' });
  await conn.close();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

const events = queue.drain();
for (const one of events) console.log(`${(one.time - events[0]!.time).toFixed(2).padStart(9)} ms  ${words(one)}`);

function words(one: SocketEvent): string {
  switch (one.event) {
    case 'lookup':
      return `looking up ${one.host}`;
    case 'resolved':
      return one.error === undefined ? `  it has ${one.address!.toString()}` : `  ${one.error.code}`;
    case 'connecting':
      return `attempt ${one.attempt}, at ${one.address.toString()}`;
    case 'attemptFailed':
      return `  ${one.address.toString()}: ${one.error.code}`;
    case 'connected':
      return `connected to ${one.address.toString()}`;
    case 'tlsStart':
      return 'handshake';
    case 'tlsDone':
      return `  ${one.version}, ${one.cipher}${one.resumed ? ', resumed' : ''}, certificate ${one.verifyCode}`;
    case 'read':
    case 'sent':
      return `${one.event} ${one.bytes} bytes`;
    case 'closed':
      return `closed, ${one.by}${one.error === undefined ? '' : `: ${one.error.code}`}`;
    default:
      return one.event;
  }
}
