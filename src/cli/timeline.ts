// Owns the timeline of a connection on standard error: what --explain shows, and when the milestones were that --json sums up.
// It must not know who dials.

import type { EventListeners } from '../contract/event.js';
import { rounded } from './ping/statistics.js';
import { styled } from './style.js';
import { visible, visibleJson } from './visible.js';

/** In milliseconds from the beginning; null for what has not happened. */
export interface Milestones {
  /** The first address was known. */
  resolved: number | null;
  connected: number | null;
  /** The handshake was done. */
  secured: number | null;
  firstByte: number | null;
}

export interface TimelineManner {
  readonly explain: boolean;
  readonly json: boolean;
}

export class Timeline {
  readonly milestones: Milestones = { resolved: null, connected: null, secured: null, firstByte: null };
  readonly #begun = performance.now();
  readonly #manner: TimelineManner;
  /** The number of attempts that have begun. */
  #attempts = 0;

  constructor(manner: TimelineManner) {
    this.#manner = manner;
  }

  /** Milliseconds since the beginning. */
  get now(): number {
    return rounded(performance.now() - this.#begun);
  }

  /** For the dial and its connection. */
  readonly on: EventListeners = {
    lookup: ({ host }) => this.tell('lookup', { host }, `lookup of ${host}`),
    resolved: ({ host, address, error }) => {
      if (address === undefined) {
        this.tell('resolved', { host, code: error?.code ?? null }, `no address: ${error?.code ?? ''}`);
        return;
      }
      this.milestones.resolved ??= this.now;
      this.tell('resolved', { host, address: address.toString() }, `is ${address.address}`);
    },
    connecting: ({ address, attempt }) => {
      this.#attempts = attempt;
      this.tell('connecting', { attempt, address: address.toString() }, `attempt ${attempt}: ${address.toString()}`);
    },
    attemptFailed: ({ address, error: { code } }) =>
      this.tell('attemptFailed', { address: address.toString(), code }, `failed: ${address.toString()}: ${code}`),
    connected: ({ address }) => {
      this.milestones.connected = this.now;
      const of = this.#attempts > 1 ? `, of ${this.#attempts} attempts` : '';
      this.tell('connected', { address: address.toString() }, `connected to ${address.toString()}${of}`);
    },
    tlsStart: () => this.tell('tlsStart', {}, 'TLS begins'),
    tlsDone: ({ version, cipher, alpn, resumed, authorized, verifyCode }) => {
      this.milestones.secured = this.now;
      const words = [version, cipher, ...(alpn === null ? [] : [alpn]), ...(resumed ? ['resumed'] : [])];
      words.push(authorized ? 'the certificate is valid' : `the certificate was not found valid: ${verifyCode}`);
      this.tell('tlsDone', { version, cipher, alpn, resumed, authorized, verifyCode }, words.join(', '));
    },
    read: () => {
      if (this.milestones.firstByte !== null) return;
      this.milestones.firstByte = this.now;
      this.tell('firstByte', {}, 'the first byte');
    },
    closed: ({ by, clean }) => this.tell('closed', { by, clean }, `closed${clean ? '' : ', not cleanly'}, ${ends[by]}`),
  };

  /** One more thing that has happened. */
  tell(event: string, facts: object, words: string): void {
    const { explain, json } = this.#manner;
    if (!explain) return;
    const at = this.now;
    if (json) process.stderr.write(`${visibleJson({ event, at, ...facts })}\n`);
    else {
      const time = `${at.toFixed(1).padStart(9)} ms`;
      process.stderr.write(`${styled(process.stderr, 'dim', time)}  ${visible(words)}\n`);
    }
  }
}

const ends = {
  local: 'by us',
  remote: 'by the peer',
  timeout: 'as the peer was silent for too long',
  error: 'by an error',
} as const;
