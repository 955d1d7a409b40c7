// Owns the tests of hosts: addresses, zones, names, and names that are not ASCII.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { misuse, parseHost } from './room.js';

function refused(text: string, says?: RegExp) {
  assert.throws(() => parseHost('host', text), misuse('TypeError', 'host', says), JSON.stringify(text));
}

test('IPv4 and IPv6 addresses are told from names', () => {
  assert.deepEqual(parseHost('host', '127.0.0.1'), { kind: 'ipv4', address: '127.0.0.1' });
  assert.deepEqual(parseHost('host', '::1'), { kind: 'ipv6', address: '::1' });
  assert.deepEqual(parseHost('host', '2001:DB8:0::1'), { kind: 'ipv6', address: '2001:db8::1' });
  assert.deepEqual(parseHost('host', 'localhost'), { kind: 'name', name: 'localhost' });
});

test('an IPv6 address keeps its zone', () => {
  const table: [string, string | undefined][] = [
    ['fe80::1%eth0', 'eth0'],
    ['fe80::1%eth0.100', 'eth0.100'],
    ['fe80::1%3', '3'],
    ['fe80::1%03', '3'],
    ['fe80::1%0', undefined],
    ['fe80::1%4294967295', '4294967295'],
    ['fe80::1%abcdefghijklmno', 'abcdefghijklmno'],
  ];
  for (const [text, scope] of table) {
    const host = scope === undefined ? {} : { scope };
    assert.deepEqual(parseHost('host', text), { kind: 'ipv6', address: 'fe80::1', ...host }, text);
  }
});

test('a zone that no interface can have is refused', () => {
  for (const zone of [
    '',
    '%',
    'a%b',
    'a/b',
    'a b',
    'a\0',
    'a\n',
    'a:b',
    'abcdefghijklmnop',
    'éééééééé',
    '4294967296',
  ]) {
    refused(`fe80::1%${zone}`, /zone/);
  }
  refused('127.0.0.1%eth0');
  refused('host%eth0');
});

test('names may have hyphens, underscores and a trailing dot', () => {
  const label = 'a'.repeat(63);
  const long = `${label}.${label}.${label}.${'b'.repeat(61)}`;
  for (const name of [
    ...['a', 'A-b', '_sip._tcp.example.org', 'example.org.', 'x--y', '1.2.3.4.example', '3com', '0xdead.example'],
    ...['1a', '0xg', '127.0.0.1a', long, `${long}.`, 'xn--bcher-kva.example'],
  ]) {
    assert.deepEqual(parseHost('host', name), { kind: 'name', name });
  }
});

test('what no name can be is refused', () => {
  refused('', /empty host/);
  for (const name of ['.', '..', 'a..b', '.a', 'a..']) refused(name, /empty label/);
  refused('a'.repeat(64), /63 characters/);
  refused(`${'a.'.repeat(126)}aa`, /253 characters/);
  for (const bad of ['/', ':', '[', ']', '%', '@', '\\', '?', '#', '*', '"', "'", '<', '$', ',', '~', '!', '(', '`']) {
    refused(`a${bad}b`, /no host/);
  }
  refused('example.org:80', /a port does not belong here/);
  refused('[::1]');
});

test('blanks, control characters and NUL are refused anywhere, in names of any script', () => {
  for (const bad of [' ', '\t', '\n', '\r', '\0', '\x7f', '\x1b', '\u0085', '\u00a0', '\u2028', '\u3000', '\ufeff']) {
    for (const name of ['host', 'bücher']) {
      refused(bad + name);
      refused(name + bad);
      refused(`${name}${bad}.example`);
    }
  }
});

test('old IPv4 spellings are refused, however they are written', () => {
  for (const text of [
    ...['127.1', '0x7f.1', '0x7f.0.0.1', '2130706433', '256.0.0.1', '127.0.0.1.', '1.2.3', '1.2.3.4.5', '01.2.3.4'],
    ...[
      '0177.0.0.1',
      '0x',
      'example.1',
      'example.0x1F',
      '00000000.',
      '１２７.１',
      '127。1',
      '２１３０７０６４３３',
      '０x7f.1',
    ],
  ]) {
    refused(text, /old IPv4 spelling/);
  }
});

test('names that are not ASCII go out as UTS 46 says', () => {
  const table: [string, string][] = [
    ['bücher.example', 'xn--bcher-kva.example'],
    ['BÜCHER.example.', 'xn--bcher-kva.example.'],
    ['faß.de', 'xn--fa-hia.de'],
    ['日本語。ＪＰ', 'xn--wgv71a119e.jp'],
    ['ｅｘａｍｐｌｅ.org', 'example.org'],
    ['☃', 'xn--n3h'],
    ['ü_a', 'xn--_a-wka'],
  ];
  for (const [text, name] of table) assert.deepEqual(parseHost('host', text), { kind: 'name', name }, text);
  assert.deepEqual(parseHost('host', '１２７.０.０.１'), { kind: 'ipv4', address: '127.0.0.1' });
});

test('names without an ASCII form are refused, also where a mapped character is syntax', () => {
  for (const text of ['xn--ü', '\ud800', '\u00ad', 'ａ／b', 'ａ：80', 'ａ％41', 'ａ＠b', '［::1］', 'é..b', '⒈com'])
    refused(text);
  refused('ü'.repeat(80));
  refused('bü%41cher');
});

test('every host that is read prints as a host that reads the same', () => {
  const piece = fc.constantFrom(
    'a',
    'ü',
    '.',
    '-',
    '_',
    '1',
    '127',
    '0x',
    ':',
    '::',
    '%',
    '字',
    '\u00ad',
    '．',
    '１',
    ' ',
    '@',
  );
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 12 }), (pieces) => {
      let host;
      try {
        host = parseHost('host', pieces.join(''));
      } catch (error) {
        assert.ok(misuse('TypeError', 'host')(error), String(error));
        return;
      }
      const text = host.kind === 'name' ? host.name : `${host.address}${'scope' in host ? `%${host.scope}` : ''}`;
      if (host.kind === 'name') assert.match(text, /^[\x21-\x7e]+$/);
      assert.deepEqual(parseHost('host', text), host);
    }),
    { numRuns: 3000 },
  );
});
