// Owns what clients use of net.Socket besides the stream: addresses, options, the timer of silence. It must not know how bytes
// are moved.

import { Duplex } from 'node:stream';
import type { Address } from '../contract/address.js';
import type { AsyncConn } from '../contract/conn.js';
import type { SocketDuplex } from '../contract/streams.js';
import { wholeNumber } from '../error/invalid.js';

/** The longest that a timer of Node can be. */
const LONGEST = 0x7fffffff;

export abstract class SocketNames extends Duplex implements SocketDuplex {
  #conn: AsyncConn | null = null;
  #connecting = true;
  #bytesRead = 0;
  #writtenBefore = 0;
  #timeout = 0;
  #timer: NodeJS.Timeout | null = null;
  /** What was asked for before the connection was there. */
  readonly #wishes: ((conn: AsyncConn) => void)[] = [];

  get conn(): AsyncConn | null {
    return this.#conn;
  }
  get connecting(): boolean {
    return this.#connecting;
  }
  get pending(): boolean {
    return this.#connecting;
  }
  get readyState(): SocketDuplex['readyState'] {
    if (this.#connecting) return 'opening';
    if (this.readable) return this.writable ? 'open' : 'readOnly';
    return this.writable ? 'writeOnly' : 'closed';
  }
  get remoteAddress(): string | undefined {
    return hostOf(this.#conn?.remoteAddr);
  }
  get remotePort(): number | undefined {
    return this.#conn?.remoteAddr.port;
  }
  get remoteFamily(): string | undefined {
    return familyOf(this.#conn?.remoteAddr);
  }
  get localAddress(): string | undefined {
    return hostOf(this.#conn?.localAddr);
  }
  get localPort(): number | undefined {
    return this.#conn?.localAddr.port;
  }
  get localFamily(): string | undefined {
    return familyOf(this.#conn?.localAddr);
  }
  get bytesRead(): number {
    return this.#bytesRead;
  }
  get bytesWritten(): number {
    return this.#conn === null ? 0 : this.#conn.bytesWritten - this.#writtenBefore;
  }
  get encrypted(): boolean {
    return this.#conn !== null && this.#conn.tlsState !== 'none';
  }
  get authorized(): boolean {
    return this.#conn?.tls?.authorized ?? false;
  }
  get alpnProtocol(): string | false {
    return this.#conn?.tls?.alpn ?? false;
  }
  get timeout(): number {
    return this.#timeout;
  }

  address(): { address?: string; port?: number; family?: string } {
    const { localAddress: address, localPort: port, localFamily: family } = this;
    if (address === undefined || port === undefined || family === undefined) return {};
    return { address, port, family };
  }

  connect(..._target: unknown[]): this {
    const callback = _target.at(-1);
    if (typeof callback === 'function') this.once('connect', callback as () => void);
    if (!this.#connecting) process.nextTick(() => this.sayConnected());
    return this;
  }

  setNoDelay(on: unknown = true): this {
    return this.#wish((conn) => {
      conn.noDelay = Boolean(on);
    });
  }

  setKeepAlive(on: unknown = false, initialDelay = 0): this {
    return this.#wish((conn) => {
      const isTcp = conn.localAddr.family === 'ipv4' || conn.localAddr.family === 'ipv6';
      // Whole seconds as in net.Socket, and 0 keeps the system's.
      const idle = Math.floor(initialDelay / 1000) * 1000;
      if (isTcp) conn.keepAlive = on === true && idle > 0 ? { idle } : Boolean(on);
    });
  }

  setTimeout(ms: number, callback?: () => void): this {
    this.#timeout = Math.min(ms === Infinity ? 0 : wholeNumber('ms', Math.trunc(ms), 0), LONGEST);
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer =
      this.#timeout === 0 || this.destroyed ? null : setTimeout(() => this.emit('timeout'), this.#timeout).unref();
    if (callback !== undefined) {
      if (this.#timeout === 0) this.removeListener('timeout', callback);
      else this.once('timeout', callback);
    }
    return this;
  }

  ref(): this {
    return this.#wish((conn) => void conn.ref());
  }
  unref(): this {
    return this.#wish((conn) => void conn.unref());
  }

  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  resetAndDestroy(): this {
    this.#conn?.abort();
    return this.destroy();
  }

  /** The connection is there. */
  protected connected(conn: AsyncConn): void {
    this.#conn = conn;
    this.#connecting = false;
    this.#writtenBefore = conn.bytesWritten;
    for (const wish of this.#wishes.splice(0)) wish(conn);
  }

  protected sayConnected(): void {
    if (this.destroyed) return;
    this.emit('connect');
    if (this.encrypted) this.emit('secureConnect');
    this.emit('ready');
  }

  protected failedToOpen(): void {
    this.#connecting = false;
  }

  protected received(bytes: number): void {
    this.#bytesRead += bytes;
    this.active();
  }

  /** Bytes went one way or the other. */
  protected active(): void {
    this.#timer?.refresh();
  }

  /** As with net.Socket, it is nobody's error that the socket is closed meanwhile. */
  #wish(wish: (conn: AsyncConn) => void): this {
    if (this.#conn === null) this.#wishes.push(wish);
    else if (this.#conn.closeInfo === null) wish(this.#conn);
    return this;
  }
}

function hostOf(address: Address | undefined): string | undefined {
  return address?.path ?? address?.address;
}

function familyOf(address: Address | undefined): string | undefined {
  if (address === undefined) return undefined;
  return { ipv4: 'IPv4', ipv6: 'IPv6' }[String(address.family)] ?? String(address.family);
}
