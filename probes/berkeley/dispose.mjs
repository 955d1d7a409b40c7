import { connect } from 'berkeley/sync';
import { check, openSockets, peer, say } from '../kit.mjs';

const before = openSockets();
const conn = connect(`${peer.host}:${peer.port}`);
check(openSockets() > before, 'a socket is open');
// What `using conn = connect(…)` calls at the end of the block.
conn[Symbol.dispose]();
check(openSockets() === before, 'the socket is closed');
check(typeof conn[Symbol.asyncDispose] === 'function', 'await using');
say('yes', '`using` and `await using`');
