import { once } from 'node:events';
import { connect } from 'node:net';
import { check, peer, say } from '../kit.mjs';

const socket = connect(peer.path);
await once(socket, 'connect');
const names = [];
for (let at = socket; at !== null; at = Object.getPrototypeOf(at)) names.push(...Object.getOwnPropertyNames(at));
check(!names.some((name) => /cred|peerpid|remotepid/i.test(name)), 'a member for it');
say('no', 'a Unix socket has no method for it');
