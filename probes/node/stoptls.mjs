// The end of a TLSSocket ends its socket. So TLS gets a stream of our own, whose end does not reach the real one.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { check, folder, peer, say } from '../kit.mjs';

const PATIENCE = 2000;
const plain = connect(peer.port, peer.host);
await once(plain, 'connect');
const between = new Duplex({
  read() {},
  write: (data, encoding, done) => plain.write(data, encoding, done),
  final: (done) => done(), // not passed on
});
let inside = true;
let behind = '';
plain.on('data', (data) => (inside ? between.push(data) : (behind += data)));
const ca = readFileSync(`${folder}/ca.pem`);
const socket = connectTls({ socket: between, ca, servername: 'localhost', allowHalfOpen: true });
await once(socket, 'secureConnect');
const ended = once(socket, 'end');
socket.write('under TLS\n');
const [secret] = await once(socket, 'data');
check(secret.toString() === 'secret\n', 'secret');

// The peer's close_notify is the end of the stream; ours is the answer.
socket.resume();
if (!(await happens(ended))) say('no', "the peer's close_notify is not told");
inside = false;
socket.end();
if (!(await happens(once(socket, 'finish')))) say('no', 'there is no end without the end of the connection');
if (!(await happens(arrived()))) say('no', 'close_notify is not answered, or what follows it is lost');
check(behind === 'plain\n', behind);
await new Promise((go) => plain.end('plain, too\n', go));
say('partly', 'with a Duplex of your own between TLS and the socket');

async function arrived() {
  while (behind === '') await once(plain, 'data');
}

async function happens(event) {
  const late = new Promise((go) => setTimeout(go, PATIENCE, false));
  return Promise.race([event.then(() => true), late]);
}
