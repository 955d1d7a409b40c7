// Magnolia's example with its client in a thread of its own, where blocking calls disturb nobody, and read line by line as they stand in
// the original.
//
//   node build/examples/dialects/magnolia-worker.js

import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import * as socket from 'berkeley/dialects/magnolia';
import { listen } from 'berkeley/sync';

if (isMainThread) serve();
else parentPort!.postMessage(visit(workerData as string));

function serve(): void {
  const free = listen('127.0.0.1:0');
  const address = String(free.address);
  free.close();
  const closeServer = socket.listen(address, (evt) => {
    if (evt.type !== 'connect') return;
    const peer = socket.Socket(evt.socket);
    peer.sendLine('hello', () => {
      peer.recvLine((answer) => {
        console.log('the client says', answer.type === 'data' ? answer.data : answer);
        peer.close();
      });
    });
  });
  if (typeof closeServer !== 'function') throw new Error(closeServer.error);
  new Worker(new URL(import.meta.url), { workerData: address }).once('message', (words: string) => {
    console.log(words);
    closeServer();
  });
}

function visit(address: string): string {
  const client = socket.connect(address);
  if (client.type === 'error') return client.error;
  const line = socket.recvLine(client.socket);
  socket.sendLine(client.socket, 'hello yourself');
  const end = socket.recvLine(client.socket);
  socket.close(client.socket);
  return `the server says ${line.type === 'data' ? line.data : line.type}, and then it is ${end.type}`;
}
