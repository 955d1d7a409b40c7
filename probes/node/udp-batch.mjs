// All in one turn of the loop, so that the runtime could put them together.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { check, peer, say } from '../kit.mjs';

const socket = createSocket('udp4');
socket.connect(peer.port, peer.host);
await once(socket, 'connect');
const arrived = once(socket, 'message');
for (let i = 0; i < 64; i++) socket.send(Buffer.alloc(100, i));
const [data] = await arrived;
check(data.toString() === 'all 64', data.toString());
say('yes', '`send` in one turn of the loop');
