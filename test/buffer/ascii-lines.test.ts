// Owns the tests of the short way to lines: mixed with everything else that a buffer does, it gives the same lines.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { pair } from 'berkeley/sync';

const word = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom('a', 'bc', 'def', '\n', '\n', '\r\n') },
  { weight: 1, arbitrary: fc.constantFrom('\r', 'ü', '€', 'x'.repeat(30), 'y'.repeat(5000)) },
);
const words = fc.array(word, { minLength: 5, maxLength: 40 });
const steps = fc.array(fc.constantFrom('line', 'line', 'line', 'piece', 'piece', 'back', 'more', 'peek', 'latin1'), {
  maxLength: 40,
});

test('readLine without options gives what readLine with a limit gives, whatever is read in between', () => {
  fc.assert(
    fc.property(words, words, steps, (first, second, chosen) => {
      const [source, short] = pair();
      const [other, long] = pair();
      const both = (bytes: string): void => {
        source.write(bytes);
        other.write(bytes);
      };
      both(first.join(''));
      let more = second.join('');
      for (const step of chosen) {
        for (const conn of [short, long]) conn.encoding = step === 'latin1' ? 'latin1' : 'utf-8';
        if (step === 'more') {
          both(more);
          more = '';
        } else if (step === 'piece') {
          const [one, two] = [short, long].map((conn) => (conn.waitReadable({ timeout: 0 }) ? conn.read(3) : null));
          assert.deepEqual(one, two);
        } else if (step === 'back') for (const conn of [short, long]) conn.unread('é\nz\r');
        else if (step === 'peek') {
          for (const conn of [short, long]) if (conn.waitReadable({ timeout: 0 })) conn.peek(1);
        } else {
          const wanted = attempt(() => long.readLine({ timeout: 0, max: 65536 }));
          // A call without options would wait where the other one is at its limit.
          const failed = wanted === 'ETIMEDOUT' || wanted === 'ERR_ENCODING';
          assert.equal(failed ? attempt(() => short.readLine({ timeout: 0 })) : short.readLine(), wanted);
        }
      }
      assert.equal(short.bytesRead <= source.bytesWritten, true);
      for (const conn of [source, other]) conn.closeWrite();
      assert.deepEqual(short.readAll(), long.readAll());
      for (const conn of [source, other, short, long]) conn.abort();
    }),
    { numRuns: 300 },
  );
});

function attempt(read: () => string | null): string | null {
  try {
    return read();
  } catch (error) {
    return (error as { code: string }).code;
  }
}
