import { connect } from 'berkeley';
import { check, peer, say } from '../kit.mjs';

const conn = await connect(`${peer.host}:${peer.port}`);
check((await conn.readLine()) === 'a line', 'the line');
check((await conn.readExact(5)).toString() === '12345', 'the bytes');
conn.abort();
say('yes', '`readLine()`, `readExact(5)`');
