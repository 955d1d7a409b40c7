// Owns the way from a request or a response to bytes: it checks everything, so that nobody's text can end a line of ours,
// and settles how the other side is told the length of the body. It must not know where the bytes go.

import type { HttpHead, HttpHeaders, HttpRequest, HttpResponse } from '../../contract/http.js';
import { hidden, invalidType, invalidValue, wholeNumber } from '../../error/invalid.js';
import { toBytes } from '../bytes.js';
import type { Encoding } from '../text.js';
import { codingFault, lengthOf } from './framing.js';
import { requestHead, responseHead } from './head.js';
import { reasonOf } from './reasons.js';
import { isTarget, isText, isToken, isVersion } from './syntax.js';

/** Up to this size a body is copied behind its head, which costs less than a second piece and goes out as one TLS record. */
const TOGETHER = 16 * 1024;
/** RFC 9110 §8.6: methods whose requests say that they have no content. */
const WITH_CONTENT: readonly string[] = ['POST', 'PUT', 'PATCH'];

/** A message that can be sent. */
export interface OutgoingHttp {
  /** Without its headers. */
  readonly head: HttpHead;
  readonly lines: readonly [string, string][];
  readonly body: Uint8Array | null;
}

export function outgoingRequest(r: HttpRequest, encoding: Encoding): OutgoingHttp {
  checkObject('request', r);
  const { method, path } = r;
  if (typeof method !== 'string') throw invalidType('method', 'a string', method);
  if (!isToken(method)) throw invalidValue('method', 'must be a token of RFC 9110, such as GET', method);
  if (typeof path !== 'string') throw invalidType('path', 'a string', path);
  if (!isTarget(method, path)) {
    const forms = method === 'CONNECT' ? 'host:port' : 'a path that begins with "/", a URL, or "*"';
    throw invalidValue('path', `must be ${forms}, in visible ASCII characters`, hidden(path));
  }
  const version = versionOf(r.version);
  const body = r.body === undefined ? null : toBytes('body', r.body, encoding);
  const lines = linesOf(r.headers);
  const saysLength = checkLength(lines, body, r.headers, true) !== null;
  if (!saysLength && (body !== null || WITH_CONTENT.includes(method))) addLength(lines, body);
  return { head: requestHead(version, method, path), lines, body };
}

export function outgoingResponse(r: HttpResponse, encoding: Encoding): OutgoingHttp {
  checkObject('response', r);
  const status = wholeNumber('status', r.status, 100, 599);
  const reason = r.reason === undefined ? reasonOf(status) : r.reason;
  if (typeof reason !== 'string') throw invalidType('reason', 'a string', reason);
  if (!isText(reason)) throw invalidValue('reason', `must ${NO_CONTROL}`, reason);
  const version = versionOf(r.version);
  const body = r.body === undefined ? null : toBytes('body', r.body, encoding);
  const lines = linesOf(r.headers);
  const length = checkLength(lines, body, r.headers, false);
  if (status < 200 || status === 204 || status === 304) {
    if (body !== null && body.length > 0)
      throw invalidValue('body', `must be empty with status ${status}`, hidden(r.body));
    // RFC 9110 §8.6, RFC 9112 §6.1. A 304 may say what the length would have been.
    if (length === 'said' && status !== 304)
      throw invalidValue('headers', 'must not announce a body with this status', status);
  } else if (length === null && (body !== null || !endsWithConnection(version, lines))) {
    addLength(lines, body);
  }
  return { head: responseHead(version, status, reason), lines, body };
}

/** The bytes, in one piece or two. */
export function httpPieces({ head, lines, body }: OutgoingHttp): Uint8Array[] {
  let text = `${firstLine(head)}\r\n`;
  for (const [name, value] of lines) text += `${name}: ${value}\r\n`;
  text += '\r\n';
  if (body === null || body.length === 0) return [Buffer.from(text, 'latin1')];
  if (body.length > TOGETHER) return [Buffer.from(text, 'latin1'), body];
  const bytes = Buffer.allocUnsafe(text.length + body.length);
  bytes.write(text, 'latin1');
  bytes.set(body, text.length);
  return [bytes];
}

function firstLine({ version, method, path, status, reason }: HttpHead): string {
  return status === undefined ? `${method!} ${path!} HTTP/${version}` : `HTTP/${version} ${status} ${reason!}`;
}

/** The lines of the headers, checked. */
function linesOf(headers: HttpHeaders | undefined): [string, string][] {
  const lines: [string, string][] = [];
  if (headers === undefined) return lines;
  if (Array.isArray(headers)) {
    for (const [i, pair] of (headers as readonly unknown[]).entries()) {
      if (!Array.isArray(pair) || pair.length !== 2)
        throw invalidType(`headers[${i}]`, 'an array of a name and a value', pair);
      addLine(lines, pair[0], pair[1]);
    }
    return lines;
  }
  // A Map, or Headers of fetch, would look like an object without headers.
  if (typeof headers !== 'object' || headers === null || Symbol.iterator in headers)
    throw invalidType('headers', 'an object or an array of [name, value] pairs', hidden(headers));
  for (const [name, value] of Object.entries(headers)) {
    if (!Array.isArray(value)) addLine(lines, name, value);
    else for (const one of value) addLine(lines, name, one);
  }
  return lines;
}

function addLine(lines: [string, string][], name: unknown, value: unknown): void {
  if (typeof name !== 'string') throw invalidType('headers', 'made of names that are strings', name);
  if (!isToken(name)) throw invalidValue('headers', 'must have names that are tokens of RFC 9110', name);
  const isPlain = typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
  if (!isPlain)
    throw invalidType(`headers.${name}`, 'a string, a finite number, a boolean or an array of strings', hidden(value));
  const text = String(value);
  if (!isText(text)) throw invalidValue(`headers.${name}`, `must ${NO_CONTROL}`, hidden(value));
  lines.push([name, text]);
}

const NO_CONTROL = 'not contain CR, LF, NUL, other control characters, or characters above U+00FF';

/** What the headers say of the body's length: null is nothing. They must not contradict themselves, or the body. */
function checkLength(
  lines: readonly [string, string][],
  body: Uint8Array | null,
  headers: HttpHeaders | undefined,
  isRequest: boolean,
): 'said' | 'left out' | null {
  const lengths = valuesOf(lines, 'content-length');
  const codings = valuesOf(lines, 'transfer-encoding');
  if (codings.length > 0) {
    // RFC 9112 §6.2.
    if (lengths.length > 0)
      throw invalidValue('headers', 'must not have Content-Length and Transfer-Encoding', lengths[0]);
    const fault = codingFault(codings.join(), isRequest);
    if (fault !== null) throw invalidValue('headers', `must not have ${fault}`, codings);
    return 'said';
  }
  if (lengths.length === 0) {
    if (!isLeftOut(headers)) return null;
    if (body !== null && body.length > 0)
      throw invalidValue('headers.Content-Length', 'must not be left out before a body', []);
    return 'left out';
  }
  if (lengths.length > 1) throw invalidValue('headers', 'must not have Content-Length twice', lengths);
  const length = lengthOf(lengths[0]!);
  if (length < 0) throw invalidValue('headers.Content-Length', 'must be a number of bytes', lengths[0]);
  if (body !== null && length !== body.length)
    throw invalidValue('headers.Content-Length', `must be the length of the body, ${body.length} bytes`, length);
  return 'said';
}

/** Content-Length is there, with no values: the caller wants none. */
function isLeftOut(headers: HttpHeaders = {}): boolean {
  if (Array.isArray(headers)) return false;
  return Object.keys(headers).some((name) => name.toLowerCase() === 'content-length');
}

function addLength(lines: [string, string][], body: Uint8Array | null): void {
  lines.push(['Content-Length', String(body?.length ?? 0)]);
}

/** Whether the end of the connection ends the body, so that there may be one that is written later (RFC 9112 §6.3, §9.3). */
function endsWithConnection(version: string, lines: readonly [string, string][]): boolean {
  return (
    version === '1.0' || valuesOf(lines, 'connection').some((value) => /(?:^|,)[ \t]*close[ \t]*(?:,|$)/i.test(value))
  );
}

function valuesOf(lines: readonly [string, string][], name: string): string[] {
  const values: string[] = [];
  for (const line of lines) if (line[0].toLowerCase() === name) values.push(line[1]);
  return values;
}

function versionOf(version: unknown): string {
  if (version === undefined) return '1.1';
  if (typeof version !== 'string') throw invalidType('version', 'a string', version);
  if (!isVersion(version)) throw invalidValue('version', "must be '1.1' or '1.0'", version);
  return version;
}

function checkObject(argument: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) throw invalidType(argument, 'an object', value);
}
