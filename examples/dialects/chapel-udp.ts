// The UDP examples of Chapel's page: a receiver that is bound, a sender that gets its port when it sends, and a limit.
//
//   node build/examples/dialects/chapel-udp.js

import { bind, ipAddr, struct_timeval, TimeoutError, udpSocket } from 'berkeley/dialects/chapel';

const receiver = new udpSocket();
bind(receiver, ipAddr.create('127.0.0.1', 0));
const sender = new udpSocket();
console.log(`receiver ${receiver.toString()}, sender ${sender.toString()}`);

const timeout = new struct_timeval(4, 0);
const sentBytes = sender.send(Buffer.from('hello world!'), receiver.addr, timeout);
const [data, from] = receiver.recvFrom(40, timeout);
console.log(`${sentBytes} bytes: ${data.toString()} from ${from.toString()}`);
console.log('the sender has that port:', from.port === sender.addr.port);

try {
  receiver.recv(40, new struct_timeval(0, 50_000));
} catch (error) {
  if (!(error instanceof TimeoutError)) throw error;
  console.log(error.message);
}
for (const socket of [receiver, sender]) socket.close();
