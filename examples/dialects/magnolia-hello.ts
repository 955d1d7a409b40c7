// Magnolia's example: a listener says hello, a client in the same program hears it. The listener calls back on the event loop, so the
// client's calls have callbacks: a blocking recvLine would wait for itself.
//
//   node build/examples/dialects/magnolia-hello.js

import * as socket from 'berkeley/dialects/magnolia';
import { listen } from 'berkeley/sync';

// Any free port: an example must not care who has 9099.
const free = listen('127.0.0.1:0');
const address = String(free.address);
free.close();

const closeServer = socket.listen(address, (evt) => {
  if (evt.type === 'error') throw new Error(evt.error);
  console.log(`${evt.remote} came, as socket ${evt.socket.id}`);
  socket.sendLine(evt.socket, 'hello');
  socket.close(evt.socket);
});
if (typeof closeServer !== 'function') throw new Error(closeServer.error);

socket.connect(address, (client) => {
  if (client.type === 'error') throw new Error(client.error);
  socket.recvLine(client.socket, (line) => {
    console.log(line.type === 'data' ? `the server says ${line.data}` : line);
    socket.close(client.socket);
    closeServer();
  });
});
