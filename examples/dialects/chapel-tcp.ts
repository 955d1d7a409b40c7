// The TCP examples of Chapel's page, as one conversation: a listener, clients by address, by name and service, by name and
// port, text and numbers both ways, options, and what a refused connection says.
//
//   node build/examples/dialects/chapel-tcp.js

import {
  connect,
  ConnectionRefusedError,
  EofError,
  getSockOpt,
  IPFamily,
  ipAddr,
  IPPROTO_TCP,
  listen,
  setSockOpt,
  struct_timeval,
  TCP_NODELAY,
  TCP_QUICKACK,
} from 'berkeley/dialects/chapel';

const timeout = new struct_timeval(4, 0);
const server = listen(ipAddr.create('127.0.0.1', 0, IPFamily.IPv4));
console.log(server.toString());

// The kernel completes the connections, so one thread can be both ends.
const { port } = server.addr;
const clients = [
  connect(server.addr, timeout),
  connect('localhost', String(port), IPFamily.IPv4, timeout),
  connect('localhost', port, IPFamily.IPv4, 4),
];
for (const client of clients) {
  const peer = server.accept(timeout);
  client.setNagle(false);
  setSockOpt(client, IPPROTO_TCP, TCP_QUICKACK, 1);
  console.log(`${client.toString()} no delay: ${getSockOpt(client, IPPROTO_TCP, TCP_NODELAY)}`);

  client.writer().writeLine('hello world');
  const words = peer.reader().readLine();
  peer.writer().write(words.toUpperCase(), 42, ' ');
  peer.close();

  const reader = client.reader();
  console.log(reader.readLine('string', -1, true), reader.read('int'));
  try {
    reader.readLine();
  } catch (error) {
    if (!(error instanceof EofError)) throw error;
    console.log(error.message);
  }
  client.close();
}

const address = server.addr;
server.close();
try {
  connect(address, timeout);
} catch (error) {
  if (!(error instanceof ConnectionRefusedError)) throw error;
  console.log(error.message);
}
