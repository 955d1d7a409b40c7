// Owns the fault points of relays, files, datagrams, messages with descriptors, sockets that are taken over, and workers, in both
// colours: each of their system calls fails once. The other end is Python.

import { test } from 'node:test';
import { colours } from '../net/kit.js';
import { sweep, underInjector } from './faults-kit.js';
import { operations } from './faults-operations.js';
import { onStage } from './faults-peers.js';

underInjector(import.meta.url, () => {
  const { peers, ended } = onStage();
  for (const [title, operation] of Object.entries(operations))
    for (const [colour, net] of colours)
      test(`${title} (${colour})`, (t) =>
        sweep(t, `${title} (${colour})`, { body: (point) => operation(net, peers(), point) }));
  ended();
});
