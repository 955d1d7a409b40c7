// Blade sends a file as it sends a string: every byte of it, and of bytes that are no text, too. A datagram carries one as well.
//
//   node build/examples/dialects/blade-file.js [file]

import { AF_INET, Socket, SOCK_DGRAM } from 'berkeley/dialects/blade';
import { fileURLToPath } from 'node:url';

const path = process.argv[2] ?? fileURLToPath(import.meta.url);

const server = Socket();
server.bind(0);
server.listen();
const sender = Socket();
sender.connect('localhost', server.port);
const receiver = server.accept();

// What both kernels hold waits for nobody; a longer file would need its receiver in another process.
sender.set_blocking(false);
const sent = sender.send({ path });
sender.close();
const text = receiver.read(-1);
console.log(`${sent} bytes went out, ${text.length} arrived; the first line: ${text.split('\n', 1)[0]}`);

const here = Socket(AF_INET, SOCK_DGRAM);
here.bind(0);
const there = Socket(AF_INET, SOCK_DGRAM);
there.send_to(here.host, here.port, null, 'a datagram\0with a NUL in it');
console.log(here.receive_from()?.data.split('\0'));

for (const one of [receiver, server, here, there]) one.close();
