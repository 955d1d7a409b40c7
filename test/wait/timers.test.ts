// Owns the test of the heap of deadlines against a model: everything rings once, in order, never early, unless removed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type * as Limit from '../../src/wait/limit.js';
import type * as Room from '../../src/wait/timers.js';

const load = (file: string): Promise<unknown> =>
  import(new URL(`../../../compiled/wait/${file}.js`, import.meta.url).href);
const { setTimed, removeTimed, ringDue } = (await load('timers')) as typeof Room;
const { durationOf } = (await load('limit')) as typeof Limit;

class Alarm {
  slot = -1;
  due = Infinity;
  deadline = Infinity;
  rung = 0;
  readonly log: Alarm[];
  constructor(deadline: number, log: Alarm[]) {
    this.log = log;
    setTimed(this, deadline);
  }
  ring(): void {
    this.rung++;
    this.log.push(this);
  }
}

test('what is due rings once and in order, also when it was moved; what was removed, rests, or is to come does not', () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ add: fc.integer({ min: -1000, max: 1000 }) }) },
    { weight: 2, arbitrary: fc.record({ remove: fc.nat() }) },
    { weight: 3, arbitrary: fc.record({ move: fc.nat(), to: fc.integer({ min: -1000, max: 1000 }) }) },
    { weight: 1, arbitrary: fc.record({ rest: fc.nat() }) },
    { weight: 1, arbitrary: fc.constant('ring' as const) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      // Half are long over and half are far away, so that the time a run takes does not matter.
      const now = performance.now();
      const log: Alarm[] = [];
      const model = new Map<Alarm, number>();
      const resting: Alarm[] = [];
      const momentOf = (offset: number): number => now + (offset < 0 ? offset - 1 : offset + 1e7);
      const any = (index: number): Alarm | undefined => [...model.keys()][index % Math.max(1, model.size)];
      const check = (): void => {
        log.length = 0;
        ringDue();
        const due = [...model].filter(([, deadline]) => deadline < now);
        assert.equal(log.length, due.length);
        assert.deepEqual(new Set(log), new Set(due.map(([alarm]) => alarm)));
        for (let i = 1; i < log.length; i++) assert.ok(model.get(log[i - 1]!)! <= model.get(log[i]!)!, 'out of order');
        for (const [alarm] of due) model.delete(alarm);
        for (const alarm of model.keys()) assert.ok(alarm.slot >= 0);
      };
      for (const one of steps) {
        if (one === 'ring') check();
        else if ('add' in one) {
          const moment = momentOf(one.add);
          const alarm = resting.pop() ?? new Alarm(moment, log);
          setTimed(alarm, moment);
          model.set(alarm, moment);
        } else if ('move' in one) {
          const alarm = any(one.move);
          if (alarm === undefined) continue;
          setTimed(alarm, momentOf(one.to));
          model.set(alarm, momentOf(one.to));
        } else if ('rest' in one) {
          const alarm = any(one.rest);
          if (alarm === undefined) continue;
          alarm.deadline = Infinity;
          resting.push(alarm);
          model.delete(alarm);
        } else {
          const alarm = any(one.remove);
          if (alarm === undefined) continue;
          removeTimed(alarm);
          removeTimed(alarm);
          assert.equal(alarm.slot, -1);
          model.delete(alarm);
        }
      }
      check();
      for (const alarm of [...model.keys(), ...resting]) {
        removeTimed(alarm);
        assert.equal(alarm.rung, 0);
      }
    }),
    { numRuns: 500 },
  );
});

test('removing from anywhere in a large heap keeps the order of the rest', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 20, maxLength: 200 }),
      fc.array(fc.nat(), { maxLength: 60 }),
      (ages, removed) => {
        const log: Alarm[] = [];
        const now = performance.now();
        const all = ages.map((age) => new Alarm(now - age, log));
        const gone = new Set(removed.map((index) => all[index % all.length]!));
        for (const alarm of gone) removeTimed(alarm);
        ringDue();
        const expected = all.filter((alarm) => !gone.has(alarm)).map(({ deadline }) => deadline);
        assert.deepEqual(
          log.map(({ deadline }) => deadline),
          expected.sort((a, b) => a - b),
        );
      },
    ),
    { numRuns: 500 },
  );
});

test('durations', () => {
  for (const [text, ms] of [
    ['250ms', 250],
    ['1.5s', 1500],
    ['2m', 120_000],
    ['1h', 3_600_000],
    [0, 0],
    [0.5, 0.5],
    [3e9, 3e9],
    [Infinity, Infinity],
  ] as const)
    assert.equal(durationOf('timeout', text), ms);
  for (const wrong of ['', '5', 's', '5 s', '-5s', '5sec', '1e3ms', '.5s', '5.s', NaN, -1, -Infinity, null, {}, true])
    assert.throws(() => durationOf('timeout', wrong), { message: /^The "timeout" argument / });
});
