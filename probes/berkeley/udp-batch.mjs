import { udp } from 'berkeley';
import { check, peer, say } from '../kit.mjs';

const sock = await udp(undefined, { connect: `${peer.host}:${peer.port}` });
await sock.sendMany(Array.from({ length: 64 }, (_, i) => ({ data: Buffer.alloc(100, i) })));
check((await sock.recv()).data.toString() === 'all 64', 'the answer');
say('yes', '`sendMany`, `recvMany`, and segmentation offload');
