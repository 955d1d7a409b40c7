// Owns the usual ways in which frames stand in a stream. Pure: bytes in, frames out, nothing kept between calls.

import type { Codec, Codecs, NumType } from '../contract/codec.js';
import { hidden, invalidType, invalidValue, outOfRange, wholeNumber } from '../error/invalid.js';
import { limitError, refusal } from '../error/make.js';
import { formOf, lengthLimit } from './number.js';
import { decodeText, encodeText, encodingOf, unitOf } from './text.js';

const USUAL = 64 * 1024;
const LARGE = 16 * 1024 * 1024;
/** The longest Buffer that every Node line can make. */
const MOST = 0x7fffffff;
/** Frames up to this size are copied out, so that a short one does not keep the memory of a long transfer alive. */
const COPY = 1024;

export const codecs: Codecs = Object.freeze({ lengthPrefixed, lines, delimited, fixed });

function lengthPrefixed(type: NumType = 'u32', o: { max?: number } = {}): Codec<Buffer, Uint8Array> {
  const form = formOf(type);
  const most = lengthLimit(type);
  if (most === null) throw invalidValue('type', 'must be an integer', type);
  const max = Math.min(maxOf(o, LARGE), most);
  const { size } = form;
  return Object.freeze({
    maxFrame: size + max,
    encode(value: Uint8Array) {
      checkFrame(value, max);
      const prefix = Buffer.allocUnsafe(size);
      form.write(prefix, size === 8 ? BigInt(value.length) : value.length);
      return [prefix, value];
    },
    decode(buffer: Buffer) {
      if (buffer.length < size) return null;
      // Beyond 2^53 the number is not exact, and far beyond every limit.
      const length = Number(form.read(buffer, 0));
      if (length < 0) throw refusal('ERR_FRAME', 'read', `the length of a frame is ${length}`);
      if (length > max) throw limitError(`a frame of ${length} bytes is not`, max);
      const used = size + length;
      return buffer.length < used ? null : { value: piece(buffer, size, used), used };
    },
  });
}

function lines(o: { max?: number; encoding?: string; eol?: '\n' | '\r\n' } = {}): Codec<string> {
  const max = maxOf(o, USUAL);
  const encoding = encodingOf('encoding', o.encoding ?? 'utf-8');
  const eol = o.eol ?? '\n';
  if (eol !== '\n' && eol !== '\r\n') throw invalidValue('eol', "must be '\\n' or '\\r\\n'", eol);
  const unit = unitOf(encoding);
  const lf = encodeText('', '\n', encoding);
  const cr = encodeText('', '\r', encoding);
  return Object.freeze({
    maxFrame: max + 2 * unit,
    encode(text: string) {
      if (typeof text !== 'string') throw invalidType('value', 'a string', hidden(text));
      // As writeLine: who supplied it could send lines of their own.
      if (/[\r\n]/.test(text)) throw invalidValue('value', 'must not contain CR or LF', hidden(text));
      const bytes = encodeText('value', text + eol, encoding);
      if (bytes.length - eol.length * unit > max)
        throw outOfRange('value', `a line of at most ${max} bytes`, hidden(text));
      return bytes;
    },
    decode(buffer: Buffer, seen = 0) {
      let at = buffer.indexOf(lf, seen - (seen % unit));
      while (at >= 0 && at % unit !== 0) at = buffer.indexOf(lf, at + 1);
      if (at < 0) return null;
      const end = at >= unit && cr.compare(buffer, at - unit, at) === 0 ? at - unit : at;
      if (end > max) throw limitError('no end of line', max);
      return { value: decodeText(buffer.subarray(0, end), encoding), used: at + unit };
    },
  });
}

function delimited(delimiter: Uint8Array | string, o: { max?: number } = {}): Codec<Buffer, Uint8Array> {
  const max = maxOf(o, USUAL);
  const mark = markOf(delimiter);
  return Object.freeze({
    maxFrame: max + mark.length,
    encode(value: Uint8Array) {
      checkFrame(value, max);
      // Its end and the beginning of the mark may look like a mark: 'a' before 'aa'.
      const tail = value.subarray(Math.max(0, value.length - mark.length + 1));
      if (bufferOf(value).includes(mark) || Buffer.concat([tail, mark]).indexOf(mark) !== tail.length)
        throw invalidValue('value', 'must not contain the delimiter', value);
      return [value, mark];
    },
    decode(buffer: Buffer, seen = 0) {
      const at = buffer.indexOf(mark, Math.max(0, seen - mark.length + 1));
      if (at < 0) return null;
      if (at > max) throw limitError('no delimiter', max);
      return { value: piece(buffer, 0, at), used: at + mark.length };
    },
  });
}

function fixed(size: number): Codec<Buffer, Uint8Array> {
  wholeNumber('size', size, 1, MOST);
  return Object.freeze({
    maxFrame: size,
    encode(value: Uint8Array) {
      checkFrame(value, MOST);
      if (value.length !== size) throw outOfRange('value', `${size} bytes`, value.length);
      return value;
    },
    decode: (buffer: Buffer) => (buffer.length < size ? null : { value: piece(buffer, 0, size), used: size }),
  });
}

function maxOf(o: { max?: number }, usual: number): number {
  if (typeof o !== 'object' || o === null) throw invalidType('options', 'an object', o);
  return o.max === undefined ? usual : wholeNumber('max', o.max, 1, MOST);
}

/** A copy: the caller may go on using its memory. */
function markOf(delimiter: unknown): Buffer {
  if (typeof delimiter !== 'string' && !(delimiter instanceof Uint8Array))
    throw invalidType('delimiter', 'a string or Uint8Array', delimiter);
  const mark = typeof delimiter === 'string' ? encodeText('delimiter', delimiter, 'utf-8') : Buffer.from(delimiter);
  if (mark.length === 0) throw invalidValue('delimiter', 'must not be empty', delimiter);
  return mark;
}

function checkFrame(value: unknown, max: number): asserts value is Uint8Array {
  if (!(value instanceof Uint8Array)) throw invalidType('value', 'a Uint8Array', hidden(value));
  if (value.length > max) throw outOfRange('value', `at most ${max} bytes long`, value.length);
}

function piece(buffer: Buffer, start: number, end: number): Buffer {
  const part = buffer.subarray(start, end);
  return end - start <= COPY ? Buffer.from(part) : part;
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
