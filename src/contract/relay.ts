// What a relay has carried.

/** Bytes that each side of a relay has taken from the other. */
export interface Relayed {
  readonly aToB: number;
  readonly bToA: number;
}

/** The same in an error, with the side that it is about: `null` for a limit or a signal. */
export interface RelayFailure extends Relayed {
  readonly side: 'a' | 'b' | null;
}
