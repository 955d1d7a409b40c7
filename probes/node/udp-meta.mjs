import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { peer, say } from '../kit.mjs';

const socket = createSocket('udp4');
socket.bind(0, '0.0.0.0');
await once(socket, 'listening');
const arrived = once(socket, 'message');
socket.send('x', peer.port, peer.host);
const [, info] = await arrived;
const told = Object.keys(info).join(', ');
say(info.ttl === 42 ? 'yes' : 'no', `told is: ${told}`);
