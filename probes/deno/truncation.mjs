import { check, folder, peer, say } from '../kit.mjs';

const caCerts = [await Deno.readTextFile(`${folder}/ca.pem`)];
const cut = await outcome();
const ended = await outcome();
check(ended === 'end', ended);
if (cut !== 'end') say('yes', `\`read\` rejects with ${cut}`);
say('no', 'both are the end');

async function outcome() {
  const conn = await Deno.connectTls({ hostname: 'localhost', port: peer.port, caCerts });
  try {
    while ((await conn.read(new Uint8Array(100))) !== null);
    return 'end';
  } catch (error) {
    return error.name;
  }
}
