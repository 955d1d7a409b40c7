// Owns the tests of the envelope in which a session is handed out: it opens only under the conditions that it was made
// under. Whether servers take sessions up is in resumption.test.ts.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mock, test } from 'node:test';
import * as promises from 'berkeley';
import type { TlsOptions } from 'berkeley';
import { pki } from '../support/pki.js';
import { startPython } from '../support/python.js';
import { clientPlan, misuse, openSession, wrapSession } from './room.js';

const it = pki();
const der = randomBytes(200);
const stranger = it.issue({ name: 'Other root', ca: true, issuer: 'self' });

/** What of the session is left for a connection with other options. */
function reopened(
  made: { options: TlsOptions; host: string | null; authorized: boolean },
  options: TlsOptions,
  host: string | null,
): Uint8Array | null {
  const plan = clientPlan(made.options, made.host);
  const session = plan.wrapSession(der, { authorized: made.authorized, ...full });
  return clientPlan({ ...options, session }, host).settings.session;
}

const ca = it.root.cert;
/** Of a full handshake with certificates that do not expire. */
const full = { resumed: false, until: Infinity };
const good = { options: { ca }, host: 'a.test', authorized: true };

test('a session opens under the conditions that it was made under', () => {
  const crl = [it.crl(it.root).content];
  const pins = [it.server.pin];
  const { cert, key } = it.client;
  const verify = (): boolean => true;
  for (const options of [
    {},
    { ca },
    { ca, crl },
    { ca, pins },
    { ca, cert, key },
    { verify },
    { ocsp: 'require' },
  ] as TlsOptions[])
    assert.deepEqual(reopened({ ...good, options }, options, 'a.test'), der, JSON.stringify(Object.keys(options)));
  for (const same of ['A.test', 'a.test.']) assert.deepEqual(reopened(good, { ca }, same), der);
  assert.deepEqual(reopened(good, { ca: { file: it.root.certFile }, serverName: 'a.test' }, 'b.test'), der);
  assert.deepEqual(
    reopened(good, { ca: [ca], alpn: ['h2'], minVersion: 'TLSv1.3', allowTruncation: true }, 'a.test'),
    der,
  );
  assert.deepEqual(reopened({ ...good, host: '::1' }, { ca }, '0::1'), der);
});

test('promise 9: sessions are bound to the host they were made with', () => {
  for (const host of ['b.test', 'www.a.test', 'test', '127.0.0.1', '::1']) {
    assert.equal(reopened(good, { ca }, host), null, host);
    assert.equal(reopened({ ...good, host }, { ca }, 'a.test'), null, host);
    assert.equal(reopened(good, { ca, serverName: host }, 'a.test'), null, host);
  }
  assert.equal(reopened(good, { ca, serverName: false }, 'a.test'), null);
  assert.equal(reopened({ ...good, options: { ca, serverName: false } }, { ca }, 'a.test'), null);
});

test('a session that was made under another rule of verification is not taken up', () => {
  const crl = [it.crl(it.root).content];
  const one = (): boolean => true;
  const other = (): boolean => true;
  const { cert, key } = it.client;
  const rules: TlsOptions[] = [
    { ca },
    { ca, verify: false },
    { ca, verify: one },
    { ca, verify: other },
    { ca: stranger.cert },
    { ca: [ca, stranger.cert] },
    {},
    { ca: { store: 'bundled' } },
    { ca, crl },
    { ca, pins: [it.server.pin] },
    { ca, pins: [it.client.pin] },
    { ca, pins: [it.client.pin, it.server.pin] },
    { ca, ocsp: 'require' },
    { ca, cert, key },
    { ca, cert: it.server.cert, key: it.server.key },
  ];
  for (const [i, options] of rules.entries()) {
    for (const [j, wanted] of rules.entries()) {
      // 'default' is the bundled list where nothing is added to it.
      if (i !== j && !([i, j].includes(6) && [i, j].includes(7)))
        assert.equal(reopened({ ...good, options }, wanted, 'a.test'), null, `${i} ${j}`);
    }
  }
});

test('a session that was not authorized is not good where that is asked for', () => {
  const binding = ['x'];
  const refused = wrapSession(der, false, Infinity, binding);
  assert.equal(openSession('session', refused, { binding, mustBeAuthorized: true }), null);
  assert.deepEqual(openSession('session', refused, { binding, mustBeAuthorized: false })?.der, der);
  assert.equal(reopened({ ...good, authorized: false }, { ca }, 'a.test'), null);
  const options = { ca, verify: false };
  assert.deepEqual(reopened({ options, host: 'a.test', authorized: false }, options, 'a.test'), der);
});

test('a session is good until the first certificate expires, however often it is taken up', () => {
  const wrapped = (until: number, resumed: boolean, session?: Uint8Array): Uint8Array =>
    clientPlan({ ca, ...(session && { session }) }, 'a.test').wrapSession(der, { authorized: true, resumed, until });
  const taken = (session: Uint8Array): Uint8Array | null => clientPlan({ ca, session }, 'a.test').settings.session;
  const now = Date.now();
  assert.equal(taken(wrapped(now - 1, false)), null);
  assert.deepEqual(taken(wrapped(now + 60_000, false)), der);
  // The next one that the server gives comes with its own certificate only.
  const session = wrapped(now + 60_000, false);
  const short = wrapped(now + 1000, false);
  const next = wrapped(now + 1e9, true, short);
  const anew = wrapped(now + 1e9, false, short);
  mock.timers.enable({ apis: ['Date'], now: now + 1000 });
  try {
    assert.equal(taken(next), null);
    assert.deepEqual(taken(anew), der, 'a full handshake shows all of them');
    assert.deepEqual(taken(session), der);
  } finally {
    mock.timers.reset();
  }
});

test('an absent part of the conditions is another than an empty one', () => {
  const session = wrapSession(der, true, Infinity, ['', null]);
  const opened = (binding: (string | null)[]) =>
    openSession('session', session, { binding, mustBeAuthorized: true })?.der ?? null;
  assert.deepEqual(opened(['', null]), der);
  for (const binding of [[null, ''], ['', ''], [null, null], [''], []]) assert.equal(opened(binding), null);
});

test('garbage is a TypeError, wherever it is', () => {
  const session = clientPlan({ ca }, 'a.test').wrapSession(der, { authorized: true, ...full });
  const wrong = misuse('TypeError', 'tls.session');
  for (let i = 0; i < session.length; i++) {
    const damaged = Buffer.from(session);
    damaged[i]! ^= 1;
    assert.throws(() => clientPlan({ ca, session: damaged }, 'a.test'), wrong, `${i}`);
    assert.throws(() => clientPlan({ ca, session: session.subarray(0, i) }, 'a.test'), wrong, `${i}`);
  }
  for (const garbage of [Buffer.alloc(0), randomBytes(300), der, Buffer.concat([session, Buffer.of(0)])])
    assert.throws(() => clientPlan({ ca, session: garbage }, 'a.test'), wrong);
});

test('a Python server takes a session up under the same conditions only', async (t) => {
  const python = startPython(
    t,
    `
import ssl
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
listener = socket.create_server(('127.0.0.1', 0))
say(listener.getsockname()[1])
while True:
    s = context.wrap_socket(listener.accept()[0], server_side=True)
    s.sendall(b'x')
    say(s.session_reused)
    try: s.unwrap()
    except OSError: pass
`,
    { args: [it.server.certFile, it.server.keyFile] },
  );
  const port = Number(await python.line());
  const take = async (tls: TlsOptions): Promise<{ session: Uint8Array; resumed: boolean }> => {
    const conn = await promises.connect('127.0.0.1', port, { tls });
    await conn.readExact(1);
    const { session, resumed } = conn.tls!;
    assert.equal(await python.line(), resumed ? 'True' : 'False');
    await conn.close();
    return { session: session!, resumed };
  };
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const { session, resumed } = await take({ ca, maxVersion });
    assert.equal(resumed, false);
    assert.equal((await take({ ca, maxVersion, session })).resumed, true, maxVersion);
    for (const other of [{ serverName: 'localhost' }, { pins: [it.server.pin] }, { verify: false }])
      assert.equal((await take({ ca, maxVersion, session, ...other })).resumed, false, maxVersion);
  }
});
