import { check, peer, say } from '../kit.mjs';

const socket = await Bun.connect({ unix: peer.path, socket: { data() {} } });
const names = [];
for (let at = socket; at !== null; at = Object.getPrototypeOf(at)) names.push(...Object.getOwnPropertyNames(at));
check(!names.some((name) => /cred|pid/i.test(name)), names.join());
say('no', 'a Unix socket has no method for it');
