// Sends ICMP echoes to a host, a tenth of a second apart, and says how long each took. By a datagram socket where the system
// allows it to us (net.ipv4.ping_group_range), else by a raw one (CAP_NET_RAW).
//
//   node build/examples/toolbox/ping.js [HOST [COUNT]]
//   node build/examples/toolbox/ping.js ::1

import { constants, lookup, socket, SocketError, TimeoutError, type Address, type Socket } from 'berkeley/sync';

const [host = 'localhost', count = '3'] = process.argv.slice(2);
try {
  const [address] = lookup(host, 0, { timeout: '5s' });
  using echo = open(address!);
  console.log(`pinging ${address!.address} by a ${echo.kind} socket`);
  echo.connect(address!, { timeout: '5s' });
  for (let sequence = 1; sequence <= Number(count); sequence++) {
    const begun = performance.now();
    echo.send(message(echo, sequence));
    if (answered(echo, sequence))
      console.log(`reply ${sequence} from ${address!.address} after ${(performance.now() - begun).toFixed(3)} ms`);
    else {
      console.log(`no reply ${sequence} within a second`);
      process.exitCode = 1;
    }
    // A pause: nobody wakes this.
    if (sequence < Number(count)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  }
} catch (error) {
  const { message, hint } = error as SocketError;
  console.error(hint ? `${message}: ${hint}` : message);
  process.exitCode = 2;
}

function open({ family }: Address): Socket<'sync'> {
  const protocol = family === 'ipv6' ? constants.IPPROTO_ICMPV6! : constants.IPPROTO_ICMP!;
  try {
    return socket(family, 'dgram', protocol);
  } catch (error) {
    if (!(error instanceof SocketError)) throw error;
    console.log(`${error.code}: ${error.hint ?? ''}`);
    return socket(family, 'raw', protocol);
  }
}

/** Waits for the reply; a raw socket sees everybody's messages, our own requests among them. */
function answered(echo: Socket<'sync'>, sequence: number): boolean {
  const reply = echo.family === 'ipv6' ? 129 : 0;
  try {
    for (const deadline = Date.now() + 1000; ;) {
      const packet = echo.recv(2048, { deadline }) ?? Buffer.alloc(0);
      // raw(7): an IPv4 packet comes with its header, whose length is the low half of its first byte.
      const icmp = echo.kind === 'raw' && echo.family === 'ipv4' ? packet.subarray((packet[0]! & 15) * 4) : packet;
      if (icmp[0] === reply && icmp.subarray(8).equals(payload(sequence))) return true;
    }
  } catch (error) {
    if (error instanceof TimeoutError) return false;
    throw error;
  }
}

function message(echo: Socket<'sync'>, sequence: number): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(8), payload(sequence)]);
  bytes[0] = echo.family === 'ipv6' ? 128 : 8;
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
