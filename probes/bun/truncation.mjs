import { readFileSync } from 'node:fs';
import { check, folder, peer, say } from '../kit.mjs';

const ca = readFileSync(`${folder}/ca.pem`, 'utf8');
const cut = await outcome();
const ended = await outcome();
if (cut !== ended) {
  check(/error/i.test(cut), `${cut}, ${ended}`);
  say('yes', `${cut} where it was cut`);
}
say('no', `both are ${cut}`);

function outcome() {
  return new Promise((done) => {
    const seen = [];
    const socket = {
      data() {},
      end: () => void seen.push('`end`'),
      error: (_, error) => void seen.push(`error ${error.code}`),
      close: (_, error) => done([...seen, `\`close\`${error ? ` with error ${error.code}` : ''}`].join(' and ')),
    };
    void Bun.connect({ hostname: 'localhost', port: peer.port, tls: { ca, serverName: 'localhost' }, socket });
  });
}
