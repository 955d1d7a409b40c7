import { check, peer, say } from '../kit.mjs';

const sock = Deno.listenDatagram({ transport: 'udp', hostname: '127.0.0.1', port: 0 });
const to = { transport: 'udp', hostname: peer.host, port: peer.port };
await Promise.all(Array.from({ length: 64 }, (_, i) => sock.send(new Uint8Array(100).fill(i), to)));
const [data] = await sock.receive();
check(new TextDecoder().decode(data) === 'all 64', 'the answer');
say('yes', '`send` in one turn of the loop');
