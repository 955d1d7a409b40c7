// Sends ICMP echoes to a host, a tenth of a second apart, and says how long each took. By a datagram socket where the system
// allows it to us (net.ipv4.ping_group_range), else by a raw one (CAP_NET_RAW).
//
//   node build/examples/ping.js [HOST [COUNT]]
//   node build/examples/ping.js ::1

import { constants, lookup, socket, SocketError, TimeoutError, type Socket } from 'berkeley';

const [host = 'localhost', count = '3'] = process.argv.slice(2);
const [address] = await lookup(host, 0, { timeout: '5s' });
if (address === undefined) throw new Error(`${host} has no address`);
const v6 = address.family === 'ipv6';
const family = v6 ? 'ipv6' : 'ipv4';
const protocol = v6 ? constants.IPPROTO_ICMPV6! : constants.IPPROTO_ICMP!;
const [request, reply] = v6 ? [128, 129] : [8, 0];

const echo = open();
console.log(`pinging ${address.address} by a ${echo.kind} socket`);
await echo.connect(address);
for (let sequence = 1; sequence <= Number(count); sequence++) {
  const begun = performance.now();
  await echo.send(message(sequence));
  try {
    await answer(sequence);
    console.log(`reply ${sequence} from ${address.address} after ${(performance.now() - begun).toFixed(3)} ms`);
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    console.log(`no reply ${sequence} within a second`);
    process.exitCode = 1;
  }
  await new Promise((go) => setTimeout(go, 100));
}
echo.close();

function open(): Socket<'async'> {
  try {
    return socket(family, 'dgram', protocol);
  } catch (error) {
    if (!(error instanceof SocketError)) throw error;
    console.log(`${error.code}: ${error.hint ?? ''}`);
    return socket(family, 'raw', protocol);
  }
}

/** Waits for the reply; a raw socket sees everybody's messages, our own requests among them. */
async function answer(sequence: number): Promise<void> {
  for (const until = Date.now() + 1000; ;) {
    const packet = (await echo.recv(2048, { deadline: until })) ?? Buffer.alloc(0);
    // raw(7): an IPv4 packet comes with its header, whose length is the low half of its first byte.
    const icmp = echo.kind === 'raw' && !v6 ? packet.subarray((packet[0]! & 15) * 4) : packet;
    if (icmp[0] === reply && icmp.subarray(8).equals(payload(sequence))) return;
  }
}

function message(sequence: number): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(8), payload(sequence)]);
  bytes[0] = request!;
  bytes.writeUInt16BE(process.pid & 0xffff, 4);
  bytes.writeUInt16BE(sequence, 6);
  // RFC 1071. The kernel writes over it in ICMPv6, and for datagram sockets.
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += bytes.readUInt16BE(i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  bytes.writeUInt16BE(~sum & 0xffff, 2);
  return bytes;
}

/** Tells our requests from those of another process. */
function payload(sequence: number): Buffer {
  return Buffer.from(`berkeley ${process.pid} ${sequence}`.padEnd(56));
}
