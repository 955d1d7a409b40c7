import { udp } from 'berkeley';
import { check, peer, say } from '../kit.mjs';

const sock = await udp('0.0.0.0:0');
sock.join(peer.group, { interface: 'lo' });
await sock.send('where I am', `${peer.host}:${peer.port}`);
const { data } = await sock.recv({ timeout: '5s' });
check(data.toString() === 'to the group', data.toString());
say('yes', '`join(group)`');
