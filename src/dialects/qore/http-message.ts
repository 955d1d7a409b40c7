// Owns the hashes of HTTP: from what was read to the hash that Qore programs look at, and from their headers to those that the
// library writes.

import type { HttpHead } from '../../sync/index.js';
import { wrongType } from './exception.js';
import type { HttpHash } from './http-hash.js';

/** What a header may be. What is none of these is left out. */
export type HttpValue = string | number | bigint | boolean | null | undefined;

/** Headers to send, by name. A list is a line for each of its values. */
export type HttpHeaders = Readonly<Record<string, HttpValue | readonly HttpValue[]>>;

/** What the first line says; no field of the header may pass for it. */
const special = ['http_version', 'status_code', 'status_message', 'method', 'path'];

export function hashOf(head: HttpHead): HttpHash {
  const fields = Object.entries(head.headers).filter(([name]) => !special.includes(name));
  return {
    http_version: head.version,
    ...(head.status === undefined ? {} : { status_code: head.status }),
    ...(head.reason === undefined || head.reason === '' ? {} : { status_message: head.reason }),
    ...(head.method === undefined ? {} : { method: head.method }),
    ...(head.path === undefined ? {} : { path: head.path }),
    // Defines each of them, whatever it is called.
    ...Object.fromEntries(fields),
  };
}

/** The lines of headers. The length of a body is the library's to say. */
export function linesOf(method: string, headers: HttpHeaders, hasBody: boolean): [string, string][] {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers))
    throw wrongType(method, 'the headers', 'a hash', headers);
  return Object.entries(headers)
    .filter(([name]) => !hasBody || name.toLowerCase() !== 'content-length')
    .flatMap(([name, value]) =>
      (Array.isArray(value) ? (value as readonly HttpValue[]) : [value as HttpValue])
        .map(textOf)
        .filter((text) => text !== null)
        .map((text): [string, string] => [name, text]),
    );
}

/** As Qore writes it: a fraction with six digits, a truth as 1 or 0. */
function textOf(value: HttpValue): string | null {
  switch (typeof value) {
    case 'string':
      return value;
    case 'bigint':
      return String(value);
    case 'boolean':
      return value ? '1' : '0';
    case 'number':
      return Number.isSafeInteger(value) ? String(value) : value.toFixed(6);
    default:
      return null;
  }
}
