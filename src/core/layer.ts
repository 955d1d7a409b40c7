// Owns the shape of what may lie between a connection and its socket: TLS. A stream asks its layer, where it has one, in
// place of the kernel. This file must not know what the layer does with the bytes.

import type { Interest } from './attempt.js';
import type { Stream } from './stream.js';
import type { Want } from './want.js';

export interface Layer {
  /** It is ready for bytes: what has to happen before (a handshake) is over. */
  readonly ready: boolean;
  /** What was taken by `send` and is not with the kernel yet, in bytes; below 0 when no event will tell that it can go. */
  readonly unsent: number;
  /** There is some of it, from a write that was given up: nobody is about to send it, so readers do. */
  readonly leftBehind: boolean;
  /** While it is not ready: when to look again at the latest. */
  readonly until: number;
  /** What to watch while it is not ready, or while a reader has to send what was left behind. */
  interests(): readonly Interest[];
  /** Goes on until it is ready: null, or what to wait for. */
  advance(): Want | null;
  /** Receives into the caller's memory: n > 0, 0 at the end, or what to wait for. */
  receiveInto(target: Uint8Array, offset: number, length: number): number;
  /** The same as a piece of its own; null is the end. */
  receivePiece(max: number): Buffer | null | Want;
  /** Takes some of a part of `bytes`: how many, -errno, or what to wait for. */
  send(bytes: Uint8Array, offset: number, length: number): number;
  /** The same over several pieces, from pieces[first] on without its first `offset` bytes. */
  sendv(pieces: readonly Uint8Array[], first: number, offset: number): number;
  /** Hands what is unsent to the kernel: 0, -errno, or what to wait for. */
  flush(): number;
  /** Tells the peer that nothing more comes from us: 0, -errno, or what to wait for. */
  end(): number;
  /** The connection is closed: gives everything back. */
  release(): void;
}

/** What an operation of a stream watches after Want.Many, which only a layer asks for. */
export function layerInterests(stream: Stream): readonly Interest[] {
  return stream.layer?.interests() ?? [];
}

export function layerUntil(stream: Stream): number {
  return stream.layer?.until ?? Infinity;
}
