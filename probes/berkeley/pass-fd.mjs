import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'berkeley';
import { check, folder, peer, say } from '../kit.mjs';

const { socket } = await connect(`unix:${peer.path}`);
const message = await socket.recvMsg();
const [theirs] = message.meta.fds;
check(readFileSync(theirs, 'utf8') === 'from the peer', 'the file that came');
writeFileSync(`${folder}/ours`, 'from the probe');
await socket.sendMsg({ data: 'f', meta: { fds: [openSync(`${folder}/ours`)] } });
say('yes', '`meta.fds` of `sendMsg` and `recvMsg`');
