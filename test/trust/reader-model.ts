// Owns what each reading operation must come to on bytes that are all there, written naively and apart from the library. It
// must not know how bytes arrive.

import { isUtf8 } from 'node:buffer';

/** What a program may ask a connection for. Bytes are latin1: one character is one byte. */
export type Read =
  | { readonly do: 'exact' | 'peek'; readonly n: number }
  | { readonly do: 'until'; readonly marks: readonly string[]; readonly max: number; readonly keep: boolean }
  | { readonly do: 'line'; readonly max: number }
  | { readonly do: 'all'; readonly max: number }
  | { readonly do: 'num'; readonly type: 'u8' | 'i16' | 'u16le' | 'i32le' | 'u32' | 'i64' | 'u64le' | 'f32' | 'f64le' }
  | { readonly do: 'prefixed'; readonly type: 'u8' | 'u16' | 'u32le' | 'i8' | 'i64'; readonly max: number }
  | { readonly do: 'delimited'; readonly mark: string; readonly max: number }
  | { readonly do: 'lines'; readonly max: number }
  | { readonly do: 'fixed'; readonly size: number }
  | { readonly do: 'unread'; readonly bytes: string };

/** What came of it, in one line, and what is left of the bytes. */
export interface Outcome {
  readonly says: string;
  readonly rest: string;
}

export function expected(read: Read, rest: string): Outcome {
  switch (read.do) {
    case 'unread':
      return { says: 'put back', rest: read.bytes + rest };
    case 'exact':
      return sized(rest, read.n, (piece) => shown(piece));
    case 'peek':
      return { says: shown(rest.slice(0, read.n)), rest };
    case 'num':
      return sized(rest, sizeOf(read.type), (piece) => `number ${shownNumber(numberIn(piece, read.type))}`);
    case 'all':
      return rest.length > read.max ? limit(rest) : { says: shown(rest), rest: '' };
    case 'until':
      return until(read, rest);
    case 'line':
      return line(read.max, rest);
    case 'lines':
      return rest === '' ? end() : frameOfLine(read.max, rest);
    case 'fixed':
      return rest === '' ? end() : sized(rest, read.size, (piece) => shown(piece));
    case 'delimited':
      return rest === '' ? end() : delimited(read, rest);
    case 'prefixed':
      return rest === '' ? end() : prefixed(read, rest);
  }
}

/** A failure in one line. */
export function failed(code: string, partial?: string): string {
  return `failed ${code}${partial === undefined ? '' : ` with ${JSON.stringify(partial)}`}`;
}

export function shown(piece: string): string {
  return `bytes ${JSON.stringify(piece)}`;
}

export function shownText(text: string | null): string {
  return text === null ? 'end' : `text ${JSON.stringify(text)}`;
}

export function shownNumber(value: number | bigint): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

/** The bytes of each number, before the type is asked for anything. */
export function sizeOf(type: string): number {
  return Number(/\d+/.exec(type)![0]) / 8;
}

function numberIn(piece: string, type: string): number | bigint {
  const view = new DataView(Uint8Array.from(piece, (c) => c.charCodeAt(0)).buffer);
  const little = type.endsWith('le');
  const bits = sizeOf(type) * 8;
  if (type.startsWith('f')) return bits === 32 ? view.getFloat32(0, little) : view.getFloat64(0, little);
  let value = 0n;
  for (let i = 0; i < bits / 8; i++) {
    const at = little ? bits / 8 - 1 - i : i;
    value = value * 256n + BigInt(view.getUint8(at));
  }
  if (type.startsWith('i')) value = BigInt.asIntN(bits, value);
  return bits === 64 ? value : Number(value);
}

function end(): Outcome {
  return { says: 'end', rest: '' };
}

function limit(rest: string): Outcome {
  return { says: failed('ERR_LIMIT'), rest };
}

function cut(rest: string): Outcome {
  return { says: failed('ERR_UNEXPECTED_EOF', rest), rest: '' };
}

function sized(rest: string, n: number, show: (piece: string) => string): Outcome {
  return rest.length < n ? cut(rest) : { says: show(rest.slice(0, n)), rest: rest.slice(n) };
}

function until({ marks, max, keep }: Extract<Read, { do: 'until' }>, rest: string): Outcome {
  for (let stop = 1; stop <= Math.min(max, rest.length); stop++) {
    const found = marks.filter((mark) => stop >= mark.length && rest.startsWith(mark, stop - mark.length));
    if (found.length === 0) continue;
    const longest = Math.max(...found.map((mark) => mark.length));
    return { says: shown(rest.slice(0, keep ? stop : stop - longest)), rest: rest.slice(stop) };
  }
  return rest.length >= max ? limit(rest) : cut(rest);
}

function line(max: number, rest: string): Outcome {
  const lf = rest.indexOf('\n');
  if (rest === '') return end();
  const stop = lf < 0 ? rest.length : rest[lf - 1] === '\r' ? lf - 1 : lf;
  if (stop > max) return limit(rest);
  return textOf(rest, stop, lf < 0 ? rest.length : lf + 1);
}

function frameOfLine(max: number, rest: string): Outcome {
  const lf = rest.indexOf('\n');
  if (lf < 0) return rest.length >= max + 2 ? limit(rest) : cut(rest);
  const stop = rest[lf - 1] === '\r' ? lf - 1 : lf;
  return stop > max ? limit(rest) : textOf(rest, stop, lf + 1);
}

function textOf(rest: string, stop: number, used: number): Outcome {
  const bytes = Buffer.from(rest.slice(0, stop), 'latin1');
  if (!isUtf8(bytes)) return { says: failed('ERR_ENCODING'), rest };
  return { says: shownText(bytes.toString('utf8')), rest: rest.slice(used) };
}

function delimited({ mark, max }: Extract<Read, { do: 'delimited' }>, rest: string): Outcome {
  const at = rest.indexOf(mark);
  if (at > max || (at < 0 && rest.length >= max + mark.length)) return limit(rest);
  return at < 0 ? cut(rest) : { says: shown(rest.slice(0, at)), rest: rest.slice(at + mark.length) };
}

function prefixed({ type, max }: Extract<Read, { do: 'prefixed' }>, rest: string): Outcome {
  const size = sizeOf(type);
  if (rest.length < size) return cut(rest);
  const length = Number(numberIn(rest.slice(0, size), type));
  if (length < 0) return { says: failed('ERR_FRAME'), rest };
  if (length > max) return limit(rest);
  return sized(rest, size + length, (piece) => shown(piece.slice(size)));
}
