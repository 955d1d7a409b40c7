import { check, peer, say } from '../kit.mjs';

const conn = await Deno.connect({ transport: 'unix', path: peer.path });
const names = [];
for (let at = conn; at !== null; at = Object.getPrototypeOf(at)) names.push(...Object.getOwnPropertyNames(at));
check(!names.some((name) => /cred|pid/i.test(name)), names.join());
say('no', 'a Unix socket has no method for it');
