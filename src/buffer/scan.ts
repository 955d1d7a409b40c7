// Owns the search for the end of a piece: delimiters and lines, as pure functions over a growing window. Whatever the
// segmentation, the answer is the same, and every byte is looked at a bounded number of times.

/** Where a piece ends: `end` is the first byte behind the delimiter, `start` the delimiter's first byte. */
export interface Found {
  readonly start: number;
  readonly end: number;
}

/** How many bytes the character at `at` has. Those before `known`, if it is told, are known to be of it. */
export type LengthAt = (bytes: Buffer, at: number, known?: number) => number;

/**
 * Looks for the delimiter that is complete first; of those that end together, the longest. A delimiter with a `LengthAt`
 * is text, and is only found where a character begins.
 */
export class DelimiterScan {
  readonly #delimiters: readonly Buffer[];
  readonly #lengths: readonly (LengthAt | undefined)[];
  /** For each delimiter that is text, the last place up to which characters were counted. */
  readonly #places: number[];
  /** Up to there the character at that place is known to go. */
  readonly #known: number[];
  readonly #longest: number;
  #seen = 0;

  constructor(delimiters: readonly Buffer[], lengths: readonly (LengthAt | undefined)[] = []) {
    this.#delimiters = delimiters;
    this.#lengths = lengths;
    this.#places = delimiters.map(() => 0);
    this.#known = delimiters.map(() => 0);
    this.#longest = Math.max(...delimiters.map((d) => d.length));
  }

  /** Call it with the same bytes and more behind them until it finds something. */
  next(window: Buffer): Found | null {
    const from = Math.max(0, this.#seen - this.#longest + 1);
    let best: Found | null = null;
    for (let i = 0; i < this.#delimiters.length; i++) {
      const start = this.#find(window, i, from);
      if (start < 0) continue;
      const end = start + this.#delimiters[i]!.length;
      if (best === null || end < best.end || (end === best.end && start < best.start)) best = { start, end };
    }
    this.#seen = window.length;
    return best;
  }

  #find(window: Buffer, i: number, from: number): number {
    const delimiter = this.#delimiters[i]!;
    const lengthAt = this.#lengths[i];
    let start = window.indexOf(delimiter, from);
    if (lengthAt === undefined) return start;
    for (; start >= 0; start = window.indexOf(delimiter, start + 1)) {
      let place = this.#places[i]!;
      while (place < start) {
        const next = place + lengthAt(window, place, this.#known[i]);
        if (next >= window.length) {
          // Whether it goes on behind what is here cannot be known. All the rest of it is inside.
          this.#places[i] = place;
          this.#known[i] = window.length;
          return -1;
        }
        place = next;
      }
      this.#places[i] = place;
      if (place === start) break;
    }
    return start;
  }
}

const LF = 0x0a;
const CR = 0x0d;

/** Looks for a line of at most `max` bytes that ends with LF or CRLF. */
export class LineScan {
  readonly #max: number;
  #seen = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** The line's end, `'long'` as soon as it is sure that it is too long, or null for "not yet". */
  next(window: Buffer): Found | 'long' | null {
    const max = this.#max;
    const at = window.indexOf(LF, this.#seen);
    if (at >= 0) {
      const start = at > 0 && window[at - 1] === CR ? at - 1 : at;
      return start > max ? 'long' : { start, end: at + 1 };
    }
    this.#seen = window.length;
    if (window.length > max + 1 || (window.length === max + 1 && window[max] !== CR)) return 'long';
    return null;
  }
}

/** The same in an encoding whose characters have two or four bytes, at least. */
export class WideLineScan {
  readonly #lf: Buffer;
  readonly #cr: Buffer;
  readonly #max: number;
  #seen = 0;

  /** `lf` and `cr` are these characters in the encoding. */
  constructor(max: number, lf: Buffer, cr: Buffer) {
    this.#lf = lf;
    this.#cr = cr;
    this.#max = max;
  }

  next(window: Buffer): Found | 'long' | null {
    const max = this.#max;
    const unit = this.#lf.length;
    let at = window.indexOf(this.#lf, this.#seen);
    while (at >= 0 && at % unit !== 0) at = window.indexOf(this.#lf, at + 1);
    if (at >= 0) {
      const start = at >= unit && this.#isCr(window, at - unit) ? at - unit : at;
      return start > max ? 'long' : { start, end: at + unit };
    }
    this.#seen = window.length - (window.length % unit);
    // The last place where the end of a line may be: there is LF, which would have been found, or CR, and then LF.
    const last = max - (max % unit);
    if (window.length < last + unit) return null;
    return window.length >= last + 2 * unit || !this.#isCr(window, last) ? 'long' : null;
  }

  #isCr(window: Buffer, at: number): boolean {
    return at % this.#cr.length === 0 && this.#cr.compare(window, at, at + this.#cr.length) === 0;
  }
}
