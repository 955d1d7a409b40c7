// Owns the tests of the scans: whatever the segmentation, the answer is that of a naive search over the whole.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type * as Room from '../../src/buffer/scan.js';

const { DelimiterScan, LineScan } = (await import(
  new URL('../../../compiled/buffer/scan.js', import.meta.url).href
)) as typeof Room;

// Few letters, so that delimiters overlap with themselves and with each other.
const text = (max: number) => fc.string({ unit: fc.constantFrom('a', 'b', '\r', '\n'), maxLength: max });
const cuts = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 8 });

/** The windows that a reader would see: each one longer than the last. */
function windows(whole: string, at: number[]): Buffer[] {
  const ends = [...new Set([...at.filter((end) => end < whole.length), whole.length])].sort((a, b) => a - b);
  return ends.map((end) => Buffer.from(whole.slice(0, end), 'latin1'));
}

/** The delimiter that is complete first; of those that end together, the longest. */
function naive(whole: string, delimiters: string[]): { start: number; end: number } | null {
  for (let end = 1; end <= whole.length; end++) {
    const found = delimiters.filter((one) => whole.slice(0, end).endsWith(one)).sort((a, b) => b.length - a.length)[0];
    if (found !== undefined) return { start: end - found.length, end };
  }
  return null;
}

test('a delimiter is found at the same place in every segmentation', () => {
  const delimiter = text(4).filter((one) => one.length > 0);
  fc.assert(
    fc.property(text(50), fc.array(delimiter, { minLength: 1, maxLength: 3 }), cuts, (whole, delimiters, at) => {
      const scan = new DelimiterScan(delimiters.map((one) => Buffer.from(one, 'latin1')));
      let found = null;
      for (const window of windows(whole, at)) if ((found = scan.next(window)) !== null) break;
      assert.deepEqual(found, naive(whole, delimiters));
    }),
    { numRuns: 3000 },
  );
});

test('a line ends at the same place in every segmentation, and is long in every one', () => {
  fc.assert(
    fc.property(text(50), cuts, fc.integer({ min: 1, max: 30 }), (whole, at, max) => {
      const lf = whole.indexOf('\n');
      const start = lf > 0 && whole[lf - 1] === '\r' ? lf - 1 : lf;
      const expected = lf >= 0 ? (start > max ? 'long' : { start, end: lf + 1 }) : null;
      const scan = new LineScan(max);
      let found: unknown = null;
      for (const window of windows(whole, at)) if ((found = scan.next(window)) !== null) break;
      if (expected === null && found === 'long') assert.ok(whole.length > max, 'too early');
      else assert.deepEqual(found, expected);
    }),
    { numRuns: 3000 },
  );
});

test('a line is known to be too long no later than two bytes behind the limit', () => {
  assert.equal(new LineScan(3).next(Buffer.from('abc')), null);
  assert.equal(new LineScan(3).next(Buffer.from('abcd')), 'long');
  assert.equal(new LineScan(3).next(Buffer.from('abc\r')), null);
  assert.equal(new LineScan(3).next(Buffer.from('abc\rx')), 'long');
  assert.deepEqual(new LineScan(3).next(Buffer.from('abc\r\n')), { start: 3, end: 5 });
});

test('growing windows are searched in linear time', () => {
  const whole = Buffer.alloc(4 << 20, 'x');
  const scan = new DelimiterScan([Buffer.from('END')]);
  const lines = new LineScan(1 << 30);
  const begun = performance.now();
  for (let end = 0; end <= whole.length; end += 64) {
    assert.equal(scan.next(whole.subarray(0, end)), null);
    assert.equal(lines.next(whole.subarray(0, end)), null);
  }
  // 65,536 windows: a search from the start each time would read 128 GiB.
  assert.ok(performance.now() - begun < 5000);
});
