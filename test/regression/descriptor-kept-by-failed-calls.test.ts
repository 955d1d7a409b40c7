// Owns the regression: where the kernel did not say what SO_LINGER is, closing failed and left the descriptor open; and a descriptor
// whose facts could not be learned was refused by adopt, and by every later one.

import { test } from 'node:test';
import { colours } from '../net/kit.js';
import { sweep, underInjector } from '../trust/faults-kit.js';
import { operations } from '../trust/faults-operations.js';
import { onStage } from '../trust/faults-peers.js';

underInjector(import.meta.url, () => {
  const { peers, ended } = onStage();
  for (const [colour, net] of colours) {
    test(`whichever call fails, a pair that is closed is closed (${colour})`, (t) =>
      sweep(t, `pairs (${colour})`, {
        calls: ['getsockopt', 'setsockopt'],
        faults: ['ENOBUFS'],
        async body() {
          const [one, other] = net.socketPair('stream');
          one.close();
          other.close();
          const [left, right] = net.pair();
          left.abort();
          await right.close();
        },
      }));
    test(`what adopt could not take it takes later (${colour})`, (t) =>
      sweep(t, `adopt (${colour})`, {
        calls: ['getsockopt'],
        faults: ['ENOBUFS'],
        body: (point) => operations.adopt!(net, peers(), point),
      }));
  }
  ended();
});
