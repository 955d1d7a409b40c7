// Owns the way from what callers of a connection's methods pass to the operations of core: arguments are checked here, before
// any system call. Functions of the module and not closures, because the loops are handed one of them in every call.

import type { NumType } from '../contract/codec.js';
import type { Data, Op } from '../contract/mode.js';
import { toBytes, toPieces } from '../codec/bytes.js';
import { outgoingRequest, outgoingResponse } from '../codec/http/head-writer.js';
import type { HttpRequest, HttpResponse } from '../contract/http.js';
import { ReadHttpHead, writeHttp } from '../core/http.js';
import { formOf, numberBytes } from '../codec/number.js';
import { characterLength } from '../codec/text.js';
import type { Attempt } from '../core/attempt.js';
import { Peek, PIECE, ReadAll, ReadExact, ReadInto, ReadLine, ReadPiece, ReadUntil } from '../core/reading.js';
import { ReadText } from '../core/read-text.js';
import type { SendAll } from '../core/send.js';
import type { Stream } from '../core/stream.js';
import { write, writeQuietly } from '../core/writing.js';
import { hidden, invalidType, invalidValue, wholeNumber } from '../error/invalid.js';
import { checkBytes } from './check.js';

const LINE = 64 * 1024;
const HEAD = 64 * 1024;
const HEADERS = 100;
const ALL = 16 * 1024 * 1024;
/** The longest Buffer that every Node line can make. */
const MOST = 0x7fffffff;

export type Until = Op & { max?: number; keep?: boolean };
export type Max = Op & { max?: number };
export type HeadLimits = Max & { maxHeaders?: number };

export function readPiece(stream: Stream, max: number | undefined): ReadPiece {
  return new ReadPiece(stream, max === undefined ? PIECE : wholeNumber('max', max, 1));
}

export function readInto(stream: Stream, buffer: Uint8Array): ReadInto {
  checkBytes('buffer', buffer);
  return new ReadInto(stream, buffer);
}

export function readExact(stream: Stream, n: number): ReadExact {
  return new ReadExact(stream, wholeNumber('n', n, 0, MOST));
}

export function readUntil(stream: Stream, delimiter: Data | Data[], o: Until | undefined): ReadUntil {
  const given = Array.isArray(delimiter) ? delimiter : [delimiter];
  const delimiters = given.map((one) => Buffer.from(toBytes('delimiter', one, stream.encoding)));
  // Text is not found in the middle of a character; bytes are found anywhere.
  const length = characterLength(stream.encoding);
  const lengths = length === undefined ? [] : given.map((one) => (typeof one === 'string' ? length : undefined));
  if (delimiters.length === 0 || delimiters.some((one) => one.length === 0))
    throw invalidValue('delimiter', 'must not be empty', delimiter);
  return new ReadUntil(stream, delimiters, lengths, maxOf(o, LINE), o?.keep ?? true);
}

export function readLine(stream: Stream, o: Max | undefined): ReadLine {
  return new ReadLine(stream, maxOf(o, LINE));
}

/** The bytes of a number. */
export function readNumber(stream: Stream, type: NumType): ReadExact {
  return new ReadExact(stream, formOf(type).size);
}

export function readText(stream: Stream, bytes: number | undefined): ReadText {
  return new ReadText(stream, bytes === undefined ? PIECE : wholeNumber('bytes', bytes, 1, MOST));
}

export function readAll(stream: Stream, o: Max | undefined): ReadAll {
  return new ReadAll(stream, maxOf(o, ALL));
}

export function peek(stream: Stream, n: number): Peek {
  return new Peek(stream, wholeNumber('n', n, 0, MOST));
}

export function readHttpHead(stream: Stream, o: HeadLimits | undefined): ReadHttpHead {
  const max = maxOf(o, HEAD);
  // Who allows a larger head expects more headers.
  const usual = max > HEAD ? MOST : HEADERS;
  return new ReadHttpHead(
    stream,
    max,
    o?.maxHeaders === undefined ? usual : wholeNumber('maxHeaders', o.maxHeaders, 0, MOST),
  );
}

export function writeHttpRequest(stream: Stream, request: HttpRequest): SendAll {
  return writeHttp(stream, outgoingRequest(request, stream.encoding));
}

export function writeHttpResponse(stream: Stream, response: HttpResponse): SendAll {
  return writeHttp(stream, outgoingResponse(response, stream.encoding));
}

export function writeData(stream: Stream, data: Data | Data[]): SendAll {
  return write(stream, toPieces('data', data, stream.encoding));
}

export function writeNum(stream: Stream, type: NumType, value: number | bigint): Attempt<void> {
  return writeQuietly(stream, [numberBytes(type, value)]);
}

export function writeLine(stream: Stream, text: string, o: { eol?: string } | undefined): SendAll {
  if (typeof text !== 'string') throw invalidType('text', 'a string', hidden(text));
  const eol = o?.eol ?? '\r\n';
  if (typeof eol !== 'string') throw invalidType('eol', 'a string', eol);
  // A line end inside the text would let whoever supplied it send lines of their own.
  if (/[\r\n]/.test(text)) throw invalidValue('text', 'must not contain CR or LF', hidden(text));
  return write(stream, toPieces('text', text + eol, stream.encoding));
}

function maxOf(o: { max?: number } | undefined, usual: number): number {
  return o?.max === undefined ? usual : wholeNumber('max', o.max, 1, MOST);
}
