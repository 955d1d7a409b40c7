import { peer, say } from '../kit.mjs';

const file = await Deno.open(peer.path);
const conn = await Deno.connect({ hostname: peer.host, port: peer.port });
await file.readable.pipeTo(conn.writable);
say('yes', 'a pipe of streams');
