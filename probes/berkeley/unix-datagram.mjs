import { socket } from 'berkeley';
import { check, folder, peer, say } from '../kit.mjs';

const sock = socket('unix', 'dgram');
await sock.bind(`unix:${folder}/answer`);
await sock.sendTo('one', `unix:${peer.path}`);
await sock.sendTo('two', `unix:${peer.path}`);
check((await sock.recv()).toString() === 'both', 'the answer');
say('yes', "`socket('unix', 'dgram')`");
