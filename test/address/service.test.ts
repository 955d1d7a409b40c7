// Owns the tests of ports and service names.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { misuse, parseService } from './room.js';

test('a port is a whole number from 0 to 65535, as a number or in digits', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 65535 }), (port) => {
      assert.equal(parseService('port', port), port);
      assert.equal(parseService('port', String(port)), port);
    }),
  );
});

test('a port outside the range is a RangeError that names the argument', () => {
  for (const value of [-1, 65536, 1.5, NaN, Infinity, -Infinity, '65536', '99999999999999999999']) {
    assert.throws(() => parseService('options.port', value), misuse('RangeError', 'options.port'), String(value));
  }
});

test('what glibc reads as something else is refused', () => {
  for (const value of ['', ' ', '-1', '+80', '0x50', '0X50', ' 80', '80 ', '80\n', '080', '00', '1.5', '8０']) {
    assert.throws(() => parseService('port', value), misuse('TypeError', 'port'), JSON.stringify(value));
  }
});

test('what is neither a number nor a string is refused', () => {
  for (const value of [null, undefined, true, 80n, {}, [80], Symbol('80')]) {
    assert.throws(() => parseService('port', value), misuse('TypeError', 'port'), typeof value);
  }
});

test('a service name has letters, digits and - _ + . and at most 32 characters', () => {
  for (const name of ['http', 'HTTPS', 'x11-1', 'whois++', 'iso-tsap', 'z39.50', 'a_b', '3com-tsmux', 'a'.repeat(32)]) {
    assert.equal(parseService('port', name), name);
  }
  for (const name of ['a'.repeat(33), 'ht tp', 'http/1', 'http:', 'http\0', 'hттp', '-', '1-2', '0xhttp', 'a%b']) {
    assert.throws(() => parseService('port', name), misuse('TypeError', 'port'), JSON.stringify(name));
  }
});
