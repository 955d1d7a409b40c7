// Owns `berkeley listen`: whom it takes, and when it stops. It must not know how bytes are passed on.

import type { AsyncConn } from '../contract/conn.js';
import type { Listener } from '../contract/listener.js';
import type { TlsOptions } from '../contract/tls.js';
import { listen } from '../promises/index.js';
import type { ListenCommand } from './arguments.js';
import { certificateForHere } from './certificate-for-here.js';
import { Input } from './input.js';
import { Notices } from './notices.js';
import { Output, OutputClosed } from './output.js';
import { echo, pipe } from './pipe.js';
import { Progress } from './progress.js';
import type { ServerTls } from './tls-flags.js';

type Serve = (conn: AsyncConn) => Promise<void>;

/** The exit code. */
export async function runListen(command: ListenCommand): Promise<number> {
  const notices = new Notices(command.json);
  const { options, ...certificate } = await listenerTls(command.tls);
  const target = /^\d+$/.test(command.target) ? Number(command.target) : command.target;
  const listener = await listen(target, options === null ? {} : { tls: options });
  closeOnSignals(listener);
  tellPlaces(listener, certificate, notices);

  const input = command.echo ? null : new Input(process.stdin);
  const output = new Output(process.stdout);
  const serve: Serve = async (conn) => {
    const peer = conn.remoteAddr.toString();
    notices.tell('connection', { peer }, null);
    const passed = () => ({ sent: conn.bytesWritten, received: conn.bytesRead });
    // Else the silence of a client that only listens would be its handshake's.
    if (options !== null) await conn.handshake({ timeout: command.timeout });
    if (input === null) await echo(conn, command.timeout);
    else {
      const progress = new Progress(command.progress, passed);
      try {
        await pipe(conn, input, output, command);
      } finally {
        progress.end(command.progress);
      }
    }
    notices.tell('end', { peer, bytes: passed() }, null);
  };
  try {
    if (command.keep) await serveAll(listener, command, serve, notices);
    else await serveOne(listener, command, serve);
  } finally {
    listener.close();
    input?.close();
  }
  return 0;
}

/** What a client has to know. */
export function tellPlaces(listener: Listener<'async'>, { names, pin }: OwnCertificate, notices: Notices): void {
  for (const address of listener.addresses) {
    const facts = { address: address.toString(), ...(pin === null ? {} : { pin, names }) };
    notices.tell('listening', facts, `listening on ${address.toString()}\n`);
  }
  if (pin === null) return;
  const note = `self-signed certificate for ${names.join(', ')}\nclients trust it with --insecure --pin sha256/${pin}\n`;
  notices.people(note);
}

/** Of a certificate that was made; without a pin when it was given. */
export interface OwnCertificate {
  readonly names: readonly string[];
  readonly pin: string | null;
}

/** The options of TLS, `null` for none, and what a person should know of the certificate. */
export async function listenerTls(tls: ServerTls | null): Promise<OwnCertificate & { options: TlsOptions | null }> {
  if (tls === null || tls.options.cert !== undefined) return { options: tls?.options ?? null, names: [], pin: null };
  const { names, cert, key, pin } = await certificateForHere();
  return { options: { ...tls.options, cert, key }, names, pin };
}

async function serveOne(listener: Listener<'async'>, command: ListenCommand, serve: Serve): Promise<void> {
  const conn = await listener.accept({ timeout: command.timeout });
  listener.close();
  await serve(conn);
}

/** Echoes to everybody at once; there is only one input, so without --echo it is one after the other. */
async function serveAll(
  listener: Listener<'async'>,
  command: ListenCommand,
  serve: Serve,
  notices: Notices,
): Promise<void> {
  for (;;) {
    const conn = await listener.accept({ timeout: command.timeout });
    const peer = conn.remoteAddr.toString();
    const served = serve(conn).catch((error: unknown) => {
      if (error instanceof OutputClosed) throw error;
      // One peer's failure is not the end of the service.
      notices.failed(peer, error);
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
