import { connect, TimeoutError } from 'berkeley';
import { check, peer, say } from '../kit.mjs';

const conn = await connect(`${peer.host}:${peer.port}`);
const early = await conn.readExact(10, { timeout: 100 }).catch((error) => error);
check(early instanceof TimeoutError, String(early));
await conn.write('g');
const all = await conn.readExact(10);
check(all.toString() === '1234567890', all.toString());
await conn.close();
say('yes', '`readExact(10, { timeout })`');
