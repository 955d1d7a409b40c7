import { udp } from 'berkeley';
import { check, peer, say } from '../kit.mjs';

const sock = await udp('0.0.0.0:0', { meta: ['ttl', 'local'] });
await sock.send('x', `${peer.host}:${peer.port}`);
const { meta } = await sock.recv();
check(meta.ttl === 42 && meta.local.address === '127.0.0.1', JSON.stringify(meta));
say('yes', '`meta`: TTL, local address, interface, time stamp, ECN');
