import { connect } from 'node:net';
import { peer, say } from '../kit.mjs';

const error = await new Promise((go) => connect(peer.path, () => go(null)).on('error', go));
say(error === null ? 'yes' : 'no', error === null ? '`connect(path)`' : `paths are stream sockets: ${error.code}`);
