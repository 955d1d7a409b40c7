// Owns the making of an HttpHead, which the parser fills as it reads, and the writer describes what it sends with.

import type { HttpHead } from '../../contract/http.js';

export function requestHead(version: string, method: string, path: string): HttpHead {
  return { version, headers: noHeaders(), raw: [], method, path };
}

export function responseHead(version: string, status: number, reason: string): HttpHead {
  return { version, headers: noHeaders(), raw: [], status, reason };
}

/** Adds a header line: values of the same name are kept in order. */
export function addHeader({ headers, raw }: HttpHead, name: string, value: string): void {
  raw.push([name, value]);
  const key = name.toLowerCase();
  const before = headers[key];
  if (before === undefined) headers[key] = value;
  else if (typeof before === 'string') headers[key] = [before, value];
  else before.push(value);
}

/** Without a prototype: a header may have the name of a method of objects. */
function noHeaders(): HttpHead['headers'] {
  return Object.create(null) as HttpHead['headers'];
}
