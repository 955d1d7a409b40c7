// Owns what the kernel did not take of what a server on Bun has to say: `write` of Bun keeps nothing.

import type { BunSocket } from './bun.js';

/** What hangs on a socket: what is still to be sent, oldest first. */
export interface Unsent {
  readonly pieces: Uint8Array[];
}

/** Sends the bytes, or keeps what does not go out. False when something is kept. */
export function send(socket: BunSocket<Unsent>, bytes: Uint8Array): boolean {
  const { pieces } = socket.data;
  if (pieces.length > 0) {
    pieces.push(bytes);
    return false;
  }
  const sent = socket.write(bytes);
  if (sent >= bytes.length || sent < 0) return true;
  pieces.push(bytes.subarray(sent));
  return false;
}

/** Goes on where there is room again. True when everything is out. */
export function flush(socket: BunSocket<Unsent>): boolean {
  const { pieces } = socket.data;
  while (pieces.length > 0) {
    const first = pieces[0]!;
    const sent = socket.write(first);
    if (sent < 0) return true;
    if (sent < first.length) {
      pieces[0] = first.subarray(sent);
      return false;
    }
    pieces.shift();
  }
  return true;
}
