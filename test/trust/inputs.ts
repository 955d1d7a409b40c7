// Owns how a property is tried on generated inputs: how many, from which seed, and what is said of it. It must not know what
// is tried.

import type { TestContext } from 'node:test';
import fc from 'fast-check';
import { seed, size } from './size.js';

/** Tries a property `inCheck` times, or `byHand` times by hand. What fails is shrunk, and repeated by BERKELEY_SEED. */
export function tries<Values extends [unknown, ...unknown[]]>(
  t: TestContext,
  inCheck: number,
  byHand: number,
  property: fc.IProperty<Values>,
): void {
  const numRuns = size(inCheck, byHand);
  fc.assert(property, { numRuns, seed });
  t.diagnostic(`${numRuns} inputs, seed ${seed}`);
}

/** The same with a property that waits. */
export async function triesLater<Values extends [unknown, ...unknown[]]>(
  t: TestContext,
  inCheck: number,
  byHand: number,
  property: fc.IAsyncProperty<Values>,
): Promise<void> {
  const numRuns = size(inCheck, byHand);
  await fc.assert(property, { numRuns, seed });
  t.diagnostic(`${numRuns} inputs, seed ${seed}`);
}

/** A module of the library that no public name leads to. */
export function built(file: string): Promise<unknown> {
  return import(new URL(`../../../compiled/${file}.js`, import.meta.url).href);
}

/** Texts or bytes of pieces that mean something to a parser, as latin1: one character is one byte. */
export function soupOf(pieces: readonly string[], maxLength = 12): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(...pieces), { maxLength }).map((all) => all.join(''));
}

/** A text of a grammar with a little of it changed: left out, doubled, turned round, or replaced by what `pieces` has. */
export function mutated(text: fc.Arbitrary<string>, pieces: readonly string[]): fc.Arbitrary<string> {
  const change = fc.record({ at: fc.nat(200), length: fc.nat(3), by: fc.constantFrom('', ...pieces) });
  return fc.tuple(text, fc.array(change, { maxLength: 3 })).map(([good, changes]) => {
    let bad = good;
    for (const { at, length, by } of changes) {
      const start = at % (bad.length + 1);
      bad = bad.slice(0, start) + by + bad.slice(start + length);
    }
    return bad;
  });
}

/** The same bytes in pieces, cut at these places, none of them empty. */
export function segmentsOf(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  const all: Buffer[] = [];
  let from = 0;
  for (const to of [...places, bytes.length]) {
    if (to > from) all.push(bytes.subarray(from, to));
    from = to;
  }
  return all;
}
