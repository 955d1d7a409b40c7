// Owns what Blade sends: strings, bytes, and files. It must not know the state of the socket.

import { readFileSync } from 'node:fs';
import { conn, SocketError, TimeoutError } from '../../sync/index.js';
import type { Target } from '../../contract/address.js';
import type { Socket } from '../../contract/socket.js';
import { bytesOfText, NO_BYTE_STRING } from '../byte-string.js';
import { exceptionFor, TypeError } from './exceptions.js';
import { typeOf } from './values.js';

/** A file by its path, or one that is open: a FileHandle of node:fs/promises. All of it is sent, from its beginning. */
export type File = { readonly path: string } | { readonly fd: number };
/** A string has one character for each byte. nil is nothing. */
export type Message = string | Uint8Array | ArrayBuffer | DataView | File | null | undefined;

export function isFile(message: unknown): message is File {
  if (typeof message !== 'object' || message === null) return false;
  const { path, fd } = message as { path?: unknown; fd?: unknown };
  return typeof path === 'string' || typeof fd === 'number';
}

type Bytes = Uint8Array | ArrayBuffer | DataView;

export function bytesOf(message: unknown): Bytes {
  if (message instanceof Uint8Array || message instanceof ArrayBuffer || message instanceof DataView) return message;
  if (message === null || message === undefined) return Buffer.alloc(0);
  if (typeof message !== 'string')
    throw new TypeError(`message must be a string, file or bytes; ${typeOf(message)} given`);
  const bytes = bytesOfText(message);
  if (bytes === null) throw new TypeError(`message: ${NO_BYTE_STRING}`);
  return bytes;
}

/** Sends everything. The count is short where a limit ends it, or where it must not wait; -1 is none at all. */
export function put(socket: Socket<'sync'>, message: Bytes | File, flags: number, blocking: boolean): number {
  const limit = blocking ? {} : { timeout: 0 };
  return counted(() =>
    isFile(message) ? putFile(socket, message, flags, limit) : socket.sendAll(message, { ...limit, flags }),
  );
}

/** Sends one message to an address. */
export function putTo(socket: Socket<'sync'>, data: Bytes, to: Target, flags: number, blocking: boolean): number {
  return counted(() => socket.sendTo(data, to, blocking ? { flags } : { flags, timeout: 0 }));
}

function counted(send: () => number): number {
  try {
    return send();
  } catch (error) {
    if (error instanceof TimeoutError) return error.bytesDone > 0 ? error.bytesDone : -1;
    throw error;
  }
}

function putFile(socket: Socket<'sync'>, file: File, flags: number, limit: { timeout?: number }): number {
  const { path, fd } = file as { path?: string; fd: number };
  try {
    // Where messages have an end the file is one.
    if (socket.kind !== 'stream') return socket.sendAll(readFileSync(path ?? fd), { ...limit, flags });
    const to = conn(socket);
    return path === undefined ? to.writeFile({ fd }, { ...limit, offset: 0 }) : to.writeFile(path, limit);
  } catch (error) {
    // A file that cannot be read says nothing of the socket, which stays open.
    throw error instanceof SocketError && error.phase === 'read' ? exceptionFor(error) : error;
  }
}
