// The examples of Blade's page, as one conversation: a socket, a connection, a message, the answer to it, and the end.
//
//   node build/examples/dialects/blade-conversation.js

import { AF_INET, IPPROTO_TCP, Socket, SHUT_WR, SOCK_STREAM, SocketException } from 'berkeley/dialects/blade';

const server = Socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
server.bind(0);
server.listen();
console.log(String(server));

// The kernel completes the connection, so one thread can be both ends.
const socket = Socket();
socket.connect('127.0.0.1', server.port);
const client = server.accept();
console.log(`${client.host} has connected`);

client.send('hello');
const message_from_client = socket.receive() ?? '';
socket.send('You sent: ' + message_from_client);
socket.shutdown(SHUT_WR);

console.log(client.read());
console.log(`at the end: ${client.receive()}`);

for (const one of [client, socket, server]) one.close();
try {
  socket.send('too late');
} catch (error) {
  if (!(error instanceof SocketException)) throw error;
  console.log(String(error));
}
