// Gives a file with node:net: each byte that comes is answered by all of it, read with createReadStream and piped.

import { createReadStream } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { openFile } from './file-support.js';
import { serve } from './support.js';

const fd = openFile();
let connections = 0;

const server = createServer({ noDelay: true }, (socket) => {
  connections++;
  socket
    .on('data', () => createReadStream('', { fd, start: 0, autoClose: false }).pipe(socket, { end: false }))
    .on('error', () => undefined)
    .on('close', () => connections--);
});
server.listen(0, '127.0.0.1', () => serve((server.address() as AddressInfo).port, () => connections));
