// Owns the tests of names: what goes out as SNI, what the certificate is checked against, and what a listener makes of a
// name that comes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as promises from 'berkeley';
import * as sync from 'berkeley/sync';
import type { TlsOptions } from 'berkeley';
import { pki } from '../support/pki.js';
import { startPython } from '../support/python.js';
import { clientPlan, misuse, nameThatCame, refused, serverIdentity, serverPlan, type SessionPlan } from './room.js';

const it = pki();
const { cert, key } = it.server;

test('promise 9: SNI is lower-case and never an IP, and a name is what it is in DNS', () => {
  const table: [host: string, sni: string][] = [
    ['example.com', 'example.com'],
    ['EXAMPLE.Com', 'example.com'],
    ['example.com.', 'example.com'],
    ['localhost', 'localhost'],
    ['a_b.example', 'a_b.example'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['BÜCHER.example', 'xn--bcher-kva.example'],
    ['xn--bcher-kva.EXAMPLE', 'xn--bcher-kva.example'],
    ['例え.テスト', 'xn--r8jz45g.xn--zckzah'],
    ['ｅｘａｍｐｌｅ。com', 'example.com'],
  ];
  for (const [host, name] of table) {
    const wanted = { sni: name, checkHost: name, checkIp: null, checked: name };
    assert.deepEqual(serverIdentity(host, undefined), wanted, host);
    assert.deepEqual(serverIdentity('other.test', host), wanted, host);
    assert.deepEqual(serverIdentity(null, host), wanted, host);
  }
});

test('promise 9: IP addresses are checked as bytes and never sent', () => {
  const table: [host: string, bytes: string, checked: string][] = [
    ['127.0.0.1', '7f000001', '127.0.0.1'],
    ['::1', '00000000000000000000000000000001', '::1'],
    ['2001:DB8:0:0::1', '20010db8000000000000000000000001', '2001:db8::1'],
    ['fe80::1%eth0', 'fe800000000000000000000000000001', 'fe80::1'],
    ['::ffff:1.2.3.4', '00000000000000000000ffff01020304', '::ffff:1.2.3.4'],
  ];
  for (const [host, bytes, checked] of table) {
    for (const found of [serverIdentity(host, undefined), serverIdentity('other.test', host)]) {
      assert.equal(Buffer.from(found.checkIp!).toString('hex'), bytes);
      assert.deepEqual({ ...found, checkIp: null }, { sni: null, checkHost: null, checkIp: null, checked });
    }
  }
});

test('promise 9: a NUL in a name is refused, as is everything else that no name has', () => {
  const table = [
    '',
    '.',
    'a\0b',
    'a.test\0',
    '\0',
    'a b',
    'a\nb',
    'a..b',
    '*.a.test',
    '[::1]',
    'a/b',
    'a:1',
    '1.2.3',
    '0x7f.1',
  ];
  for (const name of [...table, 'a'.repeat(64), `${'a.'.repeat(130)}b`, '\ud800.test', 'a\u00adb\0.test'])
    assert.throws(
      () => clientPlan({ serverName: name }, 'a.test'),
      misuse('TypeError', 'tls.serverName'),
      JSON.stringify(name),
    );
  for (const name of [null, 1, true, {}, ['a.test']])
    assert.throws(() => clientPlan({ serverName: name as string }, 'a.test'), misuse('TypeError', 'tls.serverName'));
});

test('without a name there is nothing to check, and that is said and not done in silence', () => {
  const error = refused(() => clientPlan({}, null), 'ERR_TLS_SERVER_NAME');
  assert.match(error.hint!, /serverName/);
  refused(() => clientPlan({ verify: true, ca: it.root.cert }, null), 'ERR_TLS_SERVER_NAME');
  const nothing = { sni: null, checkHost: null, checkIp: null };
  for (const [options, host] of [
    [{ serverName: false }, null],
    [{ serverName: false }, 'a.test'],
    [{ verify: false }, null],
    [{ verify: () => true }, null],
  ] as [TlsOptions, string | null][]) {
    const { settings, checked } = clientPlan(options, host);
    const { sni, checkHost, checkIp } = settings;
    assert.deepEqual({ sni, checkHost, checkIp }, nothing);
    assert.equal(checked, null);
  }
  assert.equal(clientPlan({ serverName: 'db.test' }, null).checked, 'db.test');
});

test('a connection to a Unix socket without a name is refused before anything connects', async () => {
  // Nobody listens there: an attempt would be ENOENT.
  const target = `unix:${it.dir}/nobody`;
  await assert.rejects(promises.connect(target, { tls: true }), { code: 'ERR_TLS_SERVER_NAME' });
  assert.throws(() => sync.connect(target, { tls: true }), { code: 'ERR_TLS_SERVER_NAME' });
});

test('a Python server sees the name in lower case and without its dot, and no name for an address', async (t) => {
  const python = startPython(
    t,
    `
import ssl
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
context.sni_callback = lambda s, name, c: say(repr(name))
listener = socket.create_server(('127.0.0.1', 0))
say(listener.getsockname()[1])
for i in range(4):
    s = context.wrap_socket(listener.accept()[0], server_side=True)
    s.unwrap()
`,
    { args: [it.server.certFile, it.server.keyFile] },
  );
  const port = Number(await python.line());
  const tls = { ca: it.root.cert };
  for (const [host, serverName, seen] of [
    ['127.0.0.1', undefined, 'None'],
    ['LOCALHOST', undefined, "'localhost'"],
    ['127.0.0.1', 'Example.TEST.', "'example.test'"],
    ['127.0.0.1', false, 'None'],
  ] as const) {
    const conn = await promises.connect(host, port, {
      tls: serverName === undefined ? tls : { ...tls, serverName },
      family: 'ipv4',
    });
    assert.equal(conn.tls!.authorized, true);
    assert.equal(await conn.read(), null);
    await conn.close();
    assert.equal(await python.line(), seen);
  }
  await python.end();
});

test('names that come are lower-cased, and what is no name counts as none', () => {
  for (const [sent, name] of [
    ['a.test', 'a.test'],
    ['A.TEST', 'a.test'],
    ['a.test.', 'a.test'],
    ['127.0.0.1', null],
    ['::1', null],
    ['../../etc/passwd', null],
    ['a..b', null],
    ['*.a.test', null],
    ['a\0b', null],
    ['', null],
    [null, null],
  ] as const)
    assert.equal(nameThatCame(sent), name, String(sent));
});

function contextFor(plan: SessionPlan, name: string | null): SessionPlan['context'] | null | false {
  const found = plan.planFor(name);
  return found === null || found === false ? found : found.context;
}

test('the table of names knows exact names first, then one label in place of the star', () => {
  const exact = it.issue({ name: 'exact.wild.test' });
  const wild = it.issue({ name: '*.wild.test' });
  const options = (one: typeof exact): TlsOptions => ({ cert: one.cert, key: one.key });
  const plan = serverPlan({
    cert,
    key,
    sni: { '*.Wild.test': options(wild), 'EXACT.wild.test.': options(exact), 'bücher.test': options(exact) },
  });
  const [a, b] = [serverPlan(options(exact)).context, serverPlan(options(wild)).context];
  assert.notEqual(a, b);
  for (const [name, context] of [
    ['exact.wild.test', a],
    ['Exact.Wild.Test.', a],
    ['xn--bcher-kva.test', a],
    ['other.wild.test', b],
    ['OTHER.wild.test', b],
    ['wild.test', null],
    ['a.b.wild.test', null],
    ['.wild.test', null],
    ['127.0.0.1', null],
    ['elsewhere.test', null],
    [null, null],
  ] as const)
    assert.equal(contextFor(plan, name), context, String(name));
});

test('a listener with names only refuses what it does not know', () => {
  const sni = { 'a.test': { cert, key } };
  const plan = serverPlan({ sni });
  assert.ok(contextFor(plan, 'a.test'));
  for (const name of ['b.test', null, '127.0.0.1']) assert.equal(contextFor(plan, name), false);
  assert.equal(contextFor(serverPlan({ sni: () => undefined }), 'a.test'), false);
  refused(() => serverPlan({ sni: { 'a.test': {} } }), 'ERR_TLS_NO_CERTIFICATE', "tls.sni['a.test']");
});

test('a function gets the name in lower case, and only what is a name', () => {
  const asked: string[] = [];
  const other = it.issue({ name: 'other.test' });
  const plan = serverPlan({
    cert,
    key,
    sni(name) {
      asked.push(name);
      return name === 'other.test' ? { cert: other.cert, key: other.key } : undefined;
    },
  });
  assert.equal(contextFor(plan, 'OTHER.test'), serverPlan({ cert: other.cert, key: other.key }).context);
  assert.equal(contextFor(plan, 'a.test'), null);
  for (const name of [null, '../x', '127.0.0.1']) assert.equal(contextFor(plan, name), null);
  assert.deepEqual(asked, ['other.test', 'a.test']);
});

test('what a function returns is checked like every option, and a promise is none', () => {
  const returning = (value: unknown) => serverPlan({ cert, key, sni: (() => value) as () => TlsOptions });
  for (const value of [null, 'a', 1, Promise.resolve({})])
    assert.throws(() => returning(value).planFor('a.test'), misuse('TypeError', "tls.sni('a.test')"));
  assert.throws(() => returning({ cert: 1 }).planFor('a.test'), misuse('TypeError', "tls.sni('a.test').cert"));
  assert.throws(() => returning({ sni: {} }).planFor('a.test'), misuse('TypeError', "tls.sni('a.test').sni"));
  refused(() => returning({ cert, key: 'x' }).planFor('a.test'), 'ERR_TLS_KEY', "tls.sni('a.test').key");
  const thrown = new Error('mine');
  assert.throws(
    () =>
      serverPlan({
        cert,
        key,
        sni() {
          throw thrown;
        },
      }).planFor('a.test'),
    thrown,
  );
});

test('what a name does not say is as for the listener: client certificates above all', () => {
  const other = it.issue({ name: 'other.test' });
  const plan = serverPlan({
    cert,
    key,
    ca: it.root.cert,
    clientCert: 'require',
    allowTruncation: true,
    sni: { 'other.test': { cert: other.cert, key: other.key }, 'open.test': { clientCert: 'none' } },
  });
  const { asksClient, context, allowTruncation } = plan.planFor('other.test') as SessionPlan;
  assert.deepEqual([asksClient, allowTruncation], [true, true]);
  const same = { ca: it.root.cert, clientCert: 'require' } as const;
  assert.equal(context, serverPlan({ ...same, cert: other.cert, key: other.key }).context);
  const open = plan.planFor('open.test') as SessionPlan;
  assert.equal(open.asksClient, false);
  assert.equal(open.context, serverPlan({ cert, key }).context);
});

test('a name in the table must be one', () => {
  for (const name of ['127.0.0.1', '::1', '*', '*.', '', 'a b', 'a.*.test', '**.test', 'a\0b'])
    assert.throws(
      () => serverPlan({ cert, key, sni: { [name]: {} } }),
      misuse('TypeError', `tls.sni['${name}']`),
      JSON.stringify(name),
    );
});

/** Python clients, one for each pair of name and whether to show a certificate; each says what it got. */
const clients = `
import json, ssl
port, root, cert, key = sys.argv[1:5]
for name, shows in json.loads(sys.argv[5]):
    context = ssl.create_default_context(cafile=root)
    context.check_hostname = False
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    if shows: context.load_cert_chain(cert, key)
    try:
        s = context.wrap_socket(socket.create_connection(('127.0.0.1', port)), server_hostname=name)
        say([n[1] for n in s.getpeercert()['subjectAltName']][0])
        s.recv(1)
    except ssl.SSLError as error: say(error.reason)
`;

test('Python clients get the certificate and the rules of the name they sent', async (t) => {
  const a = it.issue({ name: 'a.test' });
  const wild = it.issue({ name: '*.wild.test' });
  const strict = it.issue({ name: 'strict.test' });
  const tls: TlsOptions = {
    ca: it.root.cert,
    verify: false,
    sni: {
      'a.test': { cert: a.cert, key: a.key },
      '*.wild.test': { cert: wild.cert, key: wild.key },
      'strict.test': { cert: strict.cert, key: strict.key, clientCert: 'require', verify: true },
    },
  };
  const wanted: [name: string | null, shows: boolean, got: string][] = [
    ['a.test', false, 'a.test'],
    ['A.Test', true, 'a.test'],
    ['x.wild.test', false, '*.wild.test'],
    ['strict.test', true, 'strict.test'],
    ['strict.test', false, 'SSLV3_ALERT_HANDSHAKE_FAILURE'],
    ['x.y.wild.test', false, 'TLSV1_UNRECOGNIZED_NAME'],
    ['elsewhere.test', false, 'TLSV1_UNRECOGNIZED_NAME'],
    [null, false, 'TLSV1_UNRECOGNIZED_NAME'],
  ];
  const listener = await promises.listen('127.0.0.1:0', { tls });
  const questions = JSON.stringify(wanted.map(([name, shows]) => [name, shows]));
  const { root, client } = it;
  const args = [String(listener.address.port), root.certFile, client.certFile, client.keyFile, questions];
  const python = startPython(t, clients, { args });
  for (const [name, shows, got] of wanted) {
    const conn = await listener.accept();
    if (/^[A-Z]/.test(got)) {
      await assert.rejects(conn.handshake(), promises.TlsError);
    } else {
      const { serverName, peer, authorized } = await conn.handshake();
      assert.equal(serverName?.toLowerCase(), name?.toLowerCase());
      assert.deepEqual([peer !== null, authorized], [name === 'strict.test', name === 'strict.test']);
      await conn.close();
    }
    assert.equal(await python.line(), got, `${name} ${shows}`);
  }
  await python.end();
  listener.close();
});

test('an exception of the function comes out of the handshake, and ends that connection only', async (t) => {
  const thrown = new Error('mine');
  const tls: TlsOptions = {
    cert,
    key,
    sni(name) {
      if (name === 'bad.test') throw thrown;
      return undefined;
    },
  };
  const listener = await promises.listen('127.0.0.1:0', { tls });
  const { root, client } = it;
  const questions = '[["bad.test", false], ["good.test", false]]';
  const args = [String(listener.address.port), root.certFile, client.certFile, client.keyFile, questions];
  const python = startPython(t, clients.replace('ssl.SSLError as error: say(error.reason)', 'OSError: say("failed")'), {
    args,
  });
  const bad = await listener.accept();
  await assert.rejects(bad.handshake(), thrown);
  assert.notEqual(bad.closeInfo, null);
  assert.equal(await python.line(), 'failed');
  const good = await listener.accept();
  assert.equal((await good.handshake()).serverName, 'good.test');
  await good.close();
  assert.equal(await python.line(), 'localhost');
  await python.end();
  listener.close();
});
