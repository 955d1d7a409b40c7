import { existsSync } from 'node:fs';
import { connect } from 'berkeley';
import { check, folder, pause, peer, say, until } from '../kit.mjs';

const conn = await connect(`${peer.host}:${peer.port}`);
check((await conn.readExact(2)).toString() === 'hi', 'the greeting');
await conn.write('x');
await until(() => existsSync(`${folder}/was-reset`));
await pause();
const error = await conn.read().catch((reason) => reason);
check(error.code === 'ECONNRESET', String(error));
say('yes', 'the next `read` rejects with ECONNRESET');
