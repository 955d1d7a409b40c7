import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { check, folder, pause, peer, say, unlessItSurvives, until } from '../kit.mjs';

const socket = connect(peer.port, peer.host);
const greeting = await new Promise((go) => socket.once('data', go));
check(greeting.toString() === 'hi', 'the greeting');
unlessItSurvives('an `error` event, which ends the process when nobody listens');
socket.write('x');
await until(() => existsSync(`${folder}/was-reset`));
await pause();
const error = await new Promise((go) => socket.write('y', go));
if (error?.code === 'ECONNRESET') say('yes', 'the next `write` fails');
say('partly', `the process lives on, and the next \`write\` says ${error?.code ?? 'nothing'}`);
