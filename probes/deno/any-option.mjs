import { check, peer, say } from '../kit.mjs';

const conn = await Deno.connect({ hostname: peer.host, port: peer.port });
const names = [];
for (let at = conn; at !== null; at = Object.getPrototypeOf(at)) names.push(...Object.getOwnPropertyNames(at));
check(!names.some((name) => /option|congestion|user/i.test(name)), names.join());
conn.setNoDelay(true);
conn.setKeepAlive(true);
say('no', 'only `setNoDelay`, `setKeepAlive`, none to read');
