// Owns `berkeley listen`: whom it takes, and when it stops. It must not know how bytes are passed on.

import type { AsyncConn } from '../contract/conn.js';
import type { Listener } from '../contract/listener.js';
import type { TlsOptions } from '../contract/tls.js';
import { listen } from '../promises/index.js';
import type { ListenCommand } from './arguments.js';
import { certificateForHere } from './certificate-for-here.js';
import { Input } from './input.js';
import { Output, OutputClosed } from './output.js';
import { echo, pipe } from './pipe.js';
import { oneLine } from './report.js';
import type { ServerTls } from './tls-flags.js';

type Serve = (conn: AsyncConn) => Promise<void>;

export async function runListen(command: ListenCommand): Promise<void> {
  const { options, note } = await listenerTls(command.tls);
  const target = /^\d+$/.test(command.target) ? Number(command.target) : command.target;
  const listener = await listen(target, options === null ? {} : { tls: options });
  closeOnSignals(listener);
  for (const address of listener.addresses) process.stderr.write(`listening on ${address.toString()}\n`);
  process.stderr.write(note);

  const input = command.echo ? null : new Input(process.stdin);
  const output = new Output(process.stdout);
  const serve: Serve = async (conn) => {
    // Else the silence of a client that only listens would be its handshake's.
    if (options !== null) await conn.handshake({ timeout: command.timeout });
    await (input === null ? echo(conn, command.timeout) : pipe(conn, input, output, command));
  };
  try {
    if (command.keep) await serveAll(listener, command, serve);
    else await serveOne(listener, command, serve);
  } finally {
    listener.close();
    input?.close();
  }
}

/** The options of TLS, `null` for none, and what a person should know of the certificate. */
export async function listenerTls(tls: ServerTls | null): Promise<{ options: TlsOptions | null; note: string }> {
  if (tls === null || tls.options.cert !== undefined) return { options: tls?.options ?? null, note: '' };
  const { names, cert, key, pin } = await certificateForHere();
  const note = `self-signed certificate for ${names.join(', ')}\nclients trust it with --insecure --pin sha256/${pin}\n`;
  return { options: { ...tls.options, cert, key }, note };
}

async function serveOne(listener: Listener<'async'>, command: ListenCommand, serve: Serve): Promise<void> {
  const conn = await listener.accept({ timeout: command.timeout });
  listener.close();
  await serve(conn);
}

/** Echoes to everybody at once; there is only one input, so without --echo it is one after the other. */
async function serveAll(listener: Listener<'async'>, command: ListenCommand, serve: Serve): Promise<void> {
  for (;;) {
    const conn = await listener.accept({ timeout: command.timeout });
    const peer = conn.remoteAddr.toString();
    const served = serve(conn).catch((error: unknown) => {
      if (error instanceof OutputClosed) throw error;
      // One peer's failure is not the end of the service.
      process.stderr.write(`berkeley: ${peer}: ${oneLine(error)}\n`);
    });
    if (!command.echo) await served;
  }
}

/** A signal would leave the file of a Unix socket behind: the listener is closed first, then the signal does its work. */
export function closeOnSignals(listener: Listener<'async'>): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      listener.close();
      process.kill(process.pid, signal);
    });
  }
}
