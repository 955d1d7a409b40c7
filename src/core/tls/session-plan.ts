// Owns the shape of what a session is made from, once options are read: plan.ts makes it, the layer lives by it.

import type { TlsInfo } from '../../contract/tls.js';
import type { SessionSettings, TlsContext } from '../../native/tls-binding.js';

export interface SessionPlan {
  readonly server: boolean;
  readonly context: TlsContext;
  readonly settings: SessionSettings;
  /** True checks, false accepts; a function decides alone, pins excepted. */
  readonly verify: boolean | ((info: TlsInfo) => boolean);
  /** SHA-256 of the public keys that the peer may have; empty for any. */
  readonly pins: readonly Buffer[];
  /** The name or address that the certificate is checked against, for messages. */
  readonly checked: string | null;
  readonly allowTruncation: boolean;
  /** In ms. */
  readonly handshakeTimeout: number;
  readonly keylog: ((lines: readonly string[]) => void) | null;
  /** Servers: whether a client is asked for its certificate. */
  readonly asksClient: boolean;
  /** Servers: the plan for a name, null for this one, false to refuse the name. */
  planFor(name: string | null): SessionPlan | null | false;
  /** Clients: the session for a later connection, with what it was checked for, and until when the certificates are valid that were shown, and the lists that say they are not revoked. */
  wrapSession(session: Buffer, facts: { authorized: boolean; resumed: boolean; until: number }): Uint8Array;
}
