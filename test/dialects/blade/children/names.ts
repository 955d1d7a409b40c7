// Connects by names, in a network and with an /etc/hosts of its own: `many` has 127.0.0.1, which comes first, .2 and .3, `dead` has
// two more. Prints one object of what it found.

import { AF_INET, get_address_info, IP_ANY, Socket, SOCK_DGRAM } from 'berkeley/dialects/blade';

const found: Record<string, unknown> = {};

const server = Socket();
server.bind(80, '127.0.0.3');
server.listen();
const socket = Socket();
found['the address that answers'] = [socket.connect('many', 80, 4000), socket.host, server.accept().info().address];

const refused = Socket();
try {
  refused.connect('dead', 80, 4000);
} catch (error) {
  found['nobody listens'] = [String(error), refused.is_closed];
}

// One connection more than the backlog waits in the queue.
const full = Socket();
full.bind(81, '127.0.0.1');
full.listen(0);
const first = Socket();
first.connect('127.0.0.1', 81);
const late = Socket();
const begun = performance.now();
try {
  late.connect('many', 81, 150);
} catch (error) {
  const ms = performance.now() - begun;
  found['the limit is for all of it'] = [String(error), ms >= 149 && ms < 4000];
}

const datagrams = Socket(AF_INET, SOCK_DGRAM);
datagrams.bind(0, IP_ANY);
datagrams.send_to('dead', datagrams.port, null, 'to the first');
found['a datagram goes to the first'] = datagrams.receive_from()?.data;
found['the first address'] = get_address_info('many')?.ip;
console.log(JSON.stringify(found));
