// Owns `berkeley relay`: whom it takes, whom it dials for them, and what becomes of both. It must not know how bytes are
// carried.

import type { AsyncConn } from '../contract/conn.js';
import type { Listener } from '../contract/listener.js';
import { SocketError } from '../error/socket-error.js';
import { listen, relay } from '../promises/index.js';
import type { RelayCommand } from './relay/command.js';
import { closeOnSignals, listenerTls } from './listen.js';
import { open } from './open.js';
import { oneLine } from './report.js';

export async function runRelay(command: RelayCommand): Promise<void> {
  const { options, note } = await listenerTls(command.tls);
  const target = /^\d+$/.test(command.listen) ? Number(command.listen) : command.listen;
  const listener = await listen(target, options === null ? {} : { tls: options });
  closeOnSignals(listener);
  for (const address of listener.addresses) process.stderr.write(`listening on ${address.toString()}\n`);
  process.stderr.write(note);
  for (;;) {
    const client = await accept(listener);
    const peer = client.remoteAddr.toString();
    // One client's failure is not the end of the service.
    serve(client, command).catch((error: unknown) => process.stderr.write(`berkeley: ${peer}: ${oneLine(error)}\n`));
  }
}

/** Waits for the next client, also while there are no descriptors for it. */
async function accept(listener: Listener<'async'>): Promise<AsyncConn> {
  for (;;) {
    try {
      return await listener.accept();
    } catch (error) {
      if (!(error instanceof SocketError) || !['EMFILE', 'ENFILE'].includes(error.code)) throw error;
      process.stderr.write(`berkeley: ${oneLine(error)}\n`);
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}

async function serve(client: AsyncConn, { target, timeout, tls, connectTls }: RelayCommand): Promise<void> {
  let server: AsyncConn | null = null;
  try {
    // Nobody is dialled for a client that does not get so far.
    if (tls !== null) await client.handshake({ timeout });
    server = await open(target, timeout, connectTls);
    await relay(client, server);
    await Promise.all([client.close(), server.close()]);
  } catch (error) {
    // Resets: a stream that was cut must not look as if it had ended.
    client.abort();
    server?.abort();
    throw error;
  }
}

const PAUSE = 100;
