// Owns the laws of what people and files say: any words on the command line are a command or wrong usage, certificates, keys,
// pins and names of any content are taken or refused with a name, and the values that Chapel reads are the same in any
// segmentation.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import fc from 'fast-check';
import type * as Arguments from '../../src/cli/arguments.js';
import type * as Commands from '../../src/cli/manual/commands.js';
import type * as Usage from '../../src/cli/usage.js';
import type * as Alpn from '../../src/core/tls/alpn.js';
import type * as Material from '../../src/core/tls/material.js';
import type * as Pems from '../../src/core/tls/pem.js';
import type * as Pins from '../../src/core/tls/pins.js';
import type * as Names from '../../src/core/tls/server-name.js';
import type * as Values from '../../src/dialects/chapel/values.js';
import type * as Errors from '../../src/error/socket-error.js';
import { pki } from '../support/pki.js';
import { built, mutated, soupOf, tries } from './inputs.js';
import { seed, size } from './size.js';

const { parseCommand } = (await built('cli/arguments')) as typeof Arguments;
const { commands: table } = (await built('cli/manual/commands')) as typeof Commands;
const { UsageError } = (await built('cli/usage')) as typeof Usage;
const { parseAlpn } = (await built('core/tls/alpn')) as typeof Alpn;
const { materialOf } = (await built('core/tls/material')) as typeof Material;
const { certificatesOf, crlsOf } = (await built('core/tls/pem')) as typeof Pems;
const { parsePins } = (await built('core/tls/pins')) as typeof Pins;
const { nameThatCame, namePattern, serverIdentity } = (await built('core/tls/server-name')) as typeof Names;
const { valueIn } = (await built('dialects/chapel/values')) as typeof Values;
const { SocketError } = (await built('error/socket-error')) as typeof Errors;

const commands = [...table.map(({ name }) => name), 'help', '--help', '-h', '--version', '-v'];
const flags = [
  ...[
    '--timeout',
    '--crlf',
    '--echo',
    '--keep',
    '--json',
    '--listen',
    '--whole',
    '--broadcast',
    '--multicast',
    '--interface',
    '-c',
    '-i',
  ],
  ...[
    '-W',
    '-4',
    '-6',
    '--tls',
    '--tls-connect',
    '--starttls',
    '--sni',
    '--alpn',
    '--ca',
    '--cert',
    '--key',
    '--pin',
    '--insecure',
    '--list',
  ],
  ...[
    '--help',
    '-h',
    '--',
    '-',
    '--timeout=',
    '--timeout=5s',
    '--tls=yes',
    '--no-tls',
    '--__proto__',
    '-c5',
    '-46',
    '--count',
    '--constructor=x',
  ],
];
const word = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...flags) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'h:1',
      ':0',
      '5s',
      '0s',
      '1.5h',
      '500',
      'smtp',
      'a,b',
      ',',
      'a.example',
      '3',
      '0.2',
      'tls:h:1',
      'toString',
      '',
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
);
const words = fc
  .tuple(
    fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...commands) }, { weight: 1, arbitrary: word }),
    fc.array(word, { maxLength: 6 }),
  )
  .map(([first, rest]) => [first, ...rest]);

test('any words are a command or wrong usage, which is told in one line', (t) => {
  let meant = 0;
  tries(
    t,
    100_000,
    2_000_000,
    fc.property(words, (words) => {
      const given = [...words];
      try {
        const command = parseCommand(words);
        assert.ok([...commands, 'version'].includes(command.name));
        // Whatever is done with it, a limit is a time and a target is there.
        if ('timeout' in command && command.timeout !== undefined)
          assert.ok(
            /^\d+(\.\d+)?(ms|s|m|h)$/.test(String(command.timeout)) && Number.parseFloat(String(command.timeout)) > 0,
          );
        if ('target' in command && command.target !== null) {
          const { target } = command;
          assert.ok(given.some((one) => one === target || one.replace(/^tls:/, 'tcp:') === target));
        }
        meant++;
      } catch (error) {
        assert.ok(error instanceof UsageError, String(error));
        assert.ok(error.message.length > 0);
      }
      assert.deepEqual(words, given);
    }),
  );
  t.diagnostic(`${meant} of them are commands`);
});

test('the command itself ends with a code of those that are documented, and without a stack', (t) => {
  const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
  // Those that could wait for something are not started.
  const quick = fc
    .sample(words, { numRuns: 400 * size(1, 4), seed })
    .filter((all) => !means(all))
    .slice(0, size(25, 300));
  for (const all of quick) {
    const { status, stdout, stderr, signal } = spawnSync(
      process.execPath,
      [main, ...all.map((one) => one.replaceAll('\0', ''))],
      { encoding: 'utf8', input: '', timeout: 60_000 },
    );
    assert.equal(signal, null, JSON.stringify(all));
    assert.ok(status === 2, `${JSON.stringify(all)} ended with ${String(status)}: ${stderr}`);
    assert.doesNotMatch(stdout + stderr, /\n {4}at /);
    if (!all.includes('--json')) assert.match(stderr, /^berkeley: [^\n]+\nberkeley --help explains the usage\.\n$/);
    else {
      const { event, code, exitCode } = JSON.parse(stderr) as Record<string, unknown>;
      assert.deepEqual([event, code, exitCode], ['error', 'USAGE', 2], stderr);
    }
  }
  t.diagnostic(`${quick.length} inputs, seed ${seed}`);
});

const chain = pki().server.cert + pki().root.cert;
const der = new X509Certificate(pki().server.cert).raw;
const lines = [
  '-----BEGIN CERTIFICATE-----\n',
  '-----END CERTIFICATE-----\n',
  '-----BEGIN X509 CRL-----\n',
  '-----BEGIN ',
  '-----',
  '\n',
  '\0',
  '=',
  'MII',
  '\r',
  ' ',
];
const pem = fc.oneof(mutated(fc.constantFrom(chain, pki().server.key), lines), soupOf(lines));
const spoilt = fc
  .tuple(
    fc.array(fc.tuple(fc.nat(der.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 3 }),
    fc.nat(4),
    fc.nat(60),
  )
  .map(([changes, cut, at]) => {
    const bytes = Buffer.from(der);
    for (const [place, value] of changes) bytes[cut === 3 ? place % 60 : place] = value;
    return cut === 1 ? bytes.subarray(0, at) : cut === 2 ? Buffer.concat([bytes, bytes.subarray(0, at)]) : bytes;
  });

test('certificates and revocation lists of any content are taken or refused with a name', (t) => {
  let taken = 0;
  tries(
    t,
    4000,
    100_000,
    fc.property(
      fc.oneof<fc.Arbitrary<string | Buffer>[]>(
        pem,
        spoilt,
        fc.uint8Array({ maxLength: 40 }).map((all) => Buffer.from(all)),
      ),
      (given) => {
        for (const read of [certificatesOf, crlsOf])
          try {
            const all = read(materialOf('tls.ca', given));
            assert.ok(all.length > 0 && all.every((one) => one.length > 0));
            if (read === certificatesOf) for (const one of all) new X509Certificate(one);
            taken++;
          } catch (error) {
            assert.ok(error instanceof SocketError && error.code === 'ERR_TLS_CERTIFICATE', String(error));
            assert.match(error.message, /tls\.ca: /);
            // Nothing of what may be a key is told.
            assert.ok(error.message.length < 200 && !/[A-Za-z0-9+/]{60}/.test(error.message), error.message);
          }
      },
    ),
  );
  t.diagnostic(`${taken} of them were taken`);
});

const name = fc.oneof(
  fc.domain(),
  mutated(fc.domain(), [
    '.',
    '*',
    '*.',
    '\0',
    ':',
    '%',
    '[',
    ']',
    'é',
    '。',
    '\u00ad',
    ' ',
    '127',
    'x'.repeat(60),
    '_',
    '-',
    'A',
    '\ud800',
  ]),
  fc.constantFrom('127.0.0.1', '::1', '', '.', '*', '*.*', '1', '0x7f.1', 'localhost', '[::1]', 'fe80::1%lo'),
);

test('names of servers are lower-case, plain and never addresses, or refused', (t) => {
  tries(
    t,
    60_000,
    1_000_000,
    fc.property(name, (text) => {
      const plain = /^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/;
      const came = nameThatCame(text);
      if (came !== null) assert.match(came, plain);
      for (const call of [() => serverIdentity(null, text).sni, () => namePattern('name', text).replace(/^\*\./, '')])
        try {
          const sent = call();
          if (sent === null) continue;
          assert.match(sent, plain);
          assert.equal(nameThatCame(sent), sent, 'what we send, we take');
          assert.doesNotMatch(sent, /^[\d.]+$/);
        } catch (error) {
          assert.match((error as NodeJS.ErrnoException).code ?? '', /^ERR_INVALID_ARG/, String(error));
        }
    }),
  );
});

test('pins and protocols are exactly the bytes that were meant, or misuse', (t) => {
  const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((all) => Buffer.from(all));
  const forms = [
    (b: Buffer) => b.toString('hex'),
    (b: Buffer) => b.toString('base64'),
    (b: Buffer) => `sha256/${b.toString('base64')}`,
    (b: Buffer) => b.toString('hex').toUpperCase(),
  ];
  tries(
    t,
    40_000,
    500_000,
    fc.property(
      hash,
      fc.nat(3),
      mutated(fc.constant(''), ['a', '=', '+', ' ', ':', '\0', '-', 'é']),
      fc.array(fc.string({ unit: 'binary', maxLength: 5 }), { maxLength: 4 }),
      (bytes, form, wrong, protocols) => {
        const text = forms[form]!(bytes);
        assert.ok(parsePins('pins', [text])[0]!.equals(bytes));
        try {
          const [pin] = parsePins('pins', [text + wrong]);
          const said = (text + wrong).replace(/^sha256\//, '');
          const again = said.length >= 64 ? pin!.toString('hex') : pin!.toString('base64').replace(/=$/, '');
          assert.equal(said.length >= 64 ? said.replaceAll(':', '').toLowerCase() : said.replace(/=$/, ''), again);
        } catch (error) {
          assert.match((error as Error).message, /^The "pins\[0\]" argument /);
        }
        try {
          const wire = parseAlpn('alpn', protocols) ?? Buffer.alloc(0);
          const read: string[] = [];
          for (let at = 0; at < wire.length; at += 1 + wire[at]!)
            read.push(wire.toString('utf8', at + 1, at + 1 + wire[at]!));
          assert.deepEqual(read, protocols);
        } catch (error) {
          assert.match((error as Error).message, /^The "alpn\[\d\]" argument /);
        }
      },
    ),
  );
});

test('a value of Chapel is the same in any segmentation, and the number that is written there', (t) => {
  const type = fc.constantFrom('int', 'uint', 'bigint', 'real', 'bool', 'string', 'bytes');
  const text = soupOf(
    [
      '1',
      '0',
      '9007199254740993',
      '-',
      '+',
      '.',
      'e',
      'E5',
      'inf',
      'nan',
      'true',
      'false',
      ' ',
      '\n',
      '\t',
      'x',
      '\xff',
      '\xc3\xbc',
      '_',
      ',',
      '0x1',
    ],
    7,
  );
  tries(
    t,
    60_000,
    1_000_000,
    fc.property(type, text, (type, text) => {
      const bytes = Buffer.from(text, 'latin1');
      const whole = valueOf(type, bytes, true);
      // Until it can be told, it says so; then it says what it says of all.
      for (let end = 0; end < bytes.length; end++) {
        const early = valueOf(type, bytes.subarray(0, end), false);
        if (early !== 'not yet') assert.equal(early, whole);
      }
      if ((type === 'int' || type === 'bigint') && !whole.startsWith('failed') && whole !== 'not yet')
        assert.equal(whole.split(' ')[0], String(BigInt(/[+-]?\d+/.exec(text)![0].replace('+', ''))));
    }),
  );
});

function valueOf(type: keyof Values.Values, bytes: Buffer, isAll: boolean): string {
  try {
    const found = valueIn(type, bytes, isAll);
    if (found === null) return 'not yet';
    assert.ok(found.used > 0 && found.used <= bytes.length);
    return `${Buffer.isBuffer(found.value) ? found.value.toString('hex') : String(found.value)} of ${found.used}`;
  } catch (error) {
    assert.equal((error as Error).constructor.name.endsWith('Error'), true);
    assert.equal(
      typeof (error as NodeJS.ErrnoException).errno === 'number' || (error as { err?: number }).err !== undefined,
      true,
      String(error),
    );
    return `failed ${(error as Error).message}`;
  }
}

function means(words: readonly string[]): boolean {
  try {
    parseCommand(words.map((one) => one.replaceAll('\0', '')));
    return true;
  } catch {
    return false;
  }
}
