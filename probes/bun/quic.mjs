import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect, listen } from 'node:quic';
import { check, folder, say } from '../kit.mjs';

const [ca, cert, key] = ['ca', 'cert', 'key'].map((name) => readFileSync(`${folder}/${name}.pem`));
let arrived;
const text = new Promise((go) => (arrived = go));
const server = await listen(
  (session) => {
    session.onstream = async (stream) => {
      let all = '';
      for await (const piece of stream) for (const one of [piece].flat()) all += new TextDecoder().decode(one);
      arrived(all);
    };
  },
  { sni: { '*': { keys: [createPrivateKey(key)], certs: [cert] } }, alpn: ['probe'] },
);
const client = await connect(server.address, { alpn: 'probe', ca: [ca], servername: 'localhost' });
await client.opened;
await client.createUnidirectionalStream({ body: new TextEncoder().encode('over QUIC') });
check((await text) === 'over QUIC', await text);
say('yes', '`node:quic`, experimental');
