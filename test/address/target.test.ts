// Owns the tests of targets: every form of the contract, and every form that is close to one and refused.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  ipv4Address,
  ipv6Address,
  misuse,
  parseListenTarget,
  parseTarget,
  rawAddress,
  unixAddress,
  type Endpoint,
} from './room.js';

type Inet = Extract<Endpoint, { kind: 'inet' }>;

function inet(host: Inet['host'] | string, service: number | string, more: Partial<Inet> = {}): Endpoint {
  const named = typeof host === 'string' ? ({ kind: 'name', name: host } as const) : host;
  return { kind: 'inet', host: named, service, family: null, scheme: null, ...more };
}

const ipv4 = (address: string) => ({ kind: 'ipv4', address }) as const;
const ipv6 = (address: string, scope?: string) =>
  scope === undefined ? ({ kind: 'ipv6', address } as const) : ({ kind: 'ipv6', address, scope } as const);

test('every form of text means what the contract says', () => {
  const table: [string, Endpoint][] = [
    ['host:443', inet('host', 443)],
    ['host:https', inet('host', 'https')],
    ['host.:0', inet('host.', 0)],
    ['127.0.0.1:80', inet(ipv4('127.0.0.1'), 80)],
    ['[::1]:80', inet(ipv6('::1'), 80)],
    ['[FE80::1%eth0]:80', inet(ipv6('fe80::1', 'eth0'), 80)],
    ['[fe80::1%a]b]:80', inet(ipv6('fe80::1', 'a]b'), 80)],
    ['[localhost]:80', inet('localhost', 80, { family: 'ipv6' })],
    [':80', inet(null, 80)],
    [':http', inet(null, 'http')],
    ['bücher.example:80', inet('xn--bcher-kva.example', 80)],
    ['tcp://host:80', inet('host', 80, { scheme: 'tcp' })],
    ['TLS://host:443', inet('host', 443, { scheme: 'tls' })],
    ['udp://[::1]:53', inet(ipv6('::1'), 53, { scheme: 'udp' })],
    ['tcp://[host]:80', inet('host', 80, { scheme: 'tcp', family: 'ipv6' })],
    ['tcp://:80', inet(null, 80, { scheme: 'tcp' })],
    ['tcp://unix:80', inet('unix', 80, { scheme: 'tcp' })],
    ['unix:/run/x.sock', { kind: 'unix', path: '/run/x.sock' }],
    ['unix:x y', { kind: 'unix', path: 'x y' }],
    ['unix:@abstract', { kind: 'unix', path: '@abstract' }],
    ['UNIX:///run/x%20y', { kind: 'unix', path: '/run/x%20y' }],
    ['/run/x.sock', { kind: 'unix', path: '/run/x.sock' }],
    ['//run/x', { kind: 'unix', path: '//run/x' }],
    ['./x', { kind: 'unix', path: './x' }],
    ['../x', { kind: 'unix', path: '../x' }],
    ['fd:3', { kind: 'fd', fd: 3 }],
    ['fd:2147483647', { kind: 'fd', fd: 2147483647 }],
  ];
  for (const [text, endpoint] of table) assert.deepEqual(parseTarget(text), endpoint, text);
});

test('a target without a port says so, and shows how to write one', () => {
  for (const target of [
    'host',
    'host:',
    '[::1]',
    '[::1]:',
    ':',
    'tcp://host',
    'tls://host:',
    '127.0.0.1',
    { host: 'x' },
    { host: 'x', port: '' },
  ]) {
    const says = /missing port; write for example 'localhost:443'/;
    assert.throws(() => parseTarget(target), misuse('TypeError', 'target', says), JSON.stringify(target));
  }
});

test('text that is close to a target is refused, with the part that is wrong', () => {
  const table: [string, string, RegExp][] = [
    ['', 'target', /empty/],
    ['::1', 'target', /brackets/],
    ['::1:80', 'target', /brackets/],
    ['::', 'target', /brackets/],
    ['tcp:host:80', 'target', /brackets/],
    ['[::1', 'target', /without a "\]"/],
    ['[::1]80', 'target', /behind/],
    ['[]:80', 'target.host', /empty/],
    ['[127.0.0.1]:80', 'target.host', /for IPv6/],
    ['[[::1]]:80', 'target.host', /not an IPv6 address/],
    ['[::1%]:80', 'target.host', /zone/],
    ['::1]:80', 'target', /brackets/],
    [' host:80', 'target.host', /character/],
    ['host :80', 'target.host', /character/],
    ['127.1:80', 'target.host', /old IPv4/],
    ['host: 80', 'target.port', /plain decimal/],
    ['host:080', 'target.port', /plain decimal/],
    ['host:0x50', 'target.port', /plain decimal/],
    ['host:-1', 'target.port', /plain decimal/],
    ['host:80/path', 'target', /without a path/],
    ['user@host:80', 'target', /user name/],
    ['tcp://user:secret@host:80', 'target', /user name/],
    ['tcp://host:80/', 'target', /without a path/],
    ['tcp://host:80?a', 'target', /query/],
    ['tcp://host:80#a', 'target', /query/],
    ['tcp:///run/x', 'target', /without a path/],
    ['http://host:80', 'target', /unknown scheme/],
    ['unix:', 'target', /empty Unix path/],
    ['unix://run/x', 'target', /absolute path/],
    ['unix://@x', 'target', /absolute path/],
    ['unix:/a\0b', 'target', /NUL/],
    ['unix:@a\0b', 'target', /NUL/],
    ['/a\0b', 'target', /NUL/],
    ['/\ud800', 'target', /no UTF-8 form/],
    ['fd:', 'target', /descriptor/],
    ['fd:-1', 'target', /descriptor/],
    ['fd:03', 'target', /descriptor/],
    ['fd:2147483648', 'target', /descriptor/],
  ];
  for (const [text, argument, says] of table) {
    assert.throws(() => parseTarget(text), misuse('TypeError', argument, says), JSON.stringify(text));
  }
  assert.throws(() => parseTarget('host:65536'), misuse('RangeError', 'target.port', /0 to 65535/));
});

test('a Unix path is never truncated: 107 bytes fit, 108 are an error that names the limit', () => {
  const fits = [`/${'x'.repeat(106)}`, `/${'ü'.repeat(53)}`, `@${'x'.repeat(107)}`];
  for (const path of fits) {
    assert.deepEqual(parseTarget(`unix:${path}`), { kind: 'unix', path });
    for (const target of [`unix:${path}x`, { path: `${path}x` }]) {
      const argument = typeof target === 'string' ? 'target' : 'target.path';
      assert.throws(() => parseTarget(target), misuse('TypeError', argument, /limit is 107 bytes/));
    }
  }
});

test('every form of object means what the contract says', () => {
  const table: [object, Endpoint][] = [
    [{ host: 'host', port: 80 }, inet('host', 80)],
    [{ host: 'host', port: '80' }, inet('host', 80)],
    [{ host: 'host', port: 'https', path: undefined, family: undefined }, inet('host', 'https')],
    [{ host: '::1', port: 80 }, inet(ipv6('::1'), 80)],
    [{ host: '[::1]', port: 80 }, inet(ipv6('::1'), 80)],
    [{ host: 'fe80::1%eth0', port: 80 }, inet(ipv6('fe80::1', 'eth0'), 80)],
    [{ host: '[host]', port: 80 }, inet('host', 80, { family: 'ipv6' })],
    [{ port: 80 }, inet(null, 80)],
    [{ port: 80, family: 'ipv6' }, inet(null, 80, { family: 'ipv6' })],
    [{ host: 'host', port: 80, family: 'ipv4' }, inet('host', 80, { family: 'ipv4' })],
    [{ host: 'host', port: 80, family: 10 }, inet('host', 80, { family: 'ipv6' })],
    [{ host: 'host', port: 80, family: 0 }, inet('host', 80)],
    [{ host: '127.0.0.1', port: 80, family: 2 }, inet(ipv4('127.0.0.1'), 80, { family: 'ipv4' })],
    [{ path: 'x' }, { kind: 'unix', path: 'x' }],
    [
      { path: '@x', family: 'unix' },
      { kind: 'unix', path: '@x' },
    ],
    [{ host: 'host', port: 80, color: 'red' }, inet('host', 80)],
  ];
  for (const [target, endpoint] of table) assert.deepEqual(parseTarget(target), endpoint, JSON.stringify(target));
});

test('objects that contradict themselves or name nothing are refused', () => {
  const table: [object, string, RegExp][] = [
    [{}, 'target', /names nothing/],
    [{ family: 'ipv4' }, 'target', /names nothing/],
    [{ host: 'x', path: '/p' }, 'target', /beside/],
    [{ port: 1, path: '/p' }, 'target', /beside/],
    [{ path: '/p', family: 'ipv4' }, 'target', /family/],
    [{ host: 'x', port: 1, family: 'unix' }, 'target', /no path/],
    [{ host: '::1', port: 1, family: 'ipv4' }, 'target.host', /is ipv6/],
    [{ host: '127.0.0.1', port: 1, family: 'ipv6' }, 'target.host', /is ipv4/],
    [{ host: '[x]', port: 1, family: 'ipv4' }, 'target.host', /is ipv6/],
    [{ host: '', port: 1 }, 'target.host', /empty/],
    [{ host: 1, port: 1 }, 'target.host', /host name/],
    [{ host: null, port: 1 }, 'target.host', /host name/],
    [{ host: 'x', port: null }, 'target.port', /port/],
    [{ host: 'x:80', port: 80 }, 'target.host', /port does not belong/],
    [{ path: '' }, 'target.path', /empty/],
    [{ path: 1 }, 'target.path', /Unix path/],
    [{ host: 'x', port: 1, family: 29 }, 'target.family', /"raw"/],
    [{ host: 'x', port: 1, family: 'tipc' }, 'target.family', /"raw"/],
    [{ host: 'x', port: 1, family: 'IPv4' }, 'target.family', /"ipv4"/],
    [{ host: 'x', port: 1, family: {} }, 'target.family', /family/],
    [{ family: 17, raw: [17, 0] }, 'target.raw', /Uint8Array/],
    [{ family: 17, raw: new Uint8Array(1) }, 'target.raw', /2 to 128/],
    [{ family: 17, raw: new Uint8Array(129) }, 'target.raw', /2 to 128/],
    [{ family: 17, raw: new Uint8Array(20) }, 'target.raw', /begins with the family 0/],
    [{ raw: new Uint8Array(20) }, 'target.family', /number/],
  ];
  for (const [target, argument, says] of table) {
    assert.throws(() => parseTarget(target), misuse('TypeError', argument, says), JSON.stringify(target));
  }
  assert.throws(() => parseTarget({ host: 'x', port: 65536 }), misuse('RangeError', 'target.port'));
});

test('an address is a target, whoever made it', () => {
  const raw = new Uint8Array(new Uint16Array([17, 1]).buffer);
  const table: [object, Endpoint][] = [
    [ipv4Address('127.0.0.1', 80), inet(ipv4('127.0.0.1'), 80)],
    [ipv6Address('fe80::1', 80, 'eth0'), inet(ipv6('fe80::1', 'eth0'), 80)],
    [unixAddress('@x'), { kind: 'unix', path: '@x' }],
    [rawAddress(17, raw), { kind: 'raw', family: 17, raw }],
    [rawAddress('packet', raw), { kind: 'raw', family: 17, raw }],
    [
      { family: 17, raw },
      { kind: 'raw', family: 17, raw },
    ],
  ];
  for (const [address, endpoint] of table) {
    assert.deepEqual(parseTarget(address), endpoint);
    assert.deepEqual(parseTarget(structuredClone({ ...address })), endpoint);
  }
});

test('an address that leads nowhere is refused', () => {
  const table: [object, string][] = [
    [unixAddress(''), 'target'],
    [{ family: 'unix', address: '' }, 'target'],
    [{ family: 'ipv4', address: '127.0.0.1' }, 'target'],
    [{ address: '127.0.0.1', port: 1 }, 'target'],
    [{ family: 'ipv4', address: '::1', port: 1 }, 'target.address'],
    [{ family: 'ipv6', address: 'host', port: 1 }, 'target.address'],
    [{ family: 'ipv6', address: '::1', port: 1, scope: '' }, 'target.address'],
    [{ family: 'ipv6', address: '::1', port: 1, scope: 1 }, 'target.scope'],
    [{ family: 29, address: '' }, 'target.family'],
    [{ family: 17, address: '' }, 'target'],
    [{ family: 'vsock', address: '2', port: 1 }, 'target'],
  ];
  for (const [address, argument] of table) {
    assert.throws(() => parseTarget(address), misuse('TypeError', argument), JSON.stringify(address));
  }
});

test('raw bytes are copied, so that their owner may change them', () => {
  const raw = new Uint8Array(new Uint16Array([17, 1]).buffer);
  const endpoint = parseTarget({ family: 17, raw });
  raw.fill(0);
  assert.ok(endpoint.kind === 'raw' && endpoint.raw.some((byte) => byte !== 0));
});

test('what is neither text nor an object is refused, under the name the caller gave', () => {
  for (const target of [undefined, null, 80, 80n, true, [], ['host', 80], () => 'host:80', Symbol('x')]) {
    assert.throws(() => parseTarget(target, 'proxy'), misuse('TypeError', 'proxy'), String(target));
  }
  assert.throws(() => parseTarget('host:080', 'proxy'), misuse('TypeError', 'proxy.port'));
});

test('a listener also takes a port by number', () => {
  assert.deepEqual(parseListenTarget(0), inet(null, 0));
  assert.deepEqual(parseListenTarget(8080), inet(null, 8080));
  assert.deepEqual(parseListenTarget(':80'), inet(null, 80));
  for (const port of [-1, 65536, 1.5, NaN])
    assert.throws(() => parseListenTarget(port), misuse('RangeError', 'target'));
  assert.throws(() => parseListenTarget('8080'), misuse('TypeError', 'target', /missing port/));
});

test('any text is either a target or a misuse that names the target', () => {
  const piece = fc.constantFrom(
    ...[
      'host',
      '::1',
      '[',
      ']',
      ':',
      '80',
      '/',
      './',
      '@',
      '%',
      'tcp://',
      'unix:',
      'fd:',
      'udp://',
      '\0',
      ' ',
      'ü',
      '.',
    ],
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
  );
  fc.assert(
    fc.property(text, (text) => {
      try {
        assert.ok(['inet', 'unix', 'fd'].includes(parseTarget(text).kind));
      } catch (error) {
        assert.match(String(error), /^(Type|Range)Error: The "target(\.host|\.port)?" argument /);
      }
    }),
    { numRuns: 5000 },
  );
});
