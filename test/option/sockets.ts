// Owns the sockets that options are tried on, and the Python child that inherits all of them. It must not know options.

import { networkInterfaces } from 'node:os';
import type { TestContext } from 'node:test';
import { listen, socket, socketPair, type Socket } from 'berkeley/sync';
import { startPuppet, type Puppet } from '../support/python.js';
import type { Kind } from './case.js';

type Plain = Socket<'sync'>;

export const isRoot = process.getuid?.() === 0;
export const hasIpv6 = Object.values(networkInterfaces()).some((list) =>
  list?.some(({ address }) => address === '::1'),
);

/** Why a socket of this kind cannot be had here, or null. */
export function missing(kind: Kind): string | null {
  if (kind.startsWith('raw') && !isRoot) return 'raw sockets need CAP_NET_RAW';
  return kind.includes('6') && !hasIpv6 ? 'there is no IPv6 here' : null;
}

/** Makes sockets, and closes them after the test. */
export class Hall {
  readonly #all: Disposable[] = [];
  readonly #listener = listen('127.0.0.1:0');

  constructor(t: TestContext) {
    this.#all.push(this.#listener);
    t.after(() => this.#all.forEach((one) => one[Symbol.dispose]()));
  }

  make(kind: Kind): Plain {
    const one = this.#keep(this.#open(kind));
    // O_NONBLOCK belongs to the open file, which Python shares; it does not wait on it.
    return one.setInheritable(true);
  }

  #keep<T extends Disposable>(one: T): T {
    this.#all.push(one);
    return one;
  }

  #open(kind: Kind): Plain {
    const { port } = this.#listener.address;
    switch (kind) {
      case 'tcp': {
        const one = this.#keep(socket('ipv4', 'stream'));
        one.connect(`127.0.0.1:${port}`);
        this.#keep(this.#listener.accept());
        return one;
      }
      case 'tcp new':
        return socket('ipv4', 'stream');
      case 'listener':
        return socket('ipv4', 'stream').bind('127.0.0.1:0').listen();
      case 'tcp6 mapped': {
        const one = this.#keep(socket('ipv6', 'stream'));
        one.connect(`[::ffff:127.0.0.1]:${port}`);
        return one;
      }
      case 'udp':
        return socket('ipv4', 'dgram');
      case 'udp6':
        return socket('ipv6', 'dgram');
      case 'udp6 connected': {
        const one = this.#keep(socket('ipv6', 'dgram'));
        one.connect('[::1]:9');
        return one;
      }
      case 'unix': {
        const [one, other] = socketPair('stream');
        this.#keep(other);
        return one;
      }
      case 'raw':
        return socket('ipv4', 'raw', 253);
      case 'raw6':
        return socket('ipv6', 'raw', 253);
      case 'raw6 own header':
        return socket('ipv6', 'raw', 255);
    }
  }
}

/** A Python that has inherited the sockets: `seen(i, look)` is what it sees of the i-th, or the code of the error. */
export function heir(t: TestContext, sockets: readonly Plain[]): Puppet {
  const setting = `
socks = [socket.socket(fileno=int(n)) for n in sys.argv[1:]]
def seen(i, look):
    try: return look(socks[i])
    except OSError as e:
        code = errno.errorcode[e.errno]
        return dict(error='EOPNOTSUPP' if code == 'ENOTSUP' else code)`;
  return startPuppet(t, setting, { args: sockets.map(({ fd }) => String(fd)) });
}
