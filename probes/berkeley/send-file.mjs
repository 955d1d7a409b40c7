import { connect } from 'berkeley';
import { check, peer, say } from '../kit.mjs';

const conn = await connect(`${peer.host}:${peer.port}`);
check((await conn.writeFile(peer.path)) === 1 << 20, 'all of it');
await conn.close();
say('yes', '`writeFile(path)`');
