// Paused mode: read(10) answers null until ten bytes are there. Waiting for more of them, and the limit, is the program's. The
// listener stays: a new one is called at once while something is buffered, and a loop around `once` would never let go.
import { connect } from 'node:net';
import { check, peer, say } from '../kit.mjs';

let wake = () => undefined;
const socket = connect(peer.port, peer.host).on('readable', () => wake());
const early = await readExact(10, AbortSignal.timeout(100)).catch((error) => error);
check(early.name === 'TimeoutError', String(early));
socket.write('g');
const all = await readExact(10);
check(all.toString() === '1234567890', all.toString());
say('partly', 'a loop of your own around `readable.read(10)`, the event `readable` and `AbortSignal.timeout()`');

async function readExact(length, signal) {
  for (;;) {
    const data = socket.read(length);
    if (data !== null) return data;
    await new Promise((go, fail) => {
      wake = go;
      signal?.addEventListener('abort', () => fail(signal.reason));
    });
  }
}
