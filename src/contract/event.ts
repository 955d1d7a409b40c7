// What a connection and a listener tell while they work.

import type { Address } from './address.js';
import type { CloseInfo } from './conn.js';
import type { SocketErrorShape } from './error.js';
import type { HttpHead } from './http.js';
import type { TlsInfo } from './tls.js';

/** What a handshake came to, without anything that is secret. */
export type TlsFacts = Pick<
  TlsInfo,
  'version' | 'cipher' | 'cipherVersion' | 'alpn' | 'serverName' | 'resumed' | 'authorized' | 'verifyCode'
>;

/**
 * Every event and what it carries. No event carries keys or session tickets, nor, besides the heads of HTTP, data that is read or written.
 *
 * `connect` to a name posts `lookup`, `resolved` for each address, `connecting` and perhaps `attemptFailed` for each
 * address that is tried, `connected`, and with TLS `tlsStart` and `tlsDone`. IPv6 and IPv4 are looked up side by side, so
 * addresses of a family whose answer is late can be `resolved` after an attempt has begun.
 */
export interface Events {
  /** A host is to be turned into addresses, by `connect` or `listen`; also a numeric one, which takes no lookup. */
  lookup: { readonly host: string; readonly service?: string };
  /** One address of it; once, and with `error`, when there is none. */
  resolved: { readonly host: string; readonly address?: Address; readonly error?: SocketErrorShape };
  /** An attempt begins, the first one is 1. `target` is the host or the path that was asked for. */
  connecting: {
    readonly address: Address;
    readonly attempt: number;
    readonly target: string;
    readonly service?: string;
  };
  /** There is a connection: `connect` has made it, or a listener has accepted it. `address` is the peer's. */
  connected: { readonly address: Address };
  /** An attempt has failed, or a limit or a signal has ended it. Attempts that lost the race against another one are not told of. */
  attemptFailed: { readonly address: Address; readonly error: SocketErrorShape };
  /** A handshake begins. That of an accepted connection begins at its first use. */
  tlsStart: { readonly server: boolean };
  tlsDone: TlsFacts;
  /**
   * Bytes came from the kernel; with TLS, plaintext came out of records. `total` is what this operation has received so far, `wanted` how
   * much it was asked for, where it was asked for a number of bytes. `total` can be larger: what has come with it is kept for the next read.
   * What a read finds in the buffer posts nothing.
   */
  read: { readonly bytes: number; readonly total: number; readonly wanted?: number };
  /** The kernel took bytes; with TLS, plaintext went into records. `total` is what is out of this operation so far, `wanted` all of it. */
  sent: { readonly bytes: number; readonly total: number; readonly wanted: number };
  /** A request or a response is about to go out, `Content-Length` added: whatever credentials are in its headers are in here. */
  httpSent: HttpHead;
  /** `readHttpHead` has read one: it is the same object. */
  httpReceived: HttpHead;
  /** It is closed: what `closeInfo` says. A listener posts it, too; a dial that failed does not, because there was nothing to close. */
  closed: CloseInfo;
  /** The last event, right behind `closed`: the connection lets go of its listeners and its queue. */
  deleted: object;
}

/**
 * An event in a queue or on a diagnostics channel. `id` is that of the connection, which its `connect` knows already; listeners have one of
 * their own. `time` is in milliseconds since the epoch, with fractions, on a clock that is never set: `performance.timeOrigin + performance.now()`.
 */
export type SocketEvent = {
  [E in keyof Events]: { readonly event: E; readonly id: number; readonly time: number } & Events[E];
}[keyof Events];

/** Functions for events. They are called with what `Events` says. */
export type EventListeners = { [E in keyof Events]?: ((value: Events[E]) => void) | undefined };

/**
 * Events in the order in which they happened, of one connection or of several. It never waits for a reader: when it is full, the oldest event makes room.
 *
 * Iterating waits for events, takes them out, and ends after `close()`. Several iterations share them: each event goes to one of them.
 * Leaving the loop closes nothing, and waiting does not keep the process alive.
 *
 * @example
 * const queue = eventQueue({ limit: 100 });
 * await connect('localhost:80', { queue }).catch(() => null);
 * for (const { event, id, time } of queue.drain()) console.log(time, id, event);
 */
export interface EventQueue extends AsyncIterable<SocketEvent> {
  /** How many are in it. */
  readonly size: number;
  /** How many were lost so far because it was full. */
  readonly dropped: number;
  /** Takes the oldest out. */
  shift(): SocketEvent | undefined;
  /** Takes all of them out. */
  drain(): SocketEvent[];
  /** Takes no more events. What is in it can still be taken out; then iterations end. Twice is allowed. */
  close(): void;
}
