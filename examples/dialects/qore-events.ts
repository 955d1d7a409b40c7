// Everything that happens to a socket of Qore, on a queue: a connection by name, text in another encoding, numbers, the end.
//
//   node build/examples/dialects/qore-events.js

import { errno, EVENT_MAP, Queue, QoreException, Socket, strerror, type Event } from 'berkeley/dialects/qore';

const server = new Socket();
if (server.bind('localhost:0', true)) throw new Error(strerror(errno()));
if (server.listen()) throw new Error(strerror(errno()));
server.setCharset('ISO-8859-1');

const queue = new Queue<Event>();
const client = new Socket();
client.setEventQueue(queue);
client.setCharset('ISO-8859-1');
client.connectINET('localhost', server.getPort(), '10s');

const peer = server.accept('10s');
if (peer === null) throw new Error('nobody came');
if (client.send('grüezi') === -1) console.log(`error sending data: ${strerror(errno())}`);
client.sendi2(-2);
client.sendi8LSB(2n ** 60n);
console.log(peer.recv(6, '10s'), peer.recvi2('10s'), peer.recvi8LSB('10s'));

peer.send('good');
peer.close();
try {
  client.recv(7, '10s');
} catch (error) {
  if (!(error instanceof QoreException)) throw error;
  console.log(`${error.err}: ${String(error.arg)} is all that came`);
}
client.destructor();
server.destructor();
for (const { event, source, id, ...more } of queue) console.log(`${source}/${id} ${EVENT_MAP[event]}`, more);
