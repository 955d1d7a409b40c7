import { socket } from 'berkeley';
import { check, peer, say } from '../kit.mjs';

const sock = socket('unix', 'seqpacket');
await sock.connect(`unix:${peer.path}`);
await sock.send('one');
await sock.send('two');
check((await sock.recv()).toString() === 'both', 'the answer');
say('yes', "`socket('unix', 'seqpacket')`");
