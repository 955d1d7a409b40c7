// Prints what goes over an interface for a moment: who sends what to whom, as tcpdump(8) would. Needs CAP_NET_RAW.
//
//   node build/examples/packets.js [INTERFACE [SECONDS]]
//   node build/examples/packets.js eth0 10

import { constants, socket, SocketError, TimeoutError, type Datagram } from 'berkeley';

const [name = 'lo', seconds = '2'] = process.argv.slice(2);
const { ETH_P_ALL, PACKET_OUTGOING, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP } = constants;
const protocols = new Map([
  [IPPROTO_TCP, 'TCP'],
  [IPPROTO_UDP, 'UDP'],
  [IPPROTO_ICMP, 'ICMP'],
]);

try {
  // 'dgram' leaves the hardware's header out. Protocol 0 hears nothing until bind.
  using capture = socket('packet', 'dgram', 0);
  await capture.bind({ family: 'packet', host: name, port: ETH_P_ALL! });
  console.log(`listening to ${name} for ${seconds} s`);
  const deadline = Date.now() + Number(seconds) * 1000;
  try {
    for (;;) {
      // 128 bytes hold the headers; how long the packet was, IP says itself.
      const packet = await capture.recvFrom(128, { deadline });
      if (packet !== null) console.log(line(packet));
    }
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    console.log('that was it');
  }
} catch (error) {
  if (!(error instanceof SocketError)) throw error;
  console.log(`${error.message}: ${error.hint ?? ''}`);
}

function line({ data, from }: Datagram): string {
  // packet(7): sll_pkttype.
  const way = from.raw?.[10] === PACKET_OUTGOING ? 'out' : 'in ';
  const type = `0x${(from.port ?? 0).toString(16).padStart(4, '0')}`;
  if (from.port !== 0x0800 || data.length < 24) return `${way} ${type} ${from.address} ${data.length} bytes or more`;
  const header = (data[0]! & 15) * 4;
  const protocol = data[9]!;
  const hasPorts = protocol === IPPROTO_TCP || protocol === IPPROTO_UDP;
  const port = (at: number) => (hasPorts ? `:${data.readUInt16BE(header + at)}` : '');
  const source = `${data.subarray(12, 16).join('.')}${port(0)}`;
  const destination = `${data.subarray(16, 20).join('.')}${port(2)}`;
  return `${way} ${protocols.get(protocol) ?? `IP ${protocol}`} ${source} > ${destination} ${data.readUInt16BE(2)} bytes`;
}
