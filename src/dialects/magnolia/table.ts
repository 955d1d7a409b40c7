// Owns the table of sockets: the numbers that programs hold, and the connection behind each, in both colours. It must not know
// what is done with them.

import type { Conn } from '../../contract/conn.js';
import type { Mode } from '../../contract/mode.js';
import { invalidType, invalidValue } from '../../error/invalid.js';
import * as promises from '../../promises/index.js';
import * as sync from '../../sync/index.js';
import { plainAddress } from '../plain-address.js';
import type { SocketHandle } from './answers.js';

/** One connection, seen from both colours. */
export interface Entry {
  readonly id: number;
  readonly sync: Conn<'sync'>;
  readonly async: Conn<'async'>;
}

const table = new Map<number, Entry>();
let next = 0;

/** Gives a connection its number. Strings are one character per byte. */
export function enter(conn: Conn<Mode>): Entry {
  conn.encoding = 'latin1';
  const entry = { id: next++, sync: sync.share(conn), async: promises.share(conn) };
  table.set(entry.id, entry);
  return entry;
}

/** The connection of a handle. @throws TypeError for what is no handle, and for one that was closed or never was */
export function find(handle: unknown): Entry {
  const { id } = checkHandle(handle);
  const entry = table.get(id);
  if (entry === undefined) throw invalidValue('socket', 'is not available: it was closed, or never was', handle);
  return entry;
}

export function forget(entry: Entry): void {
  table.delete(entry.id);
}

/** The form alone. @throws TypeError */
export function checkHandle(value: unknown): SocketHandle {
  const { type, id } = (value ?? {}) as Partial<Record<keyof SocketHandle, unknown>>;
  if (type === 'socket' && Number.isInteger(id)) return value as SocketHandle;
  const hint = type === 'ok' || type === 'connect' ? ': the `socket` of what you passed' : '';
  throw invalidType('socket', `a socket, { type: 'socket', id }${hint}`, value);
}

/** What programs see of a connection. */
export function facts(entry: Entry): { socket: SocketHandle; remote: string; local: string; tls: boolean } {
  const { id, sync: conn } = entry;
  return {
    socket: { type: 'socket', id },
    remote: plainAddress(conn.remoteAddr),
    local: plainAddress(conn.localAddr),
    tls: conn.tlsState !== 'none',
  };
}
