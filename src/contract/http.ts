// HTTP/1 heads: what readHttpHead gives, and what writeHttpRequest and writeHttpResponse take. Bodies are ordinary bytes of the connection.

import type { Data } from './mode.js';

/** A head that was read: of a request (`method`, `path`) or of a response (`status`, `reason`). */
export interface HttpHead {
  /** `'1.0'` or `'1.1'`. */
  version: string;
  /**
   * By name in lower case, without a prototype, so that a header may be called `constructor` or `__proto__`. A header that came
   * once is a string, one that came several times an array in the order of arrival. One character is one byte (latin1).
   */
  headers: Record<string, string | string[]>;
  /** Every header line as `[name, value]`, in the order and case of arrival. */
  raw: [string, string][];
  /** Of a request, as it came: methods are case-sensitive. */
  method?: string;
  /** Of a request: the target as it came, in one of the four forms of RFC 9112 §3.2: `/p?q`, `http://host/p`, `host:443` (CONNECT), `*`. */
  path?: string;
  /** Of a response: 100 to 999. RFC 9110 §15 has those above 599 treated as 500. */
  status?: number;
  /** Of a response; `''` when there was none. */
  reason?: string;
}

/** Headers to write, in this order and case. An array of values is a line each; numbers and booleans are written as `String` has them. */
export type HttpHeaders =
  Record<string, string | number | boolean | readonly string[]> | readonly (readonly [string, string])[];

/** A request to write. */
export interface HttpRequest {
  /** A token of RFC 9110 §9.1, written as it is: `'GET'`. */
  method: string;
  /** In one of the four forms of RFC 9112 §3.2, in ASCII: other characters must be percent-encoded. */
  path: string;
  /** `'1.1'` unless told, or `'1.0'`. */
  version?: string;
  headers?: HttpHeaders;
  /** Text goes out in the encoding of the connection. */
  body?: Data;
}

/** A response to write. */
export interface HttpResponse {
  /** 100 to 599 (RFC 9110 §15). */
  status: number;
  /** The phrase of RFC 9110 for the status unless told; `''` for a status that has none. */
  reason?: string;
  /** `'1.1'` unless told, or `'1.0'`. */
  version?: string;
  headers?: HttpHeaders;
  /** Text goes out in the encoding of the connection. */
  body?: Data;
}
