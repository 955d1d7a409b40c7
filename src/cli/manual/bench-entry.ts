// Owns what the manual says of `berkeley bench`. It must not know how anything is measured.

import type { Entry } from './entry.js';
import * as flags from './flags.js';

export const bench: Entry = {
  name: 'bench',
  operands: '[TARGET]',
  summary:
    'sends messages to an echo server and times the answers; without TARGET compares ways to do so on this machine',
  paragraphs: [
    'TARGET must send back what it gets, as listen --echo --keep does. Each connection sends a message, waits until all of it has come back, and compares it. With udp:// before TARGET it sends datagrams.',
    'Without TARGET both colours of the library and node:net talk to an echo server of their own kind in a worker thread, one after the other, for --duration each. The processor time is that of both ends together.',
  ],
  flags: [
    { name: 'connections', short: 'c', value: 'N', words: 'so many at the same time, at most 10000; 1 unless told' },
    { name: 'size', short: 's', value: 'N', words: 'bytes of a message, at most 64 MiB; 64 unless told' },
    { name: 'count', short: 'n', value: 'N', words: 'end after so many messages' },
    { name: 'duration', short: 'd', value: 'D', words: 'end after so long; 3s unless told, without TARGET 1s each' },
    { ...flags.timeout, words: 'the longest wait for a connection, and for an answer; 10s unless told' },
    flags.tls,
    flags.sni,
    flags.ca,
    flags.pin,
    flags.insecure,
    flags.json,
  ],
  examples: ['berkeley bench', 'berkeley bench localhost:7 --connections 50 --duration 10s'],
};
