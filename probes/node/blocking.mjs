// node:net has no call that blocks. A worker can do the work while this thread waits for it: with a second thread, a second event
// loop, and memory that both share.
import { Worker } from 'node:worker_threads';
import { check, peer, say } from '../kit.mjs';

const work = `
import { connect } from 'node:net';
import { workerData } from 'node:worker_threads';
const { peer, shared } = workerData;
const socket = connect(peer.port, peer.host, () => socket.write('question\\n'));
socket.once('data', (data) => {
  new Uint8Array(shared, 4).set(data);
  Atomics.store(new Int32Array(shared), 0, data.length);
  Atomics.notify(new Int32Array(shared), 0);
  socket.destroy();
});`;

let others = 0;
queueMicrotask(() => others++);
const shared = new SharedArrayBuffer(4 + 100);
const module = new URL(`data:text/javascript,${encodeURIComponent(work)}`);
new Worker(module, { workerData: { peer, shared } });
Atomics.wait(new Int32Array(shared), 0, 0, 5000);
const length = new Int32Array(shared)[0];
const answer = Buffer.from(shared, 4, length).toString();
check(answer === 'answer\n' && others === 0, `${answer}, ${others} others`);
say('partly', 'with a worker, shared memory and `Atomics.wait`');
