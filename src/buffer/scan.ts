// Owns the search for the end of a piece: delimiters and lines, as pure functions over a growing window. Whatever the
// segmentation, the answer is the same, and every byte is looked at a bounded number of times.

/** Where a piece ends: `end` is the first byte behind the delimiter, `start` the delimiter's first byte. */
export interface Found {
  readonly start: number;
  readonly end: number;
}

/** Looks for the delimiter that is complete first; of those that end together, the longest. */
export class DelimiterScan {
  readonly #delimiters: readonly Buffer[];
  readonly #longest: number;
  #seen = 0;

  constructor(delimiters: readonly Buffer[]) {
    this.#delimiters = delimiters;
    this.#longest = Math.max(...delimiters.map((d) => d.length));
  }

  /** Call it with the same bytes and more behind them until it finds something. */
  next(window: Buffer): Found | null {
    const from = Math.max(0, this.#seen - this.#longest + 1);
    let best: Found | null = null;
    for (const delimiter of this.#delimiters) {
      const start = window.indexOf(delimiter, from);
      if (start < 0) continue;
      const end = start + delimiter.length;
      if (best === null || end < best.end || (end === best.end && start < best.start)) best = { start, end };
    }
    this.#seen = window.length;
    return best;
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
