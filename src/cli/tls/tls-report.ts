// Owns what `berkeley tls` finds out, as one object. It must not know how it is shown.

import type { Failure } from '../failure.js';
import type { CertificateFacts } from './certificate.js';
import type { OcspFacts } from './ocsp.js';

/** Also what --json prints. */
export interface TlsReport {
  readonly target: string;
  /** Where it was connected to; null when it was not. */
  readonly address: string | null;
  readonly starttls: string | null;
  /** How long the lookup with the connection and the handshake took. */
  readonly milliseconds: { readonly connect: number | null; readonly handshake: number | null };
  /** Null when there was no handshake. */
  readonly tls: HandshakeFacts | null;
  readonly chain: readonly CertificateFacts[];
  /** Null when all is well. */
  readonly error: Failure | null;
  readonly exitCode: number;
}

export interface HandshakeFacts {
  readonly version: string;
  readonly cipher: string;
  readonly group: string | null;
  readonly alpn: string | null;
  /** What was sent as SNI. */
  readonly serverName: string | null;
  readonly resumed: boolean;
  /** There is a session that a later connection could take up. */
  readonly resumable: boolean;
  readonly authorized: boolean;
  readonly verifyCode: string;
  /** Whether the server's key is one of the pinned ones; null when none was given. */
  readonly pinned: boolean | null;
  /** Null when the server stapled none. */
  readonly ocsp: OcspFacts | null;
}
