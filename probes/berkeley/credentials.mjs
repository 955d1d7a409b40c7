import { connect } from 'berkeley';
import { check, peer, say } from '../kit.mjs';

const conn = await connect(`unix:${peer.path}`);
check(conn.socket.getpeercred().pid === peer.pid, 'the process id');
await conn.close();
say('yes', '`getpeercred()`');
