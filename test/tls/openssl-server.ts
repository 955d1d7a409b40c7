// Owns an `openssl s_server` on a free port. What it says goes to files, because it says much and would wait for a test that
// blocks. It must not know what is asked of it.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { pki, type Issued } from '../support/pki.js';

export class OpensslServer {
  readonly #child: ChildProcess;
  readonly #errors = pki().file('errors', '');
  readonly #messages = pki().file('messages', '');
  readonly #port: Promise<number>;

  /** `-rev` among the words makes it send lines back reversed. */
  constructor({ leafFile, chain, chainFile, keyFile }: Issued, words: readonly string[] = []) {
    const shows = ['-cert', leafFile, '-key', keyFile, ...(chain === '' ? [] : ['-cert_chain', chainFile])];
    const errors = openSync(this.#errors, 'a');
    this.#child = spawn(
      'openssl',
      ['s_server', '-accept', '127.0.0.1:0', ...shows, '-msg', '-msgfile', this.#messages, ...words],
      { stdio: ['pipe', 'pipe', errors] },
    );
    closeSync(errors);
    this.#port = this.#listening();
    // Who asks for the port hears of it.
    this.#port.catch(() => undefined);
  }

  /** The port, once it listens. */
  port(): Promise<number> {
    return this.#port;
  }

  /** How many messages of TLS it has seen, in bytes of its account. */
  get mark(): number {
    return readFileSync(this.#messages).length;
  }

  /** The tickets that it has sent since. */
  tickets(mark: number): Buffer[] {
    const account = readFileSync(this.#messages).toString('latin1', mark);
    const sent = account.matchAll(/^>>> (TLS 1\.\d)[^\n]*NewSessionTicket\n((?: {4}[0-9a-f ]+\n)+)/gm);
    return Array.from(sent, ([, version, dump]) => ticketOf(version!, dump!));
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = once(this.#child, 'close');
    this.#child.kill();
    await closed;
  }

  async #listening(): Promise<number> {
    for await (const line of createInterface({ input: this.#child.stdout! })) {
      const found = /^ACCEPT .*:(\d+)$/.exec(line);
      if (found === null) continue;
      this.#child.stdout!.resume();
      return Number(found[1]);
    }
    throw new Error(`s_server does not listen:\n${readFileSync(this.#errors, 'utf8')}`);
  }
}

/** RFC 8446 §4.6.1, RFC 5077 §3.3. */
function ticketOf(version: string, dump: string): Buffer {
  const message = Buffer.from(dump.replace(/\s/g, ''), 'hex');
  // Type, length, lifetime; in TLS 1.3 a number that hides the age, and a nonce.
  const at = version === 'TLS 1.3' ? 13 + message[12]! : 8;
  return message.subarray(at + 2, at + 2 + message.readUInt16BE(at));
}
