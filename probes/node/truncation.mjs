// Both ends look the same to a TLSSocket. A stream of our own between TLS and the socket knows more: it does not pass on the end of
// the connection, so an end that TLS tells is the peer's close_notify.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { check, folder, peer, say } from '../kit.mjs';

const ca = readFileSync(`${folder}/ca.pem`);
const bare = [await usual(), await usual()];
check(bare[1] === 'end', bare[1]);
if (bare[0] !== 'end') say('yes', `\`error\` event: ${bare[0]}`);
const own = [await between(), await between()];
check(own[1] === 'end', own[1]);
if (own[0] === 'cut')
  say('partly', 'both are an `end` event; with a Duplex of your own between TLS and the socket they differ');
say('no', 'both are an `end` event');

function usual() {
  return new Promise((done) => {
    const socket = connectTls({ host: peer.host, port: peer.port, ca, servername: 'localhost' });
    socket.resume();
    socket.on('end', () => setImmediate(done, 'end'));
    socket.on('error', (error) => done(error.code ?? error.message));
    socket.on('close', () => done('close without an end'));
  });
}

function between() {
  return new Promise((done) => {
    const plain = connect(peer.port, peer.host);
    const duplex = new Duplex({
      read() {},
      write: (data, encoding, sent) => plain.write(data, encoding, sent),
      final: (sent) => sent(),
    });
    plain.on('data', (data) => duplex.push(data));
    const socket = connectTls({ socket: duplex, ca, servername: 'localhost' });
    socket.resume();
    socket.on('end', () => done('end'));
    socket.on('error', (error) => done(error.code ?? error.message));
    // Everything that came has been pushed; TLS has the time of a turn to tell an end.
    plain.on('end', () => setTimeout(done, 50, 'cut'));
  });
}
