// Owns the test of ReadBuffer against a model: plain concatenation.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type * as Room from '../../src/buffer/read-buffer.js';

const { ReadBuffer } = (await import(
  new URL('../../../compiled/buffer/read-buffer.js', import.meta.url).href
)) as typeof Room;

type Step =
  | { do: 'append' | 'prepend' | 'fill'; bytes: Uint8Array; spare: number }
  | { do: 'take' | 'takeInto' | 'skip' | 'view'; n: number };

// Sizes around the borders: nothing, a small piece, what is copied out (1 KiB), the smallest memory (4 KiB).
const size = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(1023, 1024, 1025, 4095, 4096, 4097, 10_000));
const bytes = fc
  .tuple(size, fc.integer({ min: 0, max: 255 }))
  .map(([n, seed]) => Uint8Array.from({ length: n }, (_, i) => (seed + i * 7) & 255));
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constantFrom('append' as const, 'prepend' as const, 'fill' as const),
    bytes,
    spare: fc.integer({ min: 0, max: 99 }),
  }),
  fc.record({ do: fc.constantFrom('take' as const, 'takeInto' as const, 'skip' as const, 'view' as const), n: size }),
);

test('a read buffer is what was put in, less what was taken out', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const buffer = new ReadBuffer();
      let model: Buffer = Buffer.alloc(0);
      // What was handed out, and what it held then: it must never change.
      const out: [Buffer, Buffer][] = [];
      const give = (piece: Buffer): void => void out.push([piece, Buffer.from(piece)]);
      for (const one of steps) {
        if ('bytes' in one) {
          const piece = Buffer.from(one.bytes);
          if (one.do === 'append') {
            if (piece.length > 0) {
              buffer.append(piece);
              give(piece);
            }
          } else if (one.do === 'prepend') buffer.prepend(piece);
          else {
            const room = buffer.room(piece.length + one.spare);
            assert.ok(room.length >= piece.length + one.spare);
            piece.copy(room);
            buffer.commit(piece.length);
          }
          model = Buffer.concat(
            one.do === 'prepend'
              ? [piece, model]
              : [model, one.do === 'append' && piece.length === 0 ? Buffer.alloc(0) : piece],
          );
        } else {
          const n = Math.min(one.n, model.length);
          if (one.do === 'take') {
            const piece = buffer.take(n);
            assert.deepEqual(piece, model.subarray(0, n));
            give(piece);
          } else if (one.do === 'takeInto') {
            const target = Buffer.alloc(one.n);
            assert.equal(buffer.takeInto(target), n);
            assert.deepEqual(target.subarray(0, n), model.subarray(0, n));
          } else if (one.do === 'skip') buffer.skip(n);
          else assert.deepEqual(buffer.view(n), model.subarray(0, n));
          if (one.do !== 'view') model = model.subarray(n);
        }
        assert.equal(buffer.length, model.length);
        assert.deepEqual(buffer.view(), model);
      }
      for (const [piece, then] of out) assert.deepEqual(piece, then, 'memory that was handed out was written again');
    }),
    { numRuns: 500 },
  );
});
