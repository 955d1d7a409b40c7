// Owns the functions that take or make a socket. Each is a check of its arguments, one call of the library, and the form of its
// answer; how it is made, and in which colour, is perform's.

import { constants as limits } from 'node:buffer';
import type { Conn } from '../../contract/conn.js';
import type { Mode } from '../../contract/mode.js';
import { hidden, invalidType, invalidValue, wholeNumber } from '../../error/invalid.js';
import { options as tokens } from '../../sync/index.js';
import { bytesOfText, NO_BYTE_STRING, textOfBytes } from '../byte-string.js';
import type { Callback, Closed, Data, Failure, Ok, Options, Sent, SocketHandle } from './answers.js';
import { checkOptions, clientTls, serverTls } from './options.js';
import { perform } from './perform.js';
import { placeOf } from './place.js';
import { enter, facts, find, forget, type Entry } from './table.js';

/** The longest line that `recvLine` takes, in bytes; the original has no bound, and so its memory has none. */
const LONGEST_LINE = 16 << 20;

const CLOSED: Closed = Object.freeze({ type: 'closed' });

/**
 * Connects to `host:port`, `[::1]:port` or `:port` (this machine); the port may be a service's name. With `tls: true` the handshake is made,
 * too, and the certificate must be valid for `serverName`, or for the host.
 */
export function connect(address: string, options?: Options | null): Ok | Failure;
export function connect(address: string, callback: Callback<Ok | Failure>): null;
export function connect(address: string, options: Options | null | undefined, callback: Callback<Ok | Failure>): null;
export function connect(...given: unknown[]): unknown {
  return perform('Could not connect socket', given, ([address, more]) => {
    const text = checkText('address', address);
    const options = checkOptions(more);
    const tls = options.tls === true ? { tls: clientTls(options) } : {};
    return {
      begin: (colour) =>
        colour.connect(placeOf(text, { portMayBeMissing: false }), { ...tls, options: [[tokens.SO_KEEPALIVE, true]] }),
      answer: (conn: Conn<Mode>): Ok => ({ type: 'ok', ...facts(enter(conn)) }),
    };
  });
}

/** Writes all of a string, or of a Buffer. */
export function send(socket: SocketHandle, data: string | Uint8Array): Sent | Failure;
export function send(socket: SocketHandle, data: string | Uint8Array, callback: Callback<Sent | Failure>): null;
export function send(...given: unknown[]): unknown {
  return perform('Could not write socket data', given, ([socket, data]) => {
    const entry = find(socket);
    const bytes = checkData('data', data);
    return {
      begin: (colour) => colour.of(entry).write(bytes),
      answer: (n: number): Sent => ({ type: 'sent', bytes: n }),
    };
  });
}

/** Writes a line and CR LF. A CR or LF inside it is refused (TypeError): who supplied it could send lines of their own. `send` takes everything. */
export function sendLine(socket: SocketHandle, line: string | Uint8Array): Sent | Failure;
export function sendLine(socket: SocketHandle, line: string | Uint8Array, callback: Callback<Sent | Failure>): null;
export function sendLine(...given: unknown[]): unknown {
  return perform('Could not write socket data', given, ([socket, line]) => {
    const entry = find(socket);
    const bytes = checkData('line', line);
    if (bytes.includes(10) || bytes.includes(13)) throw invalidValue('line', 'must be one line: it has a CR or LF in it, which only `send` sends', hidden(line)); // prettier-ignore
    return {
      begin: (colour) => colour.of(entry).write([bytes, '\r\n']),
      answer: (n: number): Sent => ({ type: 'sent', bytes: n }),
    };
  });
}

/** Reads what is there, at least one byte and at most `size`; `{ type: 'closed' }` is the end. 0 bytes are there at once. */
export function recv(socket: SocketHandle, size: number): Data | Closed | Failure;
export function recv(socket: SocketHandle, size: number, callback: Callback<Data | Closed | Failure>): null;
export function recv(...given: unknown[]): unknown {
  return perform('Could not read socket data', given, ([socket, size]) => {
    const entry = find(socket);
    const n = wholeNumber('size', size, 0);
    return {
      begin: (colour) => (n === 0 ? Buffer.alloc(0) : colour.of(entry).read(n)),
      answer: (piece: Buffer | null) => (piece === null ? CLOSED : dataOf(piece)),
    };
  });
}

/** Reads exactly `size` bytes. When the stream ends before, that is an error, and what had arrived is for the next call. */
export function recvExact(socket: SocketHandle, size: number): Data | Failure;
export function recvExact(socket: SocketHandle, size: number, callback: Callback<Data | Failure>): null;
export function recvExact(...given: unknown[]): unknown {
  return perform('Could not read exact socket data', given, ([socket, size]) => {
    const entry = find(socket);
    const n = wholeNumber('size', size, 0, limits.MAX_STRING_LENGTH);
    return {
      begin: (colour) => (n === 0 ? Buffer.alloc(0) : colour.of(entry).readExact(n)),
      answer: dataOf,
      failed: (error) => putBack(entry, error),
    };
  });
}

/** Reads a line and strips every CR and LF at its end. What stands before the end of the stream is a line, too; then it is `{ type: 'closed' }`. A line of more than 16 MiB is an error. */
export function recvLine(socket: SocketHandle): Data | Closed | Failure;
export function recvLine(socket: SocketHandle, callback: Callback<Data | Closed | Failure>): null;
export function recvLine(...given: unknown[]): unknown {
  return perform('Could not read socket line', given, ([socket]) => {
    const entry = find(socket);
    return {
      begin: (colour) => colour.of(entry).readLine({ max: LONGEST_LINE }),
      answer: (line: string | null): Data | Closed =>
        line === null ? CLOSED : { type: 'data', data: line.replace(/[\r\n]+$/, '') },
    };
  });
}

/**
 * Begins TLS on a connection: as its client, or with `server: true` as the server, which needs certFile and keyFile. The client checks the
 * certificate for `serverName`, or for the host that `connect` was given. What came in the clear behind what was read is dropped by a client, and is taken for the
 * ClientHello by a server: it is never received as data. After a failed handshake the connection is over; `close` it.
 */
export function startTLS(socket: SocketHandle, options?: Options | null): Ok | Failure;
export function startTLS(socket: SocketHandle, callback: Callback<Ok | Failure>): null;
export function startTLS(
  socket: SocketHandle,
  options: Options | null | undefined,
  callback: Callback<Ok | Failure>,
): null;
export function startTLS(...given: unknown[]): unknown {
  return perform('Could not upgrade socket to TLS', given, ([socket, more]) => {
    const entry = find(socket);
    const options = checkOptions(more);
    const how = options.server
      ? ({ ...serverTls(options), server: true, buffered: 'feed' } as const)
      : ({ ...clientTls(options), buffered: 'discard' } as const);
    return {
      begin: (colour) => colour.of(entry).startTls(how),
      answer: (): Ok => ({ type: 'ok', ...facts(entry) }),
    };
  });
}

/** Closes a connection, also one that has ended or failed. Its handle is no more. */
export function close(socket: SocketHandle): Closed | Failure;
export function close(socket: SocketHandle, callback: Callback<Closed | Failure>): null;
export function close(...given: unknown[]): unknown {
  return perform('Could not close socket', given, ([socket]) => {
    const entry = find(socket);
    forget(entry);
    return { begin: (colour) => colour.of(entry).close(), answer: () => CLOSED };
  });
}

function dataOf(bytes: Buffer): Data {
  return { type: 'data', data: textOfBytes(bytes) };
}

/** What had arrived before the end is still the next call's. */
function putBack(entry: Entry, error: unknown): void {
  const { partial } = error as { partial?: Buffer };
  if (partial === undefined || partial.length === 0) return;
  try {
    entry.sync.unread(partial);
  } catch {
    // Another call reads already, or the connection was closed meanwhile: nobody can get it any more.
  }
}

function checkText(argument: string, value: unknown): string {
  if (typeof value !== 'string') throw invalidType(argument, 'a string', hidden(value));
  return value;
}

function checkData(argument: string, value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  const bytes = bytesOfText(checkText(argument, value));
  if (bytes === null) throw invalidValue(argument, `cannot be sent: ${NO_BYTE_STRING}`, hidden(value));
  return bytes;
}
