import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { check, peer, say } from '../kit.mjs';

const socket = createSocket('udp4');
socket.bind(0, '0.0.0.0');
await once(socket, 'listening');
socket.addMembership(peer.group, '127.0.0.1');
const arrived = once(socket, 'message');
socket.send('where I am', peer.port, peer.host);
const [data] = await arrived;
check(data.toString() === 'to the group', data.toString());
say('yes', '`addMembership(group, interface)`');
