// Owns what the blocking server of the crowd and its test tell each other.

import type { TlsOptions } from 'berkeley';

export interface CrowdTask {
  readonly tls: TlsOptions;
  /** How many come in all. */
  readonly clients: number;
  /** How long a client may say nothing, in ms. */
  readonly patience: number;
}

/** What became of a client that was not served: null where it was given up for its silence. */
export interface CrowdEnd {
  readonly phase: string | null;
  readonly name: string | null;
  readonly took: number;
  readonly closed: boolean;
}
