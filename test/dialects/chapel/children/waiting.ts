// Waits with the indefinite limit, or with one of seconds, for what says 'last', on a socket that the Python behind a door has, too:
//
//   node waiting.js accept|recvfrom DOOR [SECONDS]
//
// Prints the port and its process id, and then what it got or failed with, and after how many milliseconds.

import { bind, indefiniteTimeout, ipAddr, listen, type SystemError, udpSocket } from 'berkeley/dialects/chapel';
import { give } from './give.js';

const [how, door = '', seconds] = process.argv.slice(2);
const limit = seconds === undefined ? indefiniteTimeout : Number(seconds);
const address = ipAddr.create('127.0.0.1', 0);
const socket = how === 'accept' ? listen(address) : new udpSocket();
if (socket instanceof udpSocket) bind(socket, address);
give(door, socket.socketFd);
console.log(JSON.stringify([socket.addr.port, process.pid]));

function wait(): string {
  try {
    if (socket instanceof udpSocket) return socket.recvfrom(100, limit)[0].toString();
    using conn = socket.accept(limit);
    return conn.reader().readAll('string');
  } catch (error) {
    return (error as SystemError).message;
  }
}

let got = '';
let begun = 0;
// What the other was too late for says nothing, and is another beginning.
while (got === '') {
  begun = performance.now();
  got = wait();
}
console.log(JSON.stringify([got, performance.now() - begun]));
