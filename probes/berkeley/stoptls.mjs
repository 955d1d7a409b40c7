import { connect } from 'berkeley';
import { check, folder, peer, say } from '../kit.mjs';

const tls = { ca: { file: `${folder}/ca.pem` }, serverName: 'localhost' };
const conn = await connect(`${peer.host}:${peer.port}`, { tls });
await conn.writeLine('under TLS');
check((await conn.readLine()) === 'secret', 'secret');
await conn.stopTls();
check((await conn.readLine()) === 'plain', 'plain');
await conn.writeLine('plain, too');
await conn.close();
say('yes', '`conn.stopTls()`');
