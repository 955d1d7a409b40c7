// Owns the regression: once a call about the one timer behind all limits had failed or was interrupted, no limit was kept any more.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pair } from 'berkeley';
import { failing, underInjector } from '../trust/faults-kit.js';

underInjector(import.meta.url, () => {
  for (const call of ['timer', 'read'] as const)
    test(`limits are kept although ${call === 'timer' ? 'timerfd_settime(2)' : 'the read of the timer'} has failed`, async () => {
      const [a, b] = pair();
      const late = { code: 'ETIMEDOUT', name: 'TimeoutError' };
      await failing(call, 'ENOMEM', () => assert.rejects(a.read(100, { timeout: 20 }), late));
      await assert.rejects(a.read(100, { timeout: 20 }), late);
      await assert.rejects(a.read(100, { timeout: 10 }), late);
      await b.write('still there');
      assert.equal(String(await a.read(100, { timeout: 5000 })), 'still there');
      a.abort();
      b.abort();
    });
});
