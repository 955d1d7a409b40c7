// Owns what a connection of the load does: decided by a seed and its number, so that what it writes can be made again, as often as it
// is needed, and held by nobody. It must not know how it is done.

import { createHash } from 'node:crypto';
import { Draw } from '../draw.js';

/** One piece of the stream, written in one way, and read in the way that fits. */
export interface Segment {
  readonly kind: 'bytes' | 'line' | 'frame' | 'number';
  readonly size: number;
  readonly seed: number;
}

export interface Plan {
  readonly id: number;
  readonly transport: 'tcp4' | 'tcp6' | 'unix' | 'accepted';
  readonly secure: boolean;
  /** Both directions at once; a piece there and back; we reset it in the middle; the peer does. */
  readonly manner: 'duplex' | 'in turn' | 'our reset' | 'their reset';
  readonly segments: readonly Segment[];
  /** All its bytes. */
  readonly size: number;
  /** Where the reset comes. */
  readonly cut: number;
}

/** What a number in a stream takes. */
export const NUMBER = 8;
/** The length in front of a frame. */
const PREFIX = 4;

export function planOf(seed: number, id: number, o: { ipv6: boolean; blocking?: boolean }): Plan {
  const draw = new Draw(seed + id * 7919);
  const segments = Array.from({ length: draw.between(1, 5) }, (): Segment => {
    const kind = draw.pick(['bytes', 'bytes', 'line', 'frame', 'number'] as const);
    const bytes = draw.percent(4) ? draw.between(16_384, 262_144) : draw.size(16_384);
    return { kind, size: kind === 'number' ? NUMBER : bytes, seed: draw.below(0x7fff_ffff) };
  });
  const size = segments.reduce((sum, segment) => sum + bytesOf(segment).length, 0);
  const transport = draw.pick(['tcp4', 'tcp4', o.ipv6 ? 'tcp6' : 'tcp4', 'unix', o.blocking ? 'tcp4' : 'accepted']);
  const way = draw.below(100);
  const manner = o.blocking || way < 30 ? 'in turn' : way < 80 ? 'duplex' : way < 90 ? 'our reset' : 'their reset';
  const secure = !manner.endsWith('reset') && draw.percent(8);
  return { id, transport: transport as Plan['transport'], secure, manner, segments, size, cut: draw.below(size) };
}

/** The bytes of a segment as they are in the stream. */
export function bytesOf({ kind, size, seed }: Segment): Buffer {
  const draw = new Draw(seed);
  switch (kind) {
    case 'line':
      return Buffer.from(
        `${draw
          .bytes(Math.ceil(size / 2))
          .toString('hex')
          .slice(0, size)}\n`,
      );
    case 'frame': {
      const payload = draw.bytes(size);
      const prefix = Buffer.alloc(PREFIX);
      prefix.writeUInt32BE(payload.length);
      return Buffer.concat([prefix, payload]);
    }
    default:
      return draw.bytes(size);
  }
}

/** What stands in a frame. */
export function payloadOf(frame: Buffer): Buffer {
  return frame.subarray(PREFIX);
}

/** The hash of the first `n` bytes that the connection writes. */
export function hashOf({ segments }: Plan, n: number): string {
  const hash = createHash('sha256');
  let left = n;
  for (const segment of segments) {
    const bytes = bytesOf(segment).subarray(0, left);
    hash.update(bytes);
    left -= bytes.length;
  }
  return hash.digest('hex');
}
