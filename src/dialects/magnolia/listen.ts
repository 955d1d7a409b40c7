// Owns `listen`, which calls back on the event loop. It must not know what becomes of the connections.

import type { Conn } from '../../contract/conn.js';
import type { Listener } from '../../contract/listener.js';
import { invalidType } from '../../error/invalid.js';
import { select, share } from '../../promises/index.js';
import * as sync from '../../sync/index.js';
import type { Callback, ConnectEvent, Failure, Options } from './answers.js';
import { checkOptions, serverTls } from './options.js';
import { failure, later, unavailable } from './perform.js';
import { placeOf } from './place.js';
import { enter, facts } from './table.js';

/**
 * Listens on `host:port` (`:port` is every local address, port 0 is chosen by the kernel and seen in `evt.local`) and calls `onConnect` for each
 * connection, one after the other, on the event loop. Returns a function that stops it; connections live on. With `tls: true`,
 * certFile and keyFile, TLS begins at the first use of each connection, so a client that stalls is in nobody's way.
 */
export function listen(
  address: string,
  onConnect: Callback<ConnectEvent | Failure>,
  options?: Options | null,
): (() => null) | Failure {
  const what = 'Could not listen on socket';
  const absent = unavailable(what);
  if (absent !== null) return absent;
  if (typeof address !== 'string') throw invalidType('address', 'a string', address);
  if (typeof onConnect !== 'function') throw invalidType('onConnect', 'a function', onConnect);
  const given = checkOptions(options);
  const tls = given.tls === true ? { tls: serverTls(given) } : {};
  try {
    const place = placeOf(address, { portMayBeMissing: true });
    const listener = sync.listen(place, { ...tls, options: [[sync.options.SO_KEEPALIVE, true]] });
    void serve(share(listener), onConnect);
    return () => {
      listener.close();
      return null;
    };
  } catch (error) {
    return failure(what, error);
  }
}

/** Ends when the listener is closed. */
async function serve(listener: Listener<'async'>, onConnect: Callback<ConnectEvent | Failure>): Promise<void> {
  try {
    for await (const conn of listener) welcome(conn, onConnect);
  } catch (error) {
    later(onConnect, failure('Temporary socket accept error', error));
    // The connection is still in the queue, and so is the reason (no descriptors, say): asked at once, it would be the same answer for ever.
    await select([[listener, { error: true }]], { timeout: AGAIN_AFTER }).then(
      () => void serve(listener, onConnect),
      () => undefined,
    );
  }
}

const AGAIN_AFTER = 50;

function welcome(conn: Conn<'async'>, onConnect: Callback<ConnectEvent | Failure>): void {
  later(onConnect, { type: 'connect', ...facts(enter(conn)) });
}
