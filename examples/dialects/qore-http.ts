// Qore's HTTP methods, as one conversation: a request with a body, the hash that the server gets, and the answer.
//
//   node build/examples/dialects/qore-http.js

import { Socket } from 'berkeley/dialects/qore';

const server = new Socket();
if (server.bind('127.0.0.1:0', true) || server.listen()) throw new Error('there is no port');

// The kernel completes the connection, so one thread can be both ends.
const client = new Socket();
client.connect(`127.0.0.1:${server.getPort()}`, '10s');
client.sendHTTPMessage('POST', '/RPC2', '1.1', { 'Content-Type': 'text/xml', Host: 'localhost' }, '<methodCall/>');

const peer = server.accept('10s');
if (peer === null) throw new Error('nobody came');
console.log(`a connection from ${peer.getPeerInfo().address_desc}`);
const request = peer.readHTTPHeader('10s');
if (typeof request === 'string') throw new Error(`this is no HTTP: ${request}`);
console.log(request);
console.log(peer.recv(String(request['content-length']), '10s'));
peer.sendHTTPResponse(200, 'OK', '1.1', { Connection: 'Keep-Alive' }, 'done\n');

const response = client.readHTTPHeader('10s');
console.log(response);
if (typeof response !== 'string') console.log(client.recv(String(response['content-length']), 10_000).trimEnd());
for (const socket of [client, peer, server]) socket.close();
