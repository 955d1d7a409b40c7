// Owns the regression: a listener whose address could not be asked for left its socket open.

import { test } from 'node:test';
import { colours } from '../net/kit.js';
import { sweep, underInjector } from '../trust/faults-kit.js';

underInjector(import.meta.url, () => {
  for (const [colour, net] of colours)
    test(`whichever call of listen fails, no socket is left open (${colour})`, (t) =>
      sweep(t, `listen (${colour})`, {
        faults: ['ENOBUFS'],
        async body(point) {
          const listener = await net.listen('127.0.0.1:0');
          point.after(() => listener.close());
        },
      }));
});
