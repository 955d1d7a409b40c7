// Owns the reading and sending of HTTP by a Socket.

import { SocketError } from '../../error/socket-error.js';
import { strerror } from '../../error/strerror.js';
import type { Conn } from '../../sync/index.js';
import { data, limitOf, softInt, text, within, type SoftInt, type Timeout } from './argument.js';
import { EVENT_HTTP_MESSAGE_RECEIVED, EVENT_HTTP_SEND_MESSAGE } from './constants.js';
import { errno, QoreException } from './exception.js';
import { remoteClosed, writeFailure } from './failure.js';
import type { HttpHash } from './http-hash.js';
import { hashOf, linesOf, type HttpHeaders } from './http-message.js';
import { NumberSocket } from './socket-numbers.js';
import { receiving, watchSent } from './transfer.js';

/** The longest header that is read, as in Qore. */
const HEADER = 16_384;

export class HttpSocket extends NumberSocket {
  /**
   * Sends a request. The length of a body that is not empty is said by itself. An empty path is `/`.
   *
   * @throws QoreException `SOCKET-NOT-OPEN`; `SOCKET-SEND-ERROR`, also for anything that could end a line or a header where it stands: nothing
   * is sent then; `ENCODING-CONVERSION-ERROR`, `SOCKET-SSL-ERROR`
   */
  sendHTTPMessage(
    method: string,
    path: string,
    http_version: string,
    headers: HttpHeaders,
    body: string | Uint8Array = '',
  ): null {
    const verb = text('sendHTTPMessage', 'the method', method);
    const target = targetOf(verb, text('sendHTTPMessage', 'the path', path));
    const version = text('sendHTTPMessage', 'the version', http_version);
    const content = data('sendHTTPMessage', body);
    const lines = linesOf('sendHTTPMessage', headers, content.length > 0);
    this.#send('sendHTTPMessage', `${verb} ${target} HTTP/${version}`, headers, (conn) =>
      conn.writeHttpRequest({ method: verb, path: target, version, headers: lines, ...bodyOf(content) }),
    );
    return null;
  }

  /**
   * Sends a response.
   * @throws QoreException `SOCKET-SENDHTTPRESPONSE-STATUS-ERROR` for a code that is not from 100 to 599; as sendHTTPMessage
   */
  sendHTTPResponse(
    status_code: SoftInt,
    desc: string,
    http_version: string,
    headers: HttpHeaders,
    body: string | Uint8Array = '',
  ): null {
    const status = Number(softInt('sendHTTPResponse', 'the status code', status_code));
    if (status < 100 || status > 599)
      throw new QoreException(
        'SOCKET-SENDHTTPRESPONSE-STATUS-ERROR',
        `the status code must be from 100 to 599, and is ${status}`,
        status_code,
      );
    const reason = text('sendHTTPResponse', 'the description', desc);
    const version = text('sendHTTPResponse', 'the version', http_version);
    const content = data('sendHTTPResponse', body);
    const lines = linesOf('sendHTTPResponse', headers, content.length > 0);
    this.#send('sendHTTPResponse', `HTTP/${version} ${status} ${reason}`, headers, (conn) =>
      conn.writeHttpResponse({ status, reason, version, headers: lines, ...bodyOf(content) }),
    );
    return null;
  }

  /**
   * Reads the header of a request or a response, to the empty line: a hash. The body is read with recv. What is no header of HTTP is
   * returned as text, as far as it was looked at.
   *
   * @throws QoreException `SOCKET-NOT-OPEN`; `SOCKET-CLOSED`, where what had come can still be read and is `arg`; `SOCKET-TIMEOUT`,
   * `SOCKET-RECV-ERROR`, `SOCKET-SSL-ERROR`; `SOCKET-HTTP-ERROR` for a header of more than 16,384 bytes
   */
  readHTTPHeader(timeout_ms: Timeout = -1): HttpHash | string {
    const ms = limitOf('readHTTPHeader', timeout_ms);
    const header = receiving(this.link, 'readHTTPHeader', ms, (conn) => ({
      value: headerOf(conn, ms),
      length: NaN,
    }));
    if (typeof header !== 'string') this.link.post({ event: EVENT_HTTP_MESSAGE_RECEIVED, headers: header });
    return header;
  }

  #send(method: string, message: string, headers: HttpHeaders, write: (conn: Conn<'sync'>) => void): void {
    const { link } = this;
    const conn = link.connected(method);
    let announced = false;
    // Before the bytes, and not at all for a message that is refused.
    const off = watchSent(link, conn, () => {
      if (!announced) link.post({ event: EVENT_HTTP_SEND_MESSAGE, message, headers });
      announced = true;
    });
    try {
      conn.encoding = link.charset;
      write(conn);
    } catch (error) {
      if (isRefusal(error)) throw new QoreException('SOCKET-SEND-ERROR', error.message, null, error);
      const failure = writeFailure(link, method, error);
      throw (
        failure ??
        new QoreException(
          'SOCKET-SEND-ERROR',
          `error while executing Socket::${method}(): ${strerror(errno())}`,
          null,
          error,
        )
      );
    } finally {
      off();
    }
  }
}

/** A path without a slash in front gets one, unless it is of another form that a request may have (RFC 9112 §3.2). */
function targetOf(method: string, path: string): string {
  return path.startsWith('/') || path === '*' || path.includes('://') || method === 'CONNECT' ? path : `/${path}`;
}

function bodyOf(content: string | Uint8Array): { body?: string | Uint8Array } {
  return content.length === 0 ? {} : { body: content };
}

function headerOf(conn: Conn<'sync'>, ms: number | null): HttpHash | string {
  try {
    const head = conn.readHttpHead({ ...within(ms), max: HEADER, maxHeaders: HEADER });
    if (head === null) throw remoteClosed('readHTTPHeader');
    return hashOf(head);
  } catch (error) {
    if (!(error instanceof SocketError)) throw error;
    if (error.code === 'ERR_LIMIT')
      throw new QoreException('SOCKET-HTTP-ERROR', `header size cannot exceed ${HEADER} bytes`, null, error);
    if (error.code !== 'ERR_HTTP_HEAD') throw error;
    const { partial } = error;
    if (partial === undefined || error.message.includes('the stream ended'))
      throw remoteClosed('readHTTPHeader', partial ?? null, error);
    return conn.readExact(partial.length).toString('latin1');
  }
}

/** An argument that HTTP does not allow where it stands. */
function isRefusal(error: unknown): error is Error {
  return (error instanceof TypeError || error instanceof RangeError) && !error.message.includes('"encoding"');
}
