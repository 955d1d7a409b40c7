// Owns Socket(): the functions bound to one handle. It must not know what they do.

import type { Callback, Closed, Data, Failure, Ok, Options, Sent, SocketHandle } from './answers.js';
import { close, recv, recvExact, recvLine, send, sendLine, startTLS } from './calls.js';
import { checkHandle } from './table.js';

/** The functions of this module without their first argument. */
export interface SocketObject {
  readonly socket: SocketHandle;
  send(this: void, data: string | Uint8Array): Sent | Failure;
  send(this: void, data: string | Uint8Array, callback: Callback<Sent | Failure>): null;
  sendLine(this: void, line: string | Uint8Array): Sent | Failure;
  sendLine(this: void, line: string | Uint8Array, callback: Callback<Sent | Failure>): null;
  recv(this: void, size: number): Data | Closed | Failure;
  recv(this: void, size: number, callback: Callback<Data | Closed | Failure>): null;
  recvExact(this: void, size: number): Data | Failure;
  recvExact(this: void, size: number, callback: Callback<Data | Failure>): null;
  recvLine(this: void): Data | Closed | Failure;
  recvLine(this: void, callback: Callback<Data | Closed | Failure>): null;
  startTLS(this: void, options?: Options | null): Ok | Failure;
  startTLS(this: void, callback: Callback<Ok | Failure>): null;
  startTLS(this: void, options: Options | null | undefined, callback: Callback<Ok | Failure>): null;
  close(this: void): Closed | Failure;
  close(this: void, callback: Callback<Closed | Failure>): null;
}

/**
 * An object around a handle: the `socket` of what `connect` returned or a listener was called with, not the whole of it.
 *
 * @throws TypeError for what is no handle
 */
export function Socket(socket: SocketHandle): SocketObject {
  checkHandle(socket);
  const bound = Object.fromEntries(
    Object.entries({ send, sendLine, recv, recvExact, recvLine, startTLS, close }).map(([name, call]) => [
      name,
      (...given: unknown[]): unknown => Reflect.apply(call, undefined, [socket, ...given]),
    ]),
  );
  return { socket, ...bound } as unknown as SocketObject;
}
