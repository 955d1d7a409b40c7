// Numbers and frames on a connection.

import type { Conn } from './conn.js';
import type { Each, Mode, Op, R } from './mode.js';

/** A number of a fixed size, signed (`i`), unsigned (`u`) or floating (`f`, IEEE 754); big-endian unless it ends with `le`. */
export type NumType = 'i8' | 'u8' | `${'i' | 'u'}${16 | 32 | 64}${'' | 'le'}` | `f${32 | 64}${'' | 'le'}`;

/** What a number of the type is in JavaScript: 64-bit integers are `bigint`. */
export type NumOf<T extends NumType> = T extends `${'i' | 'u'}64${string}` ? bigint : number;

/**
 * How frames stand in a stream of bytes. `codecs` makes the usual ones; an object with these three members is one, too. A
 * codec keeps nothing between calls, so many connections can share it.
 */
export interface Codec<I, O = I> {
  /** The bytes of a frame. What it throws comes out of `write`, and nothing is sent. */
  encode(value: O): Uint8Array | Uint8Array[];
  /**
   * The first frame of the bytes that have arrived and how many of them it used; `null` when there must be more. The
   * first `seen` bytes were there at an earlier call, which answered `null`: a search can go on from there. The bytes may be
   * kept, and must not be changed. What it throws is the error of `read`, and nothing is consumed.
   */
  decode(buffer: Buffer, seen?: number): { value: I; used: number } | null;
  /** The most bytes that a frame has, all told. `read` fails with LimitError when so many are there and `decode` still answers `null`. */
  readonly maxFrame: number;
}

/** What `framed` makes of a connection: frames instead of bytes. */
export interface FramedBase<M extends Mode, I, O> {
  /**
   * The next frame; `null` at the end of the stream between two frames.
   *
   * @throws EndOfStreamError `ERR_UNEXPECTED_EOF` with `partial` when the stream ends inside of a frame; LimitError `ERR_LIMIT` for one
   * that is too long, and SocketError `ERR_FRAME` for one that the codec refuses: nothing is consumed; TimeoutError: nothing is consumed
   */
  read(o?: Op): R<M, I | null>;
  /**
   * Writes a frame, as `write` of the connection does.
   *
   * @throws TypeError, RangeError for a value that the codec cannot frame; LimitError `ERR_LIMIT` for more bytes than `maxFrame`; SocketError
   * `ERR_FRAME` when the codec gives no bytes: nothing is sent
   */
  write(value: O, o?: Op): R<M, void>;
  /** The connection below, which shares its read buffer: it can be read in other ways between two frames. */
  readonly conn: Conn<M>;
}

/** Frames on a connection, which are also an iteration until the end of the stream. Leaving the loop closes nothing. */
export type Framed<M extends Mode, I, O> = FramedBase<M, I, O> & Each<M, I>;

/** The usual codecs. Lengths and limits are bytes. */
export interface Codecs {
  /**
   * A number of the type with the length of what follows, which is the frame: at most `max` bytes (16 MiB unless told). A length
   * beyond it is a LimitError before the frame has arrived. @throws TypeError for a type that is no integer
   */
  lengthPrefixed(this: void, type?: NumType, o?: { max?: number }): Codec<Buffer, Uint8Array>;
  /**
   * Lines of at most `max` bytes (64 KiB unless told) that end with LF or CRLF; written with LF, or with `eol`. Unlike for `readLine`, what
   * stands before the end without LF is no line. @throws TypeError for the name of an unknown encoding; of `encode`, for a text with CR or LF
   */
  lines(this: void, o?: { max?: number; encoding?: string; eol?: '\n' | '\r\n' }): Codec<string>;
  /**
   * What stands before a delimiter (a string means its UTF-8): at most `max` bytes (64 KiB unless told). @throws TypeError for an empty
   * delimiter; of `encode`, for data that the delimiter would cut elsewhere than at its end
   */
  delimited(this: void, delimiter: Uint8Array | string, o?: { max?: number }): Codec<Buffer, Uint8Array>;
  /** Frames of `size` bytes. @throws RangeError of `encode`, for data of another size */
  fixed(this: void, size: number): Codec<Buffer, Uint8Array>;
}
