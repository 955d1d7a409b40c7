// Owns ClientSocket: a connection under FatScript's names. It must not know how it was made.

import { customInspect, show, type Shown } from '../../error/shown.js';
import type { Conn } from '../../contract/conn.js';
import type { Mode } from '../../contract/mode.js';
import { share } from '../../sync/index.js';
import { bytesOfText } from '../byte-string.js';
import { plainAddress } from '../plain-address.js';
import { checkSize, fatError, noByteString, wrongType } from './errors.js';

/** A connection. `connect` and `accept` make it; a connection of the library, of either colour, can be had under these names, too. */
export class ClientSocket {
  readonly #conn: Conn<'sync'>;
  readonly #ssl: boolean;

  constructor(conn: Conn<Mode>) {
    this.#conn = share(conn);
    this.#ssl = this.#conn.tlsState !== 'none';
  }

  /** The descriptor; -1 once it is closed. */
  get id(): number {
    return this.#conn.socket.fd;
  }

  /** The other end, `ip:port`: `127.0.0.1:50000`, `[::1]:50000`. Still there after `close`. */
  get peer(): string {
    return plainAddress(this.#conn.remoteAddr);
  }

  /** Eight bytes that tell one TLS connection of this process from another, and nothing else; empty without TLS. */
  get ssl(): Buffer {
    const bytes = Buffer.alloc(this.#ssl ? 8 : 0);
    if (this.#ssl) bytes.writeBigUInt64BE(BigInt(this.#conn.id));
    return bytes;
  }

  /**
   * Waits until there is something and returns up to `nBytes` of it; an empty Buffer is the end of the connection. On an accepted
   * TLS connection the first use makes the handshake.
   *
   * @throws FatError `AsyncError`: `ECONNRESET`, `ERR_TLS_TRUNCATED` (TLS was cut without its farewell), `ERR_SOCKET_CLOSED`;
   * `ValueError` for less than 1 byte
   */
  receive(nBytes: number): Buffer {
    checkSize(nBytes);
    try {
      return this.#conn.read(nBytes) ?? Buffer.alloc(0);
    } catch (error) {
      throw fatError(error, 'AsyncError');
    }
  }

  /**
   * Hands everything to the operating system, which sends it; waits only while that has no room. A string has one character per byte.
   *
   * @throws FatError `AsyncError`: `EPIPE`, `ECONNRESET`, `ERR_SOCKET_CLOSED`; `ValueError` for a character above 255
   */
  send(data: Uint8Array | string): void {
    const bytes = chunkOf(data);
    try {
      this.#conn.write(bytes);
    } catch (error) {
      throw fatError(error, 'AsyncError');
    }
  }

  /** Closes the connection after everything sent. Twice is allowed. */
  close(): void {
    this.#conn.close();
  }

  [customInspect](...shown: Shown): string {
    const { id, peer, ssl } = this;
    return show('ClientSocket', { id, peer, ssl }, shown);
  }
}

function chunkOf(data: unknown): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (typeof data !== 'string') throw wrongType('data', 'a Chunk (a Buffer, or a string of bytes)', data);
  const bytes = bytesOfText(data);
  if (bytes === null) throw noByteString(data);
  return bytes;
}
