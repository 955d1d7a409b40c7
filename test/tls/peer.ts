// Owns the Python process with the other ends of TLS connections. It runs beside the test, so the test may block. It must
// not know what is tested.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { pki } from '../support/pki.js';
import type { Version } from './kit.js';

/** What a certificate is shown with: its chain in a file, and its key. */
export interface Shown {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface Serving extends Shown {
  readonly clients?: 'request' | 'require';
  /** Who may sign certificates of clients, PEM. */
  readonly ca?: string;
  readonly crl?: readonly string[];
  readonly tickets?: boolean;
}

/** What a server saw of a connection. */
export interface Seen {
  readonly ok: boolean;
  readonly version?: Version;
  readonly reused?: boolean;
  /** SHA-256 of the client's certificate. */
  readonly peer?: string | null;
  /** The alert that ended the handshake, `'UNKNOWN_CA'`. */
  readonly alert?: string | null;
  /** What Python says of the failure. */
  readonly error?: string;
  /** How many bytes came behind the alert; -1 for a reset. */
  readonly behind?: number;
}

export interface Visit {
  readonly version: Version;
  /** PEM */
  readonly ca: string;
  /** The name to ask for and to check; null for none. */
  readonly host: string | null;
  readonly crl?: readonly string[];
  /** The client's own certificate. */
  readonly shows?: Shown;
  /** The security level: 2 unless told. */
  readonly level?: number;
  /** Remembers the session under this name. */
  readonly keep?: string;
  /** Takes up the session of this name, with all the settings that it was made with. */
  readonly use?: string;
  /** Leaves the connection open under this name. */
  readonly hold?: string;
}

/** What a client found. `code` is X509_V_ERR_*, of its own verdict. */
export interface Found extends Omit<Seen, 'behind'> {
  readonly code: number;
}

const script = fileURLToPath(new URL('../../../test/tls/peer.py', import.meta.url));

export class TlsPeer {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string, undefined>;

  constructor() {
    this.#child = spawn('python3', ['-I', '-S', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  /** Begins to serve under a name, on the port that it returns. */
  async serve(name: string, { certFile, keyFile, clients, ca, crl, tickets }: Serving): Promise<number> {
    const order = { serve: name, cert: certFile, key: keyFile, clients, tickets, ...files(ca, crl) };
    return ((await this.#tell(order)) as { port: number }).port;
  }

  /** What the server of this name saw of the next connection. */
  async seen(name: string): Promise<Seen> {
    return (await this.#tell({ seen: name })) as Seen;
  }

  /** Visits the server of this name with Python's own client. */
  async ask(name: string, visit: Visit): Promise<{ found: Found; seen: Seen }> {
    return (await this.#tell({ ask: name, ...orderOf(visit) })) as { found: Found; seen: Seen };
  }

  /** Visits a server of this process. The visit has begun when this returns, so the caller may block. */
  visit(port: number, visit: Visit): Promise<Found> {
    return this.#tell({ visit: port, ...orderOf(visit) }) as Promise<Found>;
  }

  /** One more echo on a connection that was left open, and its end. */
  held(name: string): Promise<{ ok: boolean }> {
    return this.#tell({ held: name }) as Promise<{ ok: boolean }>;
  }

  async end(): Promise<void> {
    const closed = once(this.#child, 'close');
    this.#child.stdin!.end();
    await closed;
  }

  async #tell(order: object): Promise<unknown> {
    this.#child.stdin!.write(`${JSON.stringify(order)}\n`);
    const { done, value } = await this.#lines.next();
    if (done) throw new Error('Python ended');
    const answer = JSON.parse(value) as { failed?: string };
    if (answer.failed !== undefined)
      throw new Error(`Python failed: ${answer.failed} in ${JSON.stringify(order).slice(0, 300)}`);
    return answer;
  }
}

function orderOf({ ca, crl, shows, ...more }: Visit): object {
  return { ...files(ca, crl), ...(shows && { cert: shows.certFile, key: shows.keyFile }), ...more };
}

function files(ca: string | undefined, crl: readonly string[] = []): object {
  return { ...(ca !== undefined && { ca: pki().file('ca.pem', ca) }), crl: crl.map((text) => pki().file('crl', text)) };
}
