// Owns `berkeley relay`: whom it takes, whom it dials for them, and what becomes of both. It must not know how bytes are
// carried.

import type { AsyncConn } from '../contract/conn.js';
import type { Listener } from '../contract/listener.js';
import { SocketError } from '../error/socket-error.js';
import { listen, relay } from '../promises/index.js';
import type { RelayCommand } from './relay/command.js';
import { closeOnSignals, listenerTls, tellPlaces } from './listen.js';
import { Notices } from './notices.js';
import { open } from './open.js';

export async function runRelay(command: RelayCommand): Promise<never> {
  const notices = new Notices(command.json);
  const { options, ...certificate } = await listenerTls(command.tls);
  const target = /^\d+$/.test(command.listen) ? Number(command.listen) : command.listen;
  const listener = await listen(target, options === null ? {} : { tls: options });
  closeOnSignals(listener);
  tellPlaces(listener, certificate, notices);
  for (;;) {
    const client = await accept(listener, notices);
    const peer = client.remoteAddr.toString();
    notices.tell('connection', { peer }, null);
    // One client's failure is not the end of the service.
    serve(client, command).then(
      (bytes) => notices.tell('end', { peer, bytes }, null),
      (error: unknown) => notices.failed(peer, error),
    );
  }
}

/** Waits for the next client, also while there are no descriptors for it. */
async function accept(listener: Listener<'async'>, notices: Notices): Promise<AsyncConn> {
  for (;;) {
    try {
      return await listener.accept();
    } catch (error) {
      if (!(error instanceof SocketError) || !['EMFILE', 'ENFILE'].includes(error.code)) throw error;
      notices.failed(null, error);
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}

/** How many bytes went to the target, and how many came from there. */
async function serve(
  client: AsyncConn,
  { target, timeout, tls, connectTls }: RelayCommand,
): Promise<{ sent: number; received: number }> {
  let server: AsyncConn | null = null;
  try {
    // Nobody is dialled for a client that does not get so far.
    if (tls !== null) await client.handshake({ timeout });
    server = await open(target, timeout, connectTls);
    const { aToB, bToA } = await relay(client, server);
    await Promise.all([client.close(), server.close()]);
    return { sent: aToB, received: bToA };
  } catch (error) {
    // Resets: a stream that was cut must not look as if it had ended.
    client.abort();
    server?.abort();
    throw error;
  }
}

const PAUSE = 100;
