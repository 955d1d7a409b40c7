import { check, folder, peer, say } from '../kit.mjs';

const sock = Deno.listenDatagram({ transport: 'unixpacket', path: `${folder}/answer` });
const to = { transport: 'unixpacket', path: peer.path };
await sock.send(new TextEncoder().encode('one'), to);
await sock.send(new TextEncoder().encode('two'), to);
const [data] = await sock.receive();
check(new TextDecoder().decode(data) === 'both', 'the answer');
say('yes', "`Deno.listenDatagram({ transport: 'unixpacket' })`, unstable");
