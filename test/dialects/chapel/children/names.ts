// Connects by names, in a network and with an /etc/hosts of its own: `many` has 127.0.0.2, .3 and .1, `dead` the first two of them, `both`
// one of each family. Then a name server that never answers is there. Prints one object of what it found.

import type { SocketError } from 'berkeley/sync';
import {
  bind,
  connect,
  IPFamily,
  ipAddr,
  listen,
  type SystemError,
  type tcpListener,
  udpSocket,
} from 'berkeley/dialects/chapel';

const found: Record<string, unknown> = {};

function leadsTo(what: string, ...args: [string, string | number, IPFamily?, number?]): void {
  try {
    const conn = connect(...args);
    found[what] = conn.addr.toString();
    conn.close();
  } catch (error) {
    found[what] = (error as Error).message;
  }
}

function fails(what: string, ...args: [string, string | number, IPFamily?, number?]): SocketError {
  try {
    connect(...args).close();
  } catch (error) {
    const { name, message, cause } = error as SystemError;
    found[what] = [name, message];
    return cause as SocketError;
  }
  throw new Error(`${what}: connected`);
}

const web = listen(ipAddr.create('127.0.0.1', 80));
const six = listen(ipAddr.create('::1', 8000, IPFamily.IPv6));
leadsTo('the address that answers', 'many', 80, IPFamily.IPv4, 4);
leadsTo('the service by its name', 'one', 'http', IPFamily.IPv4, 4);
leadsTo('the service at a numeric host', '127.0.0.1', 'http');
leadsTo('either family', 'both', 80);
leadsTo('the family that was asked for', 'both', 8000, IPFamily.IPv6);
leadsTo('IPv6 of a name that has none', 'dead', 80, IPFamily.IPv6);
leadsTo('a name that is not there', 'none.invalid', 'http');

const refused = fails('nobody listens', 'dead', 80, IPFamily.IPUnspec, 4);
(found['nobody listens'] as unknown[]).push(refused.attempts.length);
fails('no way there', '198.51.100.7', 80);

// Two listeners whose queues are full: one connection more than the backlog waits in each.
const full: tcpListener[] = ['127.0.0.2', '127.0.0.3'].map((host) => listen(ipAddr.create(host, 81), true, 0));
const waiting = full.map((server) => connect(server.addr));
const begun = performance.now();
const late = fails('each address has the whole limit', 'dead', 81, IPFamily.IPv4, 0.3);
const ms = performance.now() - begun;
(found['each address has the whole limit'] as unknown[]).push(late.attempts.length, ms >= 599 && ms < 4000);

// It is this process, which does not read what it is asked.
const nameServer = new udpSocket();
bind(nameServer, ipAddr.create('127.0.0.1', 53));
const asked = performance.now();
fails('a name server that does not answer', 'hung.invalid', 80, IPFamily.IPv4, 0.3);
const lookup = performance.now() - asked;
(found['a name server that does not answer'] as unknown[]).push(lookup >= 299 && lookup < 3000);

for (const one of [nameServer, web, six, ...full, ...waiting]) one.close();
console.log(JSON.stringify(found));
