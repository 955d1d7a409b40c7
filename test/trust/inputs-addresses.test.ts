// Owns the laws of addresses and services as text: what is read is written so that it reads as the same, everything else is an
// error of misuse, and Python's ipaddress, getaddrinfo(3) and urllib read no other address than we do.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type Endpoint,
  formatIpv4,
  formatIpv6,
  parseHost,
  parseIpv4,
  parseIpv6,
  parseListenTarget,
  parseService,
  parseTarget,
} from '../address/room.js';
import { mutated, soupOf, tries } from './inputs.js';
import { pythonAnswers } from './python-answers.js';
import { seed, size } from './size.js';

const octet = fc.oneof(
  fc.integer({ min: 0, max: 255 }).map(String),
  fc.constantFrom('256', '00', '01', '0x7f', '', '1e2', '+1'),
);
const ipv4 = fc.array(octet, { minLength: 1, maxLength: 5 }).map((all) => all.join('.'));
const dotted = fc.oneof(ipv4, fc.ipV4());
const hextet = fc.oneof(
  fc.constantFrom('0', '1', 'ffff', 'FFFF', 'fe80', '0000', '00', 'db8', '12345', 'g', '', '-1'),
  fc.integer({ min: 0, max: 0xffff }).map((n) => n.toString(16)),
);
const ipv6 = fc.oneof(
  fc.ipV6(),
  fc
    .tuple(fc.array(hextet, { maxLength: 9 }), fc.constantFrom('', '::'), fc.array(hextet, { maxLength: 7 }))
    .map(([before, gap, after]) => `${before.join(':')}${gap}${after.join(':')}`),
  fc
    .tuple(fc.constantFrom('::', '::ffff:', '64:ff9b::', '1:2:3:4:5:6:', '1:2:3:4:5:6:7:', '::1:'), dotted)
    .map((all) => all.join('')),
);
const zone = fc.constantFrom(
  '',
  '',
  '',
  '%lo',
  '%1',
  '%eth0',
  '%0',
  '%01',
  '%',
  '%4294967295',
  '%4294967296',
  '%a]b',
  '%25lo',
  '%é',
);
const label = fc.constantFrom(
  'a',
  'example',
  'xn--bcher-kva',
  'bücher',
  'ß',
  'A',
  '-',
  '_srv',
  '1',
  '127',
  '0x7f',
  '１２７',
  '。',
  'x'.repeat(63),
  'x'.repeat(64),
  '😀',
);
const name = fc
  .tuple(fc.array(label, { minLength: 1, maxLength: 4 }), fc.constantFrom('', '.'))
  .map(([all, dot]) => all.join('.') + dot);
const host = fc.oneof(
  dotted,
  ipv6,
  fc.tuple(ipv6, zone).map((all) => all.join('')),
  name,
);
const service = fc.oneof(
  fc.integer({ min: 0, max: 66_000 }).map(String),
  fc.constantFrom(
    'http',
    'HTTPS',
    '0x50',
    '080',
    '',
    ' 80',
    '80 ',
    '-1',
    '+80',
    '65535',
    '65536',
    '8e1',
    '٣',
    'a'.repeat(32),
    'a'.repeat(33),
    'x11-1',
    '\0',
  ),
);
const bracketed = fc.tuple(fc.constantFrom('[', ''), host, fc.constantFrom(']', '')).map((all) => all.join(''));
const inet = fc
  .tuple(
    fc.constantFrom('', '', '', 'tcp://', 'TLS://', 'udp://', 'http://', 'unix://', 'tcp:'),
    fc.oneof(host, bracketed),
    fc.constantFrom(':', ':', ':', ''),
    service,
  )
  .map((all) => all.join(''));
const path = soupOf(['/', 'a', '.', '..', 'é', '\0', ' ', '@', ':', '%20', 'x'.repeat(50), '\ud800', '//', 'run'], 6);
const elsewhere = fc
  .tuple(
    fc.constantFrom('unix:', 'UNIX:', 'unix:@', '/', './', '../', '//', 'unix:///', 'fd:', 'FD:'),
    fc.oneof(path, service),
  )
  .map((all) => all.join(''));
const pieces = [
  ':',
  '[',
  ']',
  '%',
  '.',
  '/',
  '@',
  '#',
  '?',
  '\\',
  ' ',
  '\t',
  '\0',
  '::',
  '0',
  '1',
  'f',
  'x',
  'é',
  '。',
  '\u00ad',
  '\u200d',
  '１',
  '-',
  '\ud800',
  '\uff1a',
  '\uff0e',
  'fd:',
  'unix:',
];
/** What is right, to be spoilt a little. */
const good = fc
  .tuple(
    fc.oneof(
      fc.ipV4(),
      fc.tuple(fc.ipV6(), fc.constantFrom('', '', '%lo', '%7')).map((all) => `[${all.join('')}]`),
      fc.domain(),
    ),
    fc.oneof(fc.integer({ min: 0, max: 65_535 }), fc.constantFrom('http', 'domain')),
  )
  .map((all) => all.join(':'));
const target = fc.oneof(
  { weight: 2, arbitrary: mutated(good, pieces) },
  { weight: 4, arbitrary: inet },
  { weight: 1, arbitrary: elsewhere },
  { weight: 4, arbitrary: mutated(inet, pieces) },
  { weight: 1, arbitrary: mutated(elsewhere, pieces) },
  { weight: 1, arbitrary: soupOf(pieces) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
);

test('a target is read and written so that it reads as the same, or is misuse that names the argument', (t) => {
  tries(
    t,
    100_000,
    2_000_000,
    fc.property(target, (text) => {
      const first = endpoint(text);
      if (first === null) return;
      // A host of such a name has a text with a scheme only, or none.
      if (first.kind === 'inet' && first.host?.kind === 'name' && /^(unix|fd)$/i.test(first.host.name)) return;
      const again = written(first);
      assert.equal(JSON.stringify(endpoint(again)), JSON.stringify(first), `by way of ${JSON.stringify(again)}`);
      assert.equal(written(endpoint(again)!), again);

      if (first.kind === 'inet') assert.match(again, /^[\x21-\x7e\x80-\uffff]+$/);
    }),
  );
});

test('a target from its parts is the target from its text', (t) => {
  tries(
    t,
    30_000,
    500_000,
    fc.property(host, service, (host, service) => {
      const plain = !host.includes(':') && !host.includes('[');
      // Text has other readings for these.
      if (/^(unix|fd)$/i.test(host) || /[/?#@\\]/.test(host + service) || /:/.test(service) || host === '') return;
      const fromText = outcome(() => parseTarget(`${plain ? host : `[${host}]`}:${service}`));
      assert.equal(
        outcome(() => parseTarget({ host, port: service })),
        fromText,
      );
      assert.equal(
        outcome(() => parseListenTarget({ host, port: service })),
        fromText,
      );
    }),
  );
});

test("IP addresses are those of Python's ipaddress, and their texts, too", async (t) => {
  const texts = sampled(
    fc.oneof(
      dotted,
      ipv6,
      mutated(
        ipv6,
        pieces.filter((one) => one !== '%'),
      ),
      mutated(dotted, pieces),
    ),
    40_000,
    500_000,
  );
  const theirs = await pythonAnswers<[number, string, string] | null>(
    t,
    `
def answer(text):
    try: a = ipaddress.ip_address(text)
    except ValueError: return None
    return [a.version, a.packed.hex(), a.compressed]
`,
    texts,
  );
  for (const [i, text] of texts.entries()) {
    // A zone is not for these, and Python takes one.
    if (text.includes('%')) continue;
    const [version, packed, compressed] = theirs[i] ?? [0, '', ''];
    const four = parseIpv4(text);
    const six = parseIpv6(text);
    assert.equal(
      four === null ? '' : Buffer.from(four).toString('hex'),
      version === 4 ? packed : '',
      JSON.stringify(text),
    );
    assert.equal(
      six === null ? '' : Buffer.from(six).toString('hex'),
      version === 6 ? packed : '',
      JSON.stringify(text),
    );
    if (four !== null) assert.equal(formatIpv4(four), compressed);
    // How a mapped address is printed depends on the version of Python.
    if (six !== null && !packed.startsWith('00000000000000000000ffff')) assert.equal(formatIpv6(six), compressed);
  }
  t.diagnostic(`${texts.length} inputs, seed ${seed}`);
});

test('getaddrinfo(3) takes our addresses for what they are, and no name of ours for an address', async (t) => {
  const hosts = sampled(fc.oneof(host, mutated(host, pieces)), 40_000, 500_000).flatMap((text) => {
    const found = quietly(() => parseHost('host', text));
    // Which zones there are, the machine knows.
    return found === null || (found.kind === 'ipv6' && found.scope !== undefined) ? [] : [found];
  });
  assert.ok(hosts.length > 5000);
  const theirs = await pythonAnswers<string | null>(
    t,
    `
def answer(text):
    try: found = socket.getaddrinfo(text, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except OSError: return None
    return socket.inet_pton(found[0][0], found[0][4][0]).hex()
`,
    hosts.map((host) => (host.kind === 'name' ? host.name : host.address)),
  );
  for (const [i, host] of hosts.entries()) {
    const bytes =
      host.kind === 'name' ? null : host.kind === 'ipv4' ? parseIpv4(host.address) : parseIpv6(host.address);
    assert.equal(theirs[i], bytes === null ? null : Buffer.from(bytes).toString('hex'), JSON.stringify(host));
  }
  t.diagnostic(`${hosts.length} inputs, seed ${seed}`);
});

test('urllib finds the same host and port, where it finds any', async (t) => {
  const texts = sampled(fc.oneof(good, mutated(good, pieces)), 20_000, 500_000).filter((text) =>
    /^[\x20-\x7e]+$/.test(text),
  );
  const read = texts.flatMap((text) => {
    const found = endpoint(text);
    if (found?.kind !== 'inet' || found.scheme !== null || found.host === null) return [];
    if (found.host.kind === 'name' && found.family === 'ipv6') return [];
    // An interface may be called so; urllib ends the address there, and finds no port.
    if (found.host.kind === 'ipv6' && /[[\]]/.test(found.host.scope ?? '')) return [];
    return typeof found.service === 'number' ? [{ text, host: found.host, port: found.service }] : [];
  });
  assert.ok(read.length > 2000, `${read.length} targets`);
  const theirs = await pythonAnswers<[string, number] | null>(
    t,
    `
def answer(text):
    try:
        parts = urllib.parse.urlsplit('//' + text)
        return [parts.hostname, parts.port]
    except ValueError: return None
`,
    read.map(({ text }) => text),
  );
  for (const [i, { text, host, port }] of read.entries()) {
    const [name, number] = theirs[i] ?? [null, null];
    assert.equal(number, port, text);
    const [address = '', zone] = (name ?? '').split('%');
    if (host.kind === 'name') assert.equal(name, host.name.toLowerCase(), text);
    else if (host.kind === 'ipv4') assert.equal(name, host.address, text);
    else {
      assert.deepEqual(parseIpv6(address), parseIpv6(host.address), text);
      if (host.scope !== undefined && !/^0*\d+$/.test(zone ?? '')) assert.equal(zone, host.scope.toLowerCase(), text);
    }
  }
  t.diagnostic(`${read.length} inputs, seed ${seed}`);
});

test('a number that is a port is the same port to getaddrinfo(3), and nothing else is a number', async (t) => {
  const texts = sampled(fc.oneof(service, mutated(service, ['0', '1', ' ', '-', '+', 'x', '.', '_'])), 20_000, 200_000);
  const ports = texts.flatMap((text) => {
    const found = quietly(() => parseService('port', text));
    if (typeof found === 'string') assert.ok(/[a-z]/i.test(found) && !/^[0-9]+$/.test(found));
    return typeof found === 'number' ? [{ text, port: found }] : [];
  });
  const theirs = await pythonAnswers<number>(
    t,
    `
def answer(text): return socket.getaddrinfo('::1', text, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICSERV)[0][4][1]
`,
    ports.map(({ text }) => text),
  );
  for (const [i, { text, port }] of ports.entries()) assert.equal(theirs[i], port, text);
  t.diagnostic(`${texts.length} inputs, seed ${seed}`);
});

/** What a text means, or null where that is misuse. Any other failure is one of the test. */
function endpoint(text: string): Endpoint | null {
  return quietly(() => parseTarget(text));
}

function quietly<T>(call: () => T): T | null {
  try {
    return call();
  } catch (error) {
    outcomeOf(error);
    return null;
  }
}

/** A value or a failure, in one line. */
function outcome(call: () => unknown): string {
  try {
    return JSON.stringify(call());
  } catch (error) {
    return outcomeOf(error);
  }
}

function outcomeOf(error: unknown): string {
  const { name, code, message } = error as Error & { code?: string };
  assert.ok(name === 'TypeError' || name === 'RangeError', String(error));
  assert.match(code ?? '', /^ERR_INVALID_ARG_(TYPE|VALUE)$/, message);
  assert.match(message, /^The "(target|host|port)(\.(host|port|path))?" argument /);
  return 'misuse';
}

/** The one text of an endpoint. */
function written(endpoint: Endpoint): string {
  switch (endpoint.kind) {
    case 'unix':
      return `unix:${endpoint.path.startsWith('//') ? '//' : ''}${endpoint.path}`;
    case 'fd':
      return `fd:${endpoint.fd}`;
    case 'inet': {
      const { host, service, family, scheme } = endpoint;
      const where =
        host === null
          ? ''
          : host.kind === 'name'
            ? host.name
            : host.address + (host.kind === 'ipv6' && host.scope !== undefined ? `%${host.scope}` : '');
      const inBrackets = host?.kind === 'ipv6' || family === 'ipv6';
      return `${scheme === null ? '' : `${scheme}://`}${inBrackets ? `[${where}]` : where}:${service!}`;
    }
    default:
      throw new Error(endpoint.kind);
  }
}

function sampled<T>(values: fc.Arbitrary<T>, inCheck: number, byHand: number): T[] {
  return fc.sample(values, { numRuns: size(inCheck, byHand), seed });
}
