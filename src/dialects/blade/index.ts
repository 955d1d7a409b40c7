// Blade's module `socket`: `import { Socket } from 'berkeley/dialects/blade'`.

import { Socket as SocketClass } from './socket.js';

export * from './constants.js';
export { type AddressInfo, get_address_info } from './addressing.js';
export { ArgumentError, Exception, SocketException, TypeError, ValueError } from './exceptions.js';
export type { ReceivedFrom } from './receiving.js';
export type { File, Message } from './sending.js';
export type { SocketInfo } from './socket.js';

export type Socket = SocketClass;

/** The class `Socket`, which can be called without `new`, as in Blade. */
export interface SocketConstructor {
  new (family?: number | null, type?: number | null, protocol?: number | null, id?: number | null): Socket;
  (family?: number | null, type?: number | null, protocol?: number | null, id?: number | null): Socket;
  readonly prototype: Socket;
}

export const Socket = new Proxy(SocketClass, {
  apply: (target, _, given: ConstructorParameters<typeof SocketClass>) => new target(...given),
}) as typeof SocketClass & SocketConstructor;

/** A new Socket: the same as `Socket(family, type, protocol)`. */
export function socket(family?: number | null, type?: number | null, protocol?: number | null): Socket {
  return new SocketClass(family, type, protocol);
}
