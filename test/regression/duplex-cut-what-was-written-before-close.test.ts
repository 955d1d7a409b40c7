// Went wrong: a program closed a connection, gracefully, while a Duplex over it was reading. The Duplex took the end of its read for the end
// of the connection, and disposed of that, with what was still to be sent.

import assert from 'node:assert/strict';
import { toDuplex } from 'berkeley/streams';
import { pattern, sha256 } from '../support/bytes.js';
import { closing, overEach, turn } from '../streams/kit.js';

const limit = { timeout: '10s' } as const;

overEach('what was written before close arrives, though a Duplex reads', async (_, a, b) => {
  const stream = toDuplex(a);
  stream.resume();
  const end = closing(stream);
  const data = pattern(8 * 1024 * 1024);
  const writing = a.write(data, limit);
  await turn();
  const closed = a.close(limit);
  await turn();
  assert.equal(stream.destroyed, false, 'the connection is not closed yet');
  assert.equal(sha256(await b.readAll({ max: data.length, ...limit })), sha256(data));
  assert.equal(await writing, data.length);
  await b.close(limit);
  await closed;
  assert.equal(a.closeInfo?.clean, true);
  assert.equal(await end, null);
});
