import { constants, socket } from 'berkeley';
import { say } from '../kit.mjs';

const sock = socket('ipv4', 'raw', constants.IPPROTO_ICMP);
await sock.connect({ host: '127.0.0.1', port: 0 });
// An echo request, its checksum, identifier 0x7072 and sequence 9 (RFC 792).
await sock.send(Buffer.from('0800878470720009', 'hex'));
for (;;) {
  const packet = await sock.recv(2048, { timeout: '5s' });
  const icmp = packet.subarray((packet[0] & 15) * 4);
  if (icmp[0] === 0 && icmp.readUInt16BE(4) === 0x7072) break;
}
say('yes', "`socket('ipv4', 'raw', constants.IPPROTO_ICMP)`");
