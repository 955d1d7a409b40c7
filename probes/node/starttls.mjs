import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { check, folder, peer, say } from '../kit.mjs';

const plain = connect(peer.port, peer.host);
plain.write('STARTTLS\n');
const [go] = await once(plain, 'data');
check(go.toString() === 'go\n', 'go');
const socket = connectTls({ socket: plain, ca: readFileSync(`${folder}/ca.pem`), servername: 'localhost' });
await once(socket, 'secureConnect');
check(socket.authorized, 'authorized');
socket.write('under TLS\n');
const [secret] = await once(socket, 'data');
check(secret.toString() === 'secret\n', 'secret');
say('yes', '`tls.connect({ socket })`');
