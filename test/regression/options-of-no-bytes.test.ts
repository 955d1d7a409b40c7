// IP_MULTICAST_IF read as 'undefinedundefined…' where the kernel gives fewer than four bytes for it, and the state in TCP_INFO as
// 'undefined' where it gives none.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Handle } from '../../src/core/handle.js';
import type * as Load from '../../src/native/load.js';
import type * as Info from '../../src/core/option/tcp-info.js';
import type * as Forms from '../../src/core/option/multicast-forms.js';

const built = (file: string): Promise<unknown> => import(new URL(`../../../compiled/${file}.js`, import.meta.url).href);

test('an address of fewer than four bytes is an error, and no text', async () => {
  const { native } = (await built('native/load')) as typeof Load;
  const { interface4 } = (await built('core/option/multicast-forms')) as typeof Forms;
  const handle = { fd: 5, check: () => undefined } as unknown as Handle;
  for (const length of [0, 1, 3]) {
    Object.assign(native, { getsockopt: () => length });
    assert.throws(() => interface4.get(handle, 0, 32), { code: 'ERR_UNSUPPORTED_OPTION' });
  }
  Object.assign(native, { getsockopt: () => 4 });
  assert.equal(interface4.get(handle, 0, 32), '0.0.0.0');
});

test('the state of a connection of which the kernel tells nothing is unknown', async () => {
  const { decodeTcpInfo } = (await built('core/option/tcp-info')) as typeof Info;
  assert.equal(decodeTcpInfo(Buffer.alloc(0)).state, 'UNKNOWN');
  assert.equal(decodeTcpInfo(Buffer.of(1)).state, 'ESTABLISHED');
  assert.equal(decodeTcpInfo(Buffer.of(200)).state, '200');
});
