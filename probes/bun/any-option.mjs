import { check, peer, say } from '../kit.mjs';

const socket = await Bun.connect({ hostname: peer.host, port: peer.port, socket: { data() {} } });
const names = [];
for (let at = socket; at !== null; at = Object.getPrototypeOf(at)) names.push(...Object.getOwnPropertyNames(at));
check(!names.some((name) => /option|congestion|user/i.test(name)), names.join());
socket.setNoDelay(true);
socket.setKeepAlive(true, 60_000);
say('no', 'only `setNoDelay`, `setKeepAlive`, none to read');
