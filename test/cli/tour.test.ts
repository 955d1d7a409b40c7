// Owns the test of the tour: it succeeds, says what it did, and fits a terminal.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { berkeley } from './command.js';

test('without a command the tour runs, verifies both colours on every transport, and succeeds', async (t) => {
  const command = berkeley(t);
  assert.equal(await command.ended(), 0, command.out.toString() + command.err);
  const text = command.out.toString();
  assert.equal(command.err, '');
  assert.match(text, /^All \d+ steps verified, nothing left behind, in \d+\.\d s\.$/m);
  for (const transport of ['tcp4', 'unix']) {
    for (const colour of ['promises', 'blocking']) {
      assert.match(text, new RegExp(`^  ${transport} +${colour} +\\d+ +8,[\\d,]+ +[\\d,]+$`, 'm'));
    }
  }
  assert.match(text, /^ {2}tcp6 +promises|^tcp6: skipped/m);
  assert.doesNotMatch(text, /FAILED/);
  const escape = String.fromCharCode(27);
  for (const line of text.split('\n')) assert.ok(line.length <= 80 && !line.includes(escape), line);
});
