// Owns the way from bytes to an HTTP/1 head: a line at a time, over a window that grows. It must not know where the bytes
// come from. Every byte is looked at once, and the verdict is the same in every segmentation.
//
// RFC 9112 lets a recipient be lenient in many places. It is here where nobody is harmed: LF alone ends a line (§2.2), empty
// lines before the first line are skipped (§2.2), a reason phrase may be missing. Where two recipients could
// understand different messages, leniency is how requests are smuggled past the one by the other, and there it is an error.

import type { HttpHead } from '../../contract/http.js';
import { limitError, refusal } from '../../error/make.js';
import { codingFault, lengthOf } from './framing.js';
import { addHeader, requestHead, responseHead } from './head.js';
import { isTarget, isText, isToken, isVersion, trimmed } from './syntax.js';

const LF = 0x0a;
const CR = 0x0d;
/** The first byte of a TLS record with a handshake in it (RFC 8446 §5.1). */
const TLS_HANDSHAKE = 0x16;
const REQUEST_LINE = /^([^ ]+) ([^ ]+) HTTP\/(\d\.\d)$/;
const STATUS_LINE = /^HTTP\/(\d\.\d) (\d{3})(?: (.*))?$/s;

export class HeadParser {
  readonly #max: number;
  readonly #maxHeaders: number;
  /** Null until the first line was read. */
  #head: HttpHead | null = null;
  /** Where the line begins that is not complete yet, and how far no LF was found. */
  #at = 0;
  #seen = 0;
  #line = 0;

  constructor(max: number, maxHeaders: number) {
    this.#max = max;
    this.#maxHeaders = maxHeaders;
  }

  /** How many bytes the head has, with the empty line behind it, once `next` has returned it. */
  get used(): number {
    return this.#at;
  }

  /** Call it with the same bytes and more behind them until it returns the head. Throws when there will be none. */
  next(window: Buffer): HttpHead | null {
    if (this.#line === 0 && window.length > 0) checkFirst(window);
    for (;;) {
      const lf = window.indexOf(LF, this.#seen);
      if (lf >= this.#max || (lf < 0 && window.length >= this.#max))
        throw limitError('no end of the HTTP head', this.#max);
      if (lf < 0) {
        this.#seen = window.length;
        return null;
      }
      const head = this.#take(window, lf);
      if (head !== null) return head;
    }
  }

  /** The stream has ended behind these bytes: null when no head had begun. */
  end(window: Buffer): null {
    if (this.#head === null && this.#at === window.length) return null;
    const why = `the stream ended after ${window.length} bytes, in the middle of the head`;
    throw malformed(window, window.length, why);
  }

  #take(window: Buffer, lf: number): HttpHead | null {
    const start = this.#at;
    this.#at = this.#seen = lf + 1;
    this.#line++;
    const text = window.toString('latin1', start, lf > start && window[lf - 1] === CR ? lf - 1 : lf);
    const head = this.#head;
    let why: string | null = null;
    if (head === null) {
      if (text === '') return null;
      const first = startLine(text);
      if (typeof first === 'string') why = first;
      else this.#head = first;
    } else if (text === '') {
      why = framing(head);
      if (why === null) return head;
    } else if (head.raw.length === this.#maxHeaders) {
      throw limitError('no end of the HTTP head', this.#maxHeaders, 'headers', 'maxHeaders');
    } else {
      why = header(head, text);
    }
    if (why !== null) throw malformed(window, this.#at, `line ${this.#line} ${why}`);
    return null;
  }
}

/** What a first line says, or what is wrong with it. */
function startLine(text: string): HttpHead | string {
  const bad = foreign(text);
  if (bad !== null) return bad;
  const isResponse = text.startsWith('HTTP/');
  const found = (isResponse ? STATUS_LINE : REQUEST_LINE).exec(text);
  if (found === null) return `is not "${isResponse ? 'HTTP/1.x status reason' : 'method target HTTP/1.x'}"`;
  if (isResponse) {
    const [, version, digits, reason = ''] = found;
    const status = Number(digits);
    if (!isVersion(version!)) return 'has a version other than 1.0 and 1.1';
    if (status < 100) return 'has a status below 100';
    return isText(reason) ? responseHead(version!, status, reason) : CONTROL;
  }
  const [, method, path, version] = found;
  if (!isVersion(version!)) return 'has a version other than 1.0 and 1.1';
  if (!isToken(method!)) return 'has a method that is no token';
  if (!isTarget(method!, path!)) return 'has a target of none of the four forms';
  return requestHead(version!, method!, path!);
}

/** Adds what a header line says; what is wrong with it, or null. */
function header(head: HttpHead, text: string): string | null {
  // RFC 9112 §5.2 and §2.2: a continued line, or white space before the first header.
  if (text.startsWith(' ') || text.startsWith('\t')) return 'begins with white space';
  const bad = foreign(text);
  if (bad !== null) return bad;
  const colon = text.indexOf(':');
  if (colon < 0) return 'has no colon';
  const name = text.slice(0, colon);
  if (!isToken(name)) return /[ \t]$/.test(name) ? 'has white space before the colon' : 'has a name that is no token';
  const value = trimmed(text, colon + 1);
  if (!isText(value)) return CONTROL;
  addHeader(head, name, value);
  return null;
}

const CONTROL = 'has a control character';

/** The characters that other recipients may take for the end of something. */
function foreign(text: string): string | null {
  if (text.includes('\r')) return 'has a CR without LF';
  return text.includes('\0') ? 'has a NUL' : null;
}

/**
 * What is wrong with the way the head says how long its body is. That is settled here, because nobody can say where
 * the next message begins if it is wrong (RFC 9112 §6.3). Null when nothing is.
 */
function framing({ headers, method }: HttpHead): string | null {
  const length = headers['content-length'];
  const coding = headers['transfer-encoding'];
  if (length !== undefined) {
    // §6.3 lets a recipient reject both of them together, and equal lengths that are repeated.
    if (coding !== undefined) return 'ends a head with Content-Length and Transfer-Encoding';
    if (typeof length !== 'string') return 'ends a head with several Content-Lengths';
    if (lengthOf(length) < 0) return 'ends a head with a Content-Length that is no number';
  }
  const fault = coding === undefined ? null : codingFault(String(coding), method !== undefined);
  return fault === null ? null : `ends a head with ${fault}`;
}

/** What cannot begin a head is known from its first byte: a peer that speaks something else may wait for us now. */
function checkFirst(window: Buffer): void {
  const first = window[0]!;
  if (first === CR || first === LF || isToken(String.fromCharCode(first))) return;
  const hex = `0x${first.toString(16).padStart(2, '0')}`;
  const what = first === TLS_HANDSHAKE ? 'a handshake of TLS' : 'no HTTP head';
  throw malformed(window, 1, `the first byte, ${hex}, begins ${what}`);
}

/** The bytes up to `end` come along. */
function malformed(window: Buffer, end: number, why: string): Error {
  return refusal('ERR_HTTP_HEAD', 'read', why, {
    partial: Buffer.from(window.subarray(0, end)),
    hint: 'Nothing was consumed. Where the next message begins cannot be known: answer with 400 if it was a request, and close.',
  });
}
