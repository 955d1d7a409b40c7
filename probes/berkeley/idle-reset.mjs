import { connect } from 'berkeley';
import { check, connectionsOf, pause, peer, say, until } from '../kit.mjs';

const conn = await connect(`${peer.host}:${peer.port}`);
check((await conn.readExact(2)).toString() === 'hi', 'the greeting');
await conn.write('x');
await until(() => connectionsOf(peer.port) === 0);
await pause();
const error = await conn.read().catch((reason) => reason);
check(error.code === 'ECONNRESET', String(error));
say('yes', 'the next `read` rejects with ECONNRESET');
