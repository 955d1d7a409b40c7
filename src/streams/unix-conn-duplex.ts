// Owns a Unix connection as a Duplex: descriptors travel beside its bytes, in the convention of D-Bus clients, `writeWithFds` and `'fds'`.

import type { AsyncConn } from '../contract/conn.js';
import type { UnixSocketDuplex } from '../contract/streams.js';
import { invalidType, invalidValue } from '../error/invalid.js';
import { ConnDuplex } from './conn-duplex.js';

type Done = (error?: Error | null) => void;

export class UnixConnDuplex extends ConnDuplex implements UnixSocketDuplex {
  /** Descriptors by the piece that they go with. */
  readonly #fds = new WeakMap<Buffer, readonly number[]>();

  /** Over TLS no descriptors could be told from the bytes. */
  static fits(conn: AsyncConn): boolean {
    return conn.localAddr.family === 'unix' && conn.tlsState === 'none';
  }

  writeWithFds(bytes: Uint8Array, fds: readonly number[], callback?: Done): boolean {
    if (!(bytes instanceof Uint8Array)) throw invalidType('bytes', 'a Uint8Array', bytes);
    if (bytes.length === 0) throw invalidValue('bytes', 'must not be empty', bytes);
    if (!Array.isArray(fds)) throw invalidType('fds', 'an array of descriptors', fds);
    // A piece of its own, since the same memory may be written twice.
    const piece = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    if (fds.length > 0) this.#fds.set(piece, [...(fds as number[])]);
    return this.write(piece, callback);
  }

  /** As a message, because a receive of bytes alone throws the descriptors away. */
  protected override async receive(): Promise<Buffer | null> {
    const conn = this.conn!;
    if (this.stream!.buffered > 0 || conn.tlsState !== 'none') return conn.read();
    const message = await conn.socket.recvMsg();
    if (message === null) return null;
    if (this.listenerCount('fds') > 0) {
      const { fds } = message.meta;
      if (fds !== undefined && fds.length > 0) this.emit('fds', fds);
    }
    return message.data;
  }

  protected override async transmit(pieces: Buffer[]): Promise<void> {
    const conn = this.conn!;
    let from = 0;
    for (const [at, piece] of pieces.entries()) {
      const fds = this.#fds.get(piece);
      if (fds === undefined) continue;
      if (at > from) await conn.write(pieces.slice(from, at));
      const sent = await conn.socket.sendMsg({ data: piece, meta: { fds: [...fds] } });
      if (sent < piece.length) await conn.write(piece.subarray(sent));
      from = at + 1;
    }
    if (from < pieces.length) await conn.write(from === 0 ? pieces : pieces.slice(from));
  }
}
