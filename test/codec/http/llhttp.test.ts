// Owns the comparison with llhttp: the same verdict on every head that its tests describe, or a difference with a reason.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eachByte, parse } from './kit.js';
import { differences, requests, responses } from './llhttp-cases.js';

for (const [kind, rows] of [
  ['request', requests],
  ['response', responses],
] as const) {
  for (const [title, bytes, taken, ours] of rows) {
    const verdict = ours === undefined ? 'as llhttp does' : `unlike llhttp: ${differences[ours]}`;
    test(`a ${kind} with ${title} is ${taken === (ours === undefined) ? 'taken' : 'refused'} ${verdict}`, () => {
      for (const cuts of [[], eachByte(bytes)]) {
        const { head, code, used } = parse(bytes, cuts);
        if (taken === (ours === undefined)) {
          assert.equal(code, undefined);
          assert.equal(head!.method === undefined, kind === 'response');
          const end = /\r?\n\r?\n/.exec(bytes.slice(2))!;
          assert.equal(used, end.index + 2 + end[0].length);
        } else {
          assert.equal(code, 'ERR_HTTP_HEAD');
        }
      }
    });
  }
}

test('only two differences are not on the strict side', () => {
  const loose = [...requests, ...responses].flatMap(([, , taken, ours]) =>
    ours !== undefined && !taken ? [ours] : [],
  );
  assert.deepEqual([...new Set(loose)].sort(), ['LF alone', 'any method']);
});
