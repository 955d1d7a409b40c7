// Owns what the tests of HTTP heads share: the built room, and a reader that is fed in pieces. It must not know what is tested.

import type { HttpHead } from 'berkeley';
import type * as Parser from '../../../src/codec/http/head-parser.js';
import type * as Writer from '../../../src/codec/http/head-writer.js';

const load = (file: string): Promise<unknown> =>
  import(new URL(`../../../../compiled/codec/http/${file}.js`, import.meta.url).href);
export const { HeadParser } = (await load('head-parser')) as typeof Parser;
export const { httpPieces, outgoingRequest, outgoingResponse } = (await load('head-writer')) as typeof Writer;

export interface Verdict {
  readonly head?: HttpHead | null;
  /** How many bytes the head had. */
  readonly used?: number;
  readonly code?: string | undefined;
  readonly message?: string;
  readonly partial?: Buffer | undefined;
}

/** What a reader makes of the bytes when they arrive cut at these places, and the stream ends behind them. */
export function parse(bytes: Buffer | string, cuts: readonly number[] = [], max = 65_536, maxHeaders = 100): Verdict {
  const whole = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
  const parser = new HeadParser(max, maxHeaders);
  const ends = [...new Set(cuts)].filter((end) => end > 0 && end < whole.length).sort((a, b) => a - b);
  try {
    for (const end of [...ends, whole.length]) {
      const head = parser.next(whole.subarray(0, end));
      if (head !== null) return { head, used: parser.used };
    }
    return { head: parser.end(whole) };
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    const { code, message, partial } = error as Error & { code: string; partial?: Buffer };
    return { code, message, partial };
  }
}

/** Every byte on its own. */
export function eachByte(bytes: Buffer | string): number[] {
  return Array.from({ length: bytes.length }, (_, i) => i);
}

/** A head of these lines. */
export function crlf(...lines: string[]): string {
  return lines.map((line) => `${line}\r\n`).join('') + '\r\n';
}
