import { existsSync } from 'node:fs';
import { check, folder, pause, peer, say, unlessItSurvives, until } from '../kit.mjs';

let greeting = '';
// Neither `error` nor `close` has a handler.
const socket = await Bun.connect({
  hostname: peer.host,
  port: peer.port,
  socket: { data: (_, data) => void (greeting += new TextDecoder().decode(data)) },
});
await until(() => greeting !== '');
check(greeting === 'hi', greeting);
unlessItSurvives('the process ends');
socket.write('x');
await until(() => existsSync(`${folder}/was-reset`));
await pause();
let next;
try {
  next = socket.write('y');
} catch (error) {
  next = error.code ?? error.message;
}
if (next === 'ECONNRESET') say('yes', 'the next `write` fails with ECONNRESET');
say('partly', `the process lives on, and the next \`write\` answers ${next}, without a reason`);
