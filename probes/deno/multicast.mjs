import { check, peer, say } from '../kit.mjs';

const sock = Deno.listenDatagram({ transport: 'udp', hostname: '0.0.0.0', port: 0 });
await sock.joinMulticastV4(peer.group, '127.0.0.1');
await sock.send(new TextEncoder().encode('where I am'), { transport: 'udp', hostname: peer.host, port: peer.port });
const [data] = await sock.receive();
check(new TextDecoder().decode(data) === 'to the group', 'what was sent to the group');
say('yes', '`joinMulticastV4(group, interface)`, unstable');
