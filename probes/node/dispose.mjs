import { once } from 'node:events';
import { connect } from 'node:net';
import { check, openSockets, pause, peer, say, until } from '../kit.mjs';

if (typeof connect(peer.port, peer.host)[Symbol.asyncDispose] !== 'function') say('no', 'there is no such method');
await pause();
const before = openSockets();
const socket = connect(peer.port, peer.host);
await once(socket, 'connect');
check(openSockets() > before, 'a socket is open');
// What `await using socket = connect(…)` calls at the end of the block.
await socket[Symbol.asyncDispose]();
await until(() => openSockets() === before);
say('yes', '`await using`');
