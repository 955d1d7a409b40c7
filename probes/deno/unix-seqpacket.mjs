import { peer, say } from '../kit.mjs';

const reasons = [];
for (const transport of ['unix', 'unixpacket', 'seqpacket', 'unixseqpacket']) {
  try {
    const conn = await Deno.connect({ transport, path: peer.path });
    if (conn !== undefined) say('yes', `\`Deno.connect({ transport: '${transport}' })\``);
  } catch (error) {
    reasons.push(error.message);
  }
}
say('no', `paths are stream sockets: ${reasons[0]}`);
