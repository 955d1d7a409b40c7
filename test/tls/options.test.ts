// Owns the tests of TlsOptions as such: what is misuse, what contradicts itself, our own defaults in place of OpenSSL's.
// What keys and certificates hold is in keys.test.ts, names are in server-name.test.ts.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import type { TlsOptions } from 'berkeley';
import { pki } from '../support/pki.js';
import { startPython } from '../support/python.js';
import {
  clientPlan,
  keyLogOf,
  loadTls,
  misuse,
  parseAlpn,
  parsePins,
  promises,
  refused,
  serverPlan,
  sync,
} from './room.js';

const it = pki();
const { cert, key } = it.server;
const none = undefined as never;

afterEach(() => promises.setDefaults({ tls: {} }));

test('misuse is a TypeError or RangeError that names the option, for clients and servers, before anything else', async () => {
  const table: [argument: string, ...values: unknown[]][] = [
    ['serverName', 1, true, null, {}],
    ['verify', 'no', 0, null],
    ['ca', 1, true, null, {}, { files: 'x' }],
    ['ca.store', { store: 'mine' }, { store: 1 }],
    ['ca.file', { file: 1 }, { file: '' }, { file: 'a\0b' }],
    ['ca', []],
    ['ca[1]', [cert, 1], [cert, null]],
    ['ca[0].file', [{ file: null }]],
    ['cert', 1, [cert], {}, null, Symbol('x')],
    ['key', 1, [key], null],
    ['pfx', 1, null],
    ['passphrase', 1, Buffer.from('x'), null],
    ['pins', 'sha256/x', [], null],
    ['pins[0]', [1], ['x'], ['']],
    ['crl', cert, [], null],
    ['crl[0]', [1]],
    ['minVersion', 'TLSv1', 'TLSv1.1', 'SSLv3', 'tlsv1.2', 1.2, 'toString', '', null],
    ['maxVersion', 'TLSv1.1', 'TLSv1.4', 3, null],
    ['ciphers', '', ':', 1, 'a\0b', null],
    ['groups', '', 1, 'a\0b', ['X25519'], null],
    ['sigalgs', '', 1, 'a\0b', null],
    ['alpn', 'h2', 1, null, new Uint8Array(3)],
    ['alpn[0]', [''], [1], ['x'.repeat(256)], ['ü'.repeat(128)]],
    ['alpn', Array.from({ length: 256 }, () => 'x'.repeat(255))],
    ['clientCert', 'yes', true, '', null],
    ['sni', 'a.test', 1, [], null],
    ["sni['a.test']", { 'a.test': 1 }, { 'a.test': null }],
    ["sni['a.test'].minVersion", { 'a.test': { minVersion: 'TLSv1' } }],
    ["sni['a.test'].sni", { 'a.test': { sni: {} } }],
    ['session', 'x', 1, {}, null],
    ['keylog', 1, '', 'a\0b', {}, null],
    ['ocsp', 'yes', true, null],
    ['staple', 'x', Buffer.alloc(0), Buffer.from('x'), Buffer.from(key), null],
    ['allowTruncation', 1, 'yes', null],
    ['handshakeTimeout', '5', -1, NaN, 0, '0s', null],
  ];
  for (const [argument, ...values] of table) {
    const [name] = /^\w+/.exec(argument)!;
    for (const value of values) {
      const wrong = misuse(
        name === 'handshakeTimeout' && typeof value === 'number' ? 'RangeError' : 'TypeError',
        `tls.${argument}`,
      );
      // Whatever else is wrong is found later: the certificate's file is not there.
      const options = { cert: { file: join(it.dir, 'no') }, [name]: value } as TlsOptions;
      if (argument === 'handshakeTimeout' && value === '0s') {
        assert.throws(() => clientPlan(options, 'a.test'), misuse('RangeError', 'tls.handshakeTimeout'));
        continue;
      }
      assert.throws(() => clientPlan(options, 'a.test'), wrong, argument);
      assert.throws(() => serverPlan(options), wrong, argument);
    }
  }
  // Where callers meet it.
  const tls = { minVersion: 'TLSv1.1' } as unknown as TlsOptions;
  const wrong = misuse('TypeError', 'tls.minVersion');
  await assert.rejects(promises.connect('127.0.0.1', 1, { tls }), wrong);
  assert.throws(() => sync.connect('127.0.0.1', 1, { tls }), wrong);
  await assert.rejects(promises.listen(0, { tls }), wrong);
  assert.throws(() => sync.listen(0, { tls }), wrong);
});

test('an option that is undefined counts as absent', () => {
  const names = [
    'serverName',
    'verify',
    'ca',
    'cert',
    'key',
    'pfx',
    'passphrase',
    'pins',
    'crl',
    'minVersion',
    'ciphers',
  ];
  const more = [
    'groups',
    'sigalgs',
    'alpn',
    'clientCert',
    'sni',
    'session',
    'keylog',
    'ocsp',
    'staple',
    'handshakeTimeout',
  ];
  const absent = Object.fromEntries([...names, ...more].map((name) => [name, undefined])) as TlsOptions;
  assert.equal(clientPlan(absent, 'a.test').context, clientPlan({}, 'a.test').context);
});

test('what contradicts itself is refused', () => {
  const pfx = it.pkcs12(it.server, '').content;
  const file = { file: join(it.dir, 'no') };
  const table: [argument: string, options: TlsOptions][] = [
    ['tls.key', { key }],
    ['tls.key', { key: file }],
    ['tls.cert', { pfx, cert }],
    ['tls.key', { pfx, key }],
    ['tls.minVersion', { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.2' }],
    ['tls.ciphers', { maxVersion: 'TLSv1.2', ciphers: 'TLS_AES_128_GCM_SHA256' }],
  ];
  for (const [argument, options] of table) {
    assert.throws(() => clientPlan(options, 'a.test'), misuse('TypeError', argument));
    assert.throws(() => serverPlan(options), misuse('TypeError', argument));
  }
  // No key in a message.
  assert.throws(
    () => clientPlan({ key }, 'a.test'),
    (error: Error) => !error.message.includes(key.slice(40, 80)),
  );
});

test('a server without a certificate, and one that checks clients without asking them, is refused', () => {
  refused(() => serverPlan({}), 'ERR_TLS_NO_CERTIFICATE');
  refused(() => serverPlan({ alpn: ['h2'] }), 'ERR_TLS_NO_CERTIFICATE');
  const pins = [it.client.pin];
  const verify = () => true;
  for (const clientCert of ['none', undefined] as const) {
    const own = { cert, key, ...(clientCert === undefined ? {} : { clientCert }) };
    assert.throws(() => serverPlan({ ...own, pins }), misuse('TypeError', 'tls.pins', /clientCert/));
    assert.throws(() => serverPlan({ ...own, verify }), misuse('TypeError', 'tls.verify', /clientCert/));
    serverPlan({ ...own, verify: true });
  }
  serverPlan({ cert, key, pins, verify, clientCert: 'request' });
  const sni = { 'a.test': { verify } };
  assert.throws(() => serverPlan({ cert, key, sni }), misuse('TypeError', "tls.sni['a.test'].verify"));
  serverPlan({ cert, key, clientCert: 'require', ca: it.root.cert, sni });
});

test('an option that only node:tls has, and that would be missed, is refused with its name here', () => {
  for (const [name, ours] of [
    ['rejectUnauthorized', 'verify'],
    ['requestCert', 'clientCert'],
    ['checkServerIdentity', 'verify'],
    ['servername', 'serverName'],
    ['ALPNProtocols', 'alpn'],
    ['SNICallback', 'sni'],
    ['ecdhCurve', 'groups'],
  ]) {
    const wrong = misuse('TypeError', `tls.${name}`, new RegExp(ours!));
    assert.throws(() => clientPlan({ [name!]: true }, 'a.test'), wrong);
    assert.throws(() => serverPlan({ cert, key, [name!]: true }), wrong);
  }
});

test('names that OpenSSL does not know are refused with the option', () => {
  for (const [name, code] of [
    ['ciphers', 'ERR_TLS_CIPHERS'],
    ['groups', 'ERR_TLS_GROUPS'],
    ['sigalgs', 'ERR_TLS_SIGALGS'],
  ] as const) {
    assert.ok(refused(() => clientPlan({ [name]: 'NO-SUCH' }, 'a.test'), code, `tls.${name}`).hint);
    refused(() => serverPlan({ cert, key, [name]: 'NO-SUCH' }), code, `tls.${name}`);
  }
  refused(() => clientPlan({ ciphers: 'TLS_NO_SUCH' }, 'a.test'), 'ERR_TLS_CIPHERS');
});

/** The ClientHello that a connection begins with, read by a Python that speaks no TLS. */
async function hello(t: Parameters<typeof startPython>[0], tls: TlsOptions | true): Promise<Buffer> {
  const python = startPython(
    t,
    `
listener = socket.create_server(('127.0.0.1', 0))
say(listener.getsockname()[1])
s, _ = listener.accept()
head = exactly(s, 5)
say(exactly(s, struct.unpack('>H', head[3:])[0]).hex())
s.close()
`,
  );
  const port = Number(await python.line());
  const failing = assert.rejects(promises.connect('127.0.0.1', port, { tls }), promises.SocketError);
  const bytes = Buffer.from(await python.line(), 'hex');
  await Promise.all([failing, python.end()]);
  return bytes;
}

function suitesOf(bytes: Buffer): string[] {
  // RFC 8446 §4.1.2: type and length, version, random, session.
  const at = 4 + 2 + 32 + 1 + bytes[38]!;
  const suites: string[] = [];
  for (let i = 0; i < bytes.readUInt16BE(at); i += 2) suites.push(bytes.toString('hex', at + 2 + i, at + 4 + i));
  // TLS_EMPTY_RENEGOTIATION_INFO_SCSV is no cipher; OpenSSL 3.5 leaves it out where it sends the extension.
  return suites.filter((one) => one !== '00ff');
}

/** The types of the extensions of a ClientHello. What looks like one may be in any of its random bytes. */
function extensionsOf(bytes: Buffer): number[] {
  let at = 4 + 2 + 32 + 1 + bytes[38]!;
  at += 2 + bytes.readUInt16BE(at);
  at += 1 + bytes[at]! + 2;
  const types: number[] = [];
  for (; at < bytes.length; at += 4 + bytes.readUInt16BE(at + 2)) types.push(bytes.readUInt16BE(at));
  return types;
}

const ALPN = 16;

const suites13 = ['1301', '1302', '1303'];
const suites12 = ['c02b', 'c02f', 'c02c', 'c030', 'cca9', 'cca8', '009e', '009f', 'ccaa'];

test('promise 9: what a client offers is ours and the same on every Node line', async (t) => {
  assert.deepEqual(suitesOf(await hello(t, true)), [...suites13, ...suites12]);
  assert.deepEqual(suitesOf(await hello(t, { minVersion: 'TLSv1.3' })), suites13);
  assert.deepEqual(suitesOf(await hello(t, { maxVersion: 'TLSv1.2' })), suites12);
});

test('a list of ciphers is divided between TLS 1.2 and 1.3', async (t) => {
  for (const [ciphers, offered] of [
    ['ECDHE-RSA-AES256-GCM-SHA384', [...suites13, 'c030']],
    ['TLS_AES_256_GCM_SHA384:ECDHE-RSA-AES256-GCM-SHA384', ['1302', 'c030']],
    // Suites of TLS 1.3 alone leave nothing that TLS 1.2 could speak.
    ['TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256', ['1302', '1301']],
  ] as const)
    assert.deepEqual(suitesOf(await hello(t, { ciphers })), offered, ciphers);
  const both = await hello(t, { ciphers: 'TLS_AES_256_GCM_SHA384', minVersion: 'TLSv1.2' });
  assert.deepEqual(suitesOf(both), ['1302', ...suites12]);
});

test('ALPN goes out as it was given', async (t) => {
  const bytes = await hello(t, { alpn: ['h2', 'http/1.1', 'ü'] });
  assert.ok(bytes.includes(Buffer.from('\x02h2\x08http/1.1\x02ü')));
  assert.ok(extensionsOf(bytes).includes(ALPN));
  assert.ok(!extensionsOf(await hello(t, { alpn: [] })).includes(ALPN));
  assert.equal(parseAlpn('alpn', []), null);
});

test('pins are read in base64 and hexadecimal, with sha256/ in front or not', () => {
  const hash = createHash('sha256').update('x').digest();
  const hex = hash.toString('hex');
  const colons = hex.toUpperCase().match(/../g)!.join(':');
  const base64 = hash.toString('base64');
  const forms = [base64, base64.replace('=', ''), `sha256/${base64}`, hex, hex.toUpperCase(), `sha256/${hex}`, colons];
  assert.deepEqual(parsePins('pins', forms), Array(forms.length).fill(hash));
  for (const wrong of [
    base64.slice(1),
    `${base64}=`,
    hex.slice(1),
    `${hex}0`,
    `sha1/${base64}`,
    hash.toString('latin1'),
    `${base64.slice(0, -2)}B=`,
  ])
    assert.throws(() => parsePins('pins', [wrong]), misuse('TypeError', 'pins[0]'), wrong);
});

test('defaults hold where a connection or listener says nothing else', () => {
  const ours = { ca: it.root.cert, minVersion: 'TLSv1.3' } as const;
  promises.setDefaults({ tls: { ...ours, alpn: ['x'] } });
  const { context, settings } = clientPlan({}, 'a.test');
  assert.deepEqual(settings.alpn, Buffer.from('\x01x'));
  assert.deepEqual(clientPlan({ alpn: ['y'] }, 'a.test').settings.alpn, Buffer.from('\x01y'));
  promises.setDefaults({ tls: {} });
  assert.equal(clientPlan({ ...ours }, 'a.test').context, context);
  assert.notEqual(clientPlan({}, 'a.test').context, context);
  // Both colours have the same.
  sync.setDefaults({ tls: ours });
  assert.equal(clientPlan({}, 'a.test').context, context);
  assert.equal(clientPlan({ ca: none }, 'a.test').context, context);
  assert.throws(() => clientPlan({ maxVersion: 'TLSv1.2' }, 'a.test'), misuse('TypeError', 'tls.minVersion'));
});

test('who brings a certificate of their own gets no part of the default one', () => {
  promises.setDefaults({ tls: { cert, key, passphrase: 'x' } });
  const pfx = it.pkcs12(it.client, '').content;
  serverPlan({});
  serverPlan({ pfx });
  refused(() => serverPlan({ cert: it.client.cert }), 'ERR_TLS_KEY');
  serverPlan({ cert: it.client.cert, key: it.client.key });
});

test('promise 9: verification cannot be switched off for all', () => {
  for (const net of [promises, sync]) {
    for (const verify of [false, true, () => true]) {
      const tls = { verify } as TlsOptions;
      assert.throws(() => net.setDefaults({ tls }), misuse('TypeError', 'tls.verify'));
    }
    assert.throws(() => net.setDefaults({ tls: { serverName: false } }), misuse('TypeError', 'tls.serverName'));
    assert.throws(
      () => net.setDefaults({ tls: { minVersion: 'TLSv1' } as unknown as TlsOptions }),
      misuse('TypeError', 'tls.minVersion'),
    );
  }
  const { settings, verify } = clientPlan({}, 'a.test');
  assert.deepEqual([settings.enforce, verify], [true, true]);
});

test('a key log is a file that only its owner can read, or a function, one call a line', () => {
  const file = join(it.dir, 'keys.log');
  const log = keyLogOf(file)!;
  log(['one', 'two']);
  log(['three']);
  keyLogOf(file)!(['four']);
  assert.equal(readFileSync(file, 'utf8'), 'one\ntwo\nthree\nfour\n');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const lines: string[] = [];
  keyLogOf((line) => lines.push(line))!(['one', 'two']);
  assert.deepEqual(lines, ['one', 'two']);
  assert.equal(keyLogOf(undefined), null);
  refused(() => clientPlan({ keylog: join(it.dir, 'no', 'keys.log') }, 'a.test'), 'ENOENT', 'keys.log');
});

test('SSLKEYLOGFILE alone logs nothing', () => {
  const before = process.env['SSLKEYLOGFILE'];
  process.env['SSLKEYLOGFILE'] = join(it.dir, 'never.log');
  try {
    const { keylog, settings } = clientPlan({}, 'a.test');
    assert.deepEqual([keylog, settings.keylog], [null, false]);
  } finally {
    if (before === undefined) delete process.env['SSLKEYLOGFILE'];
    else process.env['SSLKEYLOGFILE'] = before;
  }
});

test('a handshake has 30 seconds unless told', () => {
  assert.equal(clientPlan({}, 'a.test').handshakeTimeout, 30_000);
  assert.equal(clientPlan({ handshakeTimeout: '1.5s' }, 'a.test').handshakeTimeout, 1500);
  assert.equal(serverPlan({ cert, key, handshakeTimeout: Infinity }).handshakeTimeout, Infinity);
  assert.equal(loadTls().versionNumber() >>> 28, 3);
});
