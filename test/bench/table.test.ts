// How results look in a terminal.

import assert from 'node:assert/strict';
import test from 'node:test';
import { summarize } from '../../bench/result.js';
import { table } from '../../bench/table.js';
import { echo, load, rounds } from './samples.js';

test('a table has processor time, the ratio with its goal and spread, throughput, latencies and memory', () => {
  const text = table(
    summarize(echo, rounds({ C: [5, 5, 5], berkeley: [6, 7, 8], 'node:net': [16, 16, 16] }), [
      { contender: 'Bun.listen', why: 'it ended\nearly' },
    ]),
  );
  const [title, head, c, berkeley, net, out] = text.split('\n');
  assert.equal(title, 'an echo');
  assert.match(head!, /for each message +CPU µs +× C +spread +× rival +per s +p50 µs +p99 µs +MiB +busy$/);
  assert.match(c!, /^ {2}C +5\.00 +200k +10 +20 +50 +100 %$/);
  assert.match(
    berkeley!,
    /^ {2}berkeley +7\.00 +1\.40 ≤ 1\.5 ✓ +1\.20–1\.60 +0\.44 ≤ 0\.5 ✓ +143k +10 +20 +50 +100 %$/,
  );
  assert.match(net!, /^ {2}node:net +16\.00 +3\.20 +3\.20–3\.20 +63k/);
  assert.equal(out, '  Bun.listen is out: it ended early');
});

test('a table fits into 120 columns with the longest name and figures', () => {
  const [c, berkeley] = echo.contenders as [(typeof echo.contenders)[0], (typeof echo.contenders)[0]];
  const wide = { ...berkeley, name: 'berkeley for await @deno', goal: 1.05, rivalGoal: 0.65 };
  const slow = load(1234.56, { perSecond: 9999, p50Us: 123456, p99Us: 123456, residentMiB: 1234 });
  const rival = { name: 'node:net', program: { js: 'n' } };
  const text = table(
    summarize(
      { ...echo, kind: 'handshake', resumed: false },
      new Map([
        [c, [load(100)]],
        [wide, [slow]],
        [rival, [load(100)]],
      ]),
    ),
  );
  assert.ok(text.includes('12.35 ≤ 1.05 ✗'));
  for (const line of text.split('\n')) assert.ok(line.length <= 120, `${line.length}: ${line}`);
});

test('lost datagrams and crowded cores are told', () => {
  const [c] = echo.contenders as [(typeof echo.contenders)[0]];
  const text = table(summarize(echo, new Map([[c, [load(1, { lost: 2 }), load(1, { lost: 1, crowded: 0.2 })]]])));
  assert.match(text, /C: 3 datagrams were lost/);
  assert.match(text, /other processes ran on these cores \(10 %\)/);
});
