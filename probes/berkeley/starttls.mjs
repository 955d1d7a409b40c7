import { connect } from 'berkeley';
import { check, folder, peer, say } from '../kit.mjs';

const conn = await connect(`${peer.host}:${peer.port}`);
await conn.writeLine('STARTTLS');
check((await conn.readLine()) === 'go', 'go');
const tls = await conn.startTls({ ca: { file: `${folder}/ca.pem` }, serverName: 'localhost' });
check(tls.authorized, tls.verifyCode);
await conn.writeLine('under TLS');
check((await conn.readLine()) === 'secret', 'secret');
await conn.close();
say('yes', '`conn.startTls()`');
