// Owns what the tests of UDP share: the Python at the other end, and what it says of a datagram. It must not know what is tested.

import { networkInterfaces } from 'node:os';
import type { TestContext } from 'node:test';
import { startPuppet, type Puppet } from '../support/python.js';

export { colours, descriptors, failure, inBothColours, until, type Net } from '../net/kit.js';

/** A call of the blocking colour that waits in vain must not hang the suite. */
export const SOON = { timeout: '10s' } as const;

export const hasIpv6 = Object.values(networkInterfaces()).some((list) =>
  list?.some(({ address }) => address === '::1'),
);

const SETTING = `
def udp(host='127.0.0.1', port=0, **options):
    s = socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(10)
    s.bind((host, port))
    return s
def got(s, size=65535):
    data, address = s.recvfrom(size)
    return [data.hex(), address[0], address[1]]
def port(s): return s.getsockname()[1]
`;

/** A Python with a socket \`s\` on loopback. */
export interface Peer extends Puppet {
  readonly port: number;
  /** Its address as a target. */
  readonly at: string;
  /** The next datagram that its socket receives: [data, host, port]. */
  got(): Promise<[data: Buffer, host: string, port: number]>;
  /** Sends from its socket to a port on the same host. */
  send(data: string | Buffer, port: number): Promise<void>;
}

export async function startPeer(t: TestContext, host = '127.0.0.1', setting = ''): Promise<Peer> {
  const puppet = startPuppet(t, `${SETTING}s = udp('${host}')\n${setting}`);
  const port = (await puppet.value('port(s)')) as number;
  return {
    ...puppet,
    port,
    at: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
    async got() {
      const [hex, from, fromPort] = (await puppet.value('got(s)')) as [string, string, number];
      return [Buffer.from(hex, 'hex'), from, fromPort];
    },
    send: (data, to) =>
      puppet.run(`s.sendto(bytes.fromhex('${Buffer.from(data).toString('hex')}'), ('${host}', ${to}))`),
  };
}
