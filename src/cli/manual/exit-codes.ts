// Owns what the exit codes mean, the same for every command. It must not know what leads to them.

export const exitCodes: readonly (readonly [number, string])[] = [
  [0, 'done'],
  [1, 'anything that has no code of its own; ping: no reply; tour: a step failed; dns: no such record'],
  [2, 'wrong usage: the command line is to be put right'],
  [3, 'the name could not be looked up'],
  [4, 'not connected: refused, unreachable, no such socket'],
  [5, 'no TLS: the handshake failed, or the server offers none'],
  [6, 'the certificate is not valid, or its key not the pinned one'],
  [7, 'out of time'],
  [8, 'cannot listen there: the address is taken, or not ours'],
  [9, 'the connection broke: a reset, or TLS that was cut off'],
];
