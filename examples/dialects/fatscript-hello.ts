// FatScript's example of a server and a client, in one program: the kernel completes a connection that nobody has accepted yet.
//
//   node build/examples/dialects/fatscript-hello.js

import { bind, connect } from 'berkeley/dialects/fatscript';

const server = bind(0);
console.log(`listening on port ${server.port}; nobody came within 10 ms: ${server.accept(10) === null}`);

const client = connect('localhost', server.port);
client.send('Hello, server!');

const con = server.accept(5000);
if (con !== null) {
  console.log(`${con.peer} says: ${con.receive(256).toString()}`);
  con.send(Buffer.from('Hello, client!'));
  con.close();
}

console.log(`the server says: ${client.receive(256).toString()}`);
console.log(`and then the connection is over: ${client.receive(256).length} bytes`);
client.close();
server.close();
