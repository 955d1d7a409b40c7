// Owns numbers that look random and come from a seed, so that whatever failed can be repeated. It must not know what they
// are used for.

export class Random {
  #state: number;

  constructor(seed: number) {
    // Neighbouring seeds begin far from each other.
    this.#state = Math.imul(seed ^ 0x5bd1_e995, 0x9e37_79b1) >>> 0;
  }

  /** 32 bits: mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** Both ends included. */
  between(low: number, high: number): number {
    return low + Math.floor((this.next() / 2 ** 32) * (high - low + 1));
  }

  /** One of them, but not `other`. */
  pick<T>(from: readonly T[], other?: T): T {
    const left = from.filter((one) => one !== other);
    return left[this.between(0, left.length - 1)]!;
  }

  chance(share: number): boolean {
    return this.next() < share * 2 ** 32;
  }

  bytes(length: number): Buffer {
    const out = Buffer.alloc(length);
    for (let i = 0; i < length; i++) out[i] = this.next() & 255;
    return out;
  }
}
