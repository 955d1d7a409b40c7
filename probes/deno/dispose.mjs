import { check, openSockets, peer, say, until } from '../kit.mjs';

const before = openSockets();
const conn = await Deno.connect({ hostname: peer.host, port: peer.port });
check(openSockets() > before, 'a socket is open');
// What `using conn = await Deno.connect(…)` calls at the end of the block.
conn[Symbol.dispose]();
await until(() => openSockets() === before);
say('yes', '`using`');
