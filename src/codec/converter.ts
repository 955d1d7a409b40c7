// Owns the shape of an encoding besides UTF-8 and latin1: what it takes to read, write, split and search text in it.

export interface Converter {
  /** The bytes of a text, or null if one of its characters has none. */
  encode(text: string): Buffer | null;
  /** The text of bytes, or null if they are none. Nothing is replaced, and a byte order mark is a character. */
  decode(bytes: Buffer): string | null;
  /** How many of the bytes are whole characters: all but those of a last character that is not complete. Of the first `known` it was 0. */
  whole(bytes: Buffer, known?: number): number;
  /** How many bytes the smallest character has: a line end is looked for in units of that size. */
  readonly unit: 1 | 2 | 4;
  /**
   * The bytes that the character at `at` has; absent where no part of a character looks like another one, as in all
   * encodings of one byte a character. Delimiters must not be found in the middle of a character. A character that reaches to the end of the
   * bytes may go on behind it; whoever asks again says up to where it is `known` to go.
   */
  readonly lengthAt?: (bytes: Buffer, at: number, known?: number) => number;
}

// TypeScript's ES2023 library does not have it yet; Node 20 does.
interface WellFormed {
  isWellFormed(): boolean;
}

/** False for text with half of a surrogate pair, which no encoding has bytes for. */
export function isWellFormed(text: string): boolean {
  return (text as unknown as WellFormed).isWellFormed();
}
