// Owns the regression: a blocking write whose poll(2) failed, and a file that could not be looked at again at its end, did not say how
// much was written; what a program sent once more came twice.

import { test } from 'node:test';
import { colours } from '../net/kit.js';
import { sweep, underInjector } from '../trust/faults-kit.js';
import { operations } from '../trust/faults-operations.js';
import { onStage } from '../trust/faults-peers.js';

underInjector(import.meta.url, () => {
  const { peers, ended } = onStage();
  for (const [title, call] of [
    ['a large write', 'ppoll'],
    ['a relay', 'ppoll'],
    ['writeFile', 'fstat'],
  ] as const)
    for (const [colour, net] of call === 'fstat' ? colours : colours.slice(1))
      test(`${title} goes on where a failed ${call} has left it (${colour})`, (t) =>
        sweep(t, `${title} (${colour})`, {
          calls: [call],
          faults: ['ENOMEM'],
          body: (point) => operations[title]!(net, peers(), point),
        }));
  ended();
});
