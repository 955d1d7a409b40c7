import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { check, peer, say } from '../kit.mjs';

const socket = connect(peer.port, peer.host);
await once(socket, 'connect');
const setters = Object.getOwnPropertyNames(Socket.prototype).filter((name) => /^set/i.test(name));
check(!setters.some((name) => /option|congestion|user/i.test(name)), setters.join());
const mine = setters.filter((name) => ['setNoDelay', 'setKeepAlive', 'setTypeOfService', 'setTOS'].includes(name));
socket.setNoDelay(true);
socket.setKeepAlive(true, 60_000);
say('no', `only ${mine.map((name) => `\`${name}\``).join(', ')}, none to read`);
