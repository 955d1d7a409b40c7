// Owns a socket that sends echo requests to one address and hears the replies: a datagram socket where the system allows it, else
// a raw one. It must not know how many there are to be, nor what is printed.

import { randomBytes } from 'node:crypto';
import { constants, options, socket, type Address, type Socket } from '../../promises/index.js';
import { SocketError } from '../../error/socket-error.js';
import { echoReply, echoRequest, withoutIpHeader, type Version } from './icmp.js';

export interface Reply {
  readonly sequence: number;
  readonly bytes: number;
  readonly ttl: number | null;
}

/** As many as ping(8) sends. */
export const dataLength = 56;

export class EchoSocket {
  readonly kind: 'dgram' | 'raw';
  readonly #socket: Socket<'async'>;
  readonly #version: Version;
  readonly #id = randomBytes(2).readUInt16BE();
  /** Tells our echoes from everybody else's: raw sockets see them all, and the kernel chooses the id of a datagram socket. */
  readonly #token = randomBytes(8);

  private constructor(from: Socket<'async'>, kind: 'dgram' | 'raw', version: Version) {
    this.#socket = from;
    this.kind = kind;
    this.#version = version;
  }

  static async open(address: Address): Promise<EchoSocket> {
    const version = address.family === 'ipv6' ? 6 : 4;
    const { socket: opened, kind } = openEither(version);
    try {
      if (version === 4) opened.setOption(options.IP_RECVTTL, true);
      else opened.setOption(options.IPV6_RECVHOPLIMIT, true);
      await opened.connect(address);
      return new EchoSocket(opened, kind, version);
    } catch (error) {
      opened.close();
      throw error;
    }
  }

  async send(sequence: number): Promise<void> {
    const data = Buffer.concat([this.#token, Buffer.alloc(dataLength - this.#token.length, 0x42)]);
    await this.#socket.send(echoRequest(this.#version, { id: this.#id, sequence: sequence & 0xffff, data }));
  }

  /** The next reply. @throws TimeoutError; SocketError for what routers say of the way */
  async reply(timeout: number, signal: AbortSignal): Promise<Reply> {
    const until = performance.now() + timeout;
    for (;;) {
      const message = await this.#socket.recvMsg({
        timeout: Math.max(0, until - performance.now()),
        signal,
        size: 2048,
      });
      if (message === null) continue;
      const headed = this.#version === 4 && this.kind === 'raw';
      const packet = headed ? withoutIpHeader(message.data) : message.data;
      const echo = echoReply(this.#version, packet);
      if (echo?.data.subarray(0, this.#token.length).equals(this.#token) === true)
        return { sequence: echo.sequence, bytes: packet.length, ttl: message.meta.ttl ?? null };
    }
  }

  close(): void {
    this.#socket.close();
  }
}

function openEither(version: Version): { socket: Socket<'async'>; kind: 'dgram' | 'raw' } {
  const family = version === 6 ? 'ipv6' : 'ipv4';
  const protocol = constants[version === 6 ? 'IPPROTO_ICMPV6' : 'IPPROTO_ICMP']!;
  try {
    return { socket: socket(family, 'dgram', protocol), kind: 'dgram' };
  } catch (error) {
    if (!(error instanceof SocketError) || error.code.startsWith('ERR_')) throw error;
    try {
      return { socket: socket(family, 'raw', protocol), kind: 'raw' };
    } catch {
      // The hint of the first names both ways.
      throw error;
    }
  }
}
