import { peer, say } from '../kit.mjs';

const connecting = Bun.connect({ unix: peer.path, socket: { data() {}, connectError() {} } });
const reason = await connecting.then(
  () => null,
  (error) => error.code ?? error.message,
);
say(reason === null ? 'yes' : 'no', reason === null ? '`Bun.connect`' : `paths are stream sockets: ${reason}`);
