// Owns UTF-7 (RFC 2152) and its form for the mailbox names of IMAP (RFC 3501, 5.1.3). Text in them is ASCII in which runs
// of other characters stand as base64 of UTF-16. A run is taken as one character: it is never cut, nor searched.
//
// Ours because decoders usually forgive what should be an error here: eight-bit bytes, bits left over in a run, half of a
// surrogate pair.

import { isWellFormed, type Converter } from './converter.js';
import { utf16 } from './unicode.js';

interface Form {
  /** What begins a run; followed at once by a hyphen it means itself. */
  readonly shift: number;
  /** The 64th digit. */
  readonly slash: string;
  /** What stands for itself when we write. */
  readonly direct: RegExp;
  /** Whether every run must end with a hyphen. */
  readonly closed: boolean;
}

const HYPHEN = 0x2d;
const big = utf16(false);

/** RFC 2152; what may stand for itself is only its set D, besides white space, because mail changes the others. */
export const utf7 = converterOf({
  shift: 0x2b,
  slash: '/',
  direct: /[A-Za-z0-9'(),\-./:? \t\r\n]/,
  closed: false,
});

/** Line ends stand for themselves: a name has none, so they can only be around it. */
export const utf7Imap = converterOf({ shift: 0x26, slash: ',', direct: /[ -%'-~\r\n]/, closed: true });

function converterOf(form: Form): Converter {
  const shift = String.fromCharCode(form.shift);
  const { source } = form.direct;
  const runs = new RegExp(`[${shift}]|${source}+|(?:(?!${source}|[${shift}])[^])+`, 'g');
  const digits = digitsOf(form);

  /** The end of the run whose digits begin at `at`; what follows is no digit, or nothing. */
  function endOfRun(bytes: Buffer, at: number): number {
    while (at < bytes.length && digits[bytes[at]!] === 1) at++;
    return at;
  }

  function lengthAt(bytes: Buffer, at: number, known = 0): number {
    if (bytes[at] !== form.shift) return 1;
    if (known > at + 1 && bytes[known - 1] === HYPHEN) return known - at;
    const end = endOfRun(bytes, Math.max(at + 1, known));
    return (bytes[end] === HYPHEN ? end + 1 : end) - at;
  }

  function decode(bytes: Buffer): string | null {
    let text = '';
    for (let at = 0; at < bytes.length;) {
      if (bytes[at]! > 0x7f) return null;
      if (bytes[at] !== form.shift) {
        let end = at + 1;
        while (end < bytes.length && bytes[end] !== form.shift && bytes[end]! <= 0x7f) end++;
        text += bytes.toString('latin1', at, end);
        at = end;
        continue;
      }
      const end = endOfRun(bytes, at + 1);
      const closed = bytes[end] === HYPHEN;
      if (form.closed && !closed) return null;
      const run = end === at + 1 ? (closed ? shift : null) : decodeRun(bytes.toString('latin1', at + 1, end));
      if (run === null) return null;
      text += run;
      at = closed ? end + 1 : end;
    }
    return text;
  }

  function decodeRun(text: string): string | null {
    const given = text.replaceAll(form.slash, '/');
    const bytes = Buffer.from(given, 'base64');
    const units = bytes.subarray(0, bytes.length - (bytes.length % 2));
    // What is left over of the last digit must be less than a digit, and zero.
    return units.toString('base64').replace(/=+$/, '') === given ? big.decode(units) : null;
  }

  function encode(text: string): Buffer | null {
    if (!isWellFormed(text)) return null;
    const written = text.replace(runs, (run) => {
      if (form.direct.test(run)) return run;
      if (run === shift) return `${shift}-`;
      const digits = big.encode(run)!.toString('base64').replace(/=+$/, '').replaceAll('/', form.slash);
      return `${shift}${digits}-`;
    });
    return Buffer.from(written, 'latin1');
  }

  /** A run at the end may go on, and a hyphen that follows it belongs to it. One that comes in many pieces is not looked at anew. */
  function whole(bytes: Buffer, known = 0): number {
    let at = 0;
    while (at < bytes.length) {
      if (bytes[at] !== form.shift) {
        at++;
        continue;
      }
      if (endOfRun(bytes, Math.max(at + 1, known)) === bytes.length) return at;
      at += lengthAt(bytes, at);
    }
    return at;
  }

  return { unit: 1, lengthAt, decode, encode, whole };
}

function digitsOf({ slash }: Form): Uint8Array {
  const digits = new Uint8Array(256);
  for (const digit of `ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+${slash}`)
    digits[digit.charCodeAt(0)] = 1;
  return digits;
}
