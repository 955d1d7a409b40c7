// Owns chance that can be repeated: numbers, choices and bytes that follow from one seed. It must not know what is drawn.

/** A sequence of its own for whoever has one: drawing from it changes no other. */
export class Draw {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** An integer below `n`. */
  below(n: number): number {
    return Math.floor(this.#next() * n);
  }

  /** An integer of `from` to `to`, both included. */
  between(from: number, to: number): number {
    return from + this.below(to - from + 1);
  }

  /** A size up to `to` of which the logarithm is evenly spread: as many below 64 as above 4,096, where `to` is 256 KiB. */
  size(to: number): number {
    return Math.min(to, Math.floor(Math.exp(this.#next() * Math.log(to + 1))));
  }

  /** True in so many of a hundred. */
  percent(n: number): boolean {
    return this.#next() * 100 < n;
  }

  pick<T>(of: readonly T[]): T {
    return of[this.below(of.length)]!;
  }

  bytes(n: number): Buffer {
    const out = Buffer.allocUnsafe(n);
    const words = new Uint32Array(Math.ceil(n / 4));
    for (let i = 0; i < words.length; i++) words[i] = this.#next() * 0x1_0000_0000;
    Buffer.from(words.buffer).copy(out);
    return out;
  }

  /** A sequence that this one has decided on. */
  child(): Draw {
    return new Draw(this.below(0x7fff_ffff));
  }

  /** Mulberry32. */
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  }
}
