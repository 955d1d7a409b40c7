import { check, peer, say } from '../kit.mjs';

const sock = Deno.listenDatagram({ transport: 'udp', hostname: '0.0.0.0', port: 0 });
await sock.send(new TextEncoder().encode('x'), { transport: 'udp', hostname: peer.host, port: peer.port });
const received = await sock.receive();
check(received.length === 2, 'data and sender');
say(received[1].ttl === 42 ? 'yes' : 'no', `told is: ${Object.keys(received[1]).join(', ')}`);
