import { connect } from 'berkeley';
import { check, folder, peer, say } from '../kit.mjs';

const tls = { ca: { file: `${folder}/ca.pem` }, serverName: 'localhost' };
const cut = await connect(`${peer.host}:${peer.port}`, { tls });
const error = await cut.readAll().catch((reason) => reason);
check(error.code === 'ERR_TLS_TRUNCATED', String(error));
const ended = await connect(`${peer.host}:${peer.port}`, { tls });
check((await ended.readAll()).toString() === 'all of it', 'the end');
say('yes', 'ERR_TLS_TRUNCATED');
