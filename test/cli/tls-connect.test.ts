// Owns the tests of `connect --tls`, with Python's ssl and openssl on the other end.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pki } from '../support/pki.js';
import { berkeley, noise } from './command.js';
import { opensslPin, opensslServer, pythonTls } from './tls-peers.js';

/** A test that hangs is a failure. */
const LIMIT = { timeout: 20_000 };
const trusted = (): string[] => ['--ca', pki().root.certFile];

test(
  'connect --tls passes every byte on, both ways, and says close_notify to a server that waits for it',
  LIMIT,
  async (t) => {
    const { server, target } = await pythonTls(t, {
      script: 'got = read_all(s); s.sendall(got[::-1]); s.unwrap().close(); say("closed")',
    });
    const bytes = noise(1 << 20);
    const command = berkeley(t, 'connect', '--tls', ...trusted(), target);
    command.child.stdin.end(bytes);
    assert.equal(await command.ended(), 0, command.err);
    assert.ok(command.out.equals(Buffer.from(bytes).reverse()));
    assert.equal(command.err, '');
    await server.says(/closed/);
  },
);

test('connect --tls leaves a server time to answer after the end of the input', LIMIT, async (t) => {
  const { server, target } = await pythonTls(t, {
    script: [
      'request = line(s); s.settimeout(0.5)',
      'try: say("more", s.recv(1))',
      'except TimeoutError: say("open ")',
      's.settimeout(None); s.sendall(b"answer to " + request.encode()); s.unwrap()',
    ].join('\n'),
  });
  const command = berkeley(t, 'connect', '--tls', ...trusted(), target);
  command.child.stdin.end('question\r\n');
  await server.says(/open /);
  assert.equal(await command.ended(), 0, command.err);
  assert.equal(command.out.toString(), 'answer to question');
});

test(
  'connect --tls refuses a certificate that nobody trusted has signed, in one line, and sends nothing',
  LIMIT,
  async (t) => {
    const { server, target } = await pythonTls(t, { script: 'say("shaken hands")' });
    const command = berkeley(t, 'connect', '--tls', target);
    command.child.stdin.end('secret');
    assert.equal(await command.ended(), 6);
    assert.match(command.err, /^berkeley: tls UNABLE_TO_GET_ISSUER_CERT_LOCALLY .*--ca.*\n$/);
    await server.says(/failed TLSV1_ALERT_UNKNOWN_CA /);
  },
);

test('connect --tls sends the name of --sni, and checks it', LIMIT, async (t) => {
  const prepare = 'context.sni_callback = lambda s, name, c: say("name", name, "")';
  const good = await pythonTls(t, { prepare, script: 's.sendall(b"hello"); s.unwrap()' });
  const command = berkeley(t, 'connect', '--tls', ...trusted(), '--sni', 'A.Wild.test', good.target);
  assert.equal(await command.ended(), 0, command.err);
  assert.equal(command.out.toString(), 'hello');
  await good.server.says(/name a\.wild\.test /);

  const bad = await pythonTls(t, { prepare, script: '' });
  const refused = berkeley(t, 'connect', '--tls', ...trusted(), '--sni', 'other.test', bad.target);
  assert.equal(await refused.ended(), 6);
  assert.match(refused.err, /^berkeley: tls HOSTNAME_MISMATCH for other\.test .*--sni.*\n$/);
});

const right = '(its pin)';
const wrong = `sha256/${Buffer.alloc(32, 7).toString('base64')}`;
const trust: [words: string[], code: number][] = [
  [['--insecure'], 0],
  [['--insecure', '--pin', right], 0],
  [['--insecure', '--pin', wrong, '--pin', right], 0],
  [['--insecure', '--pin', wrong], 6],
  [['--ca', '(itself)', '--sni', 'alone.test', '--pin', right], 0],
  [['--ca', '(itself)', '--sni', 'alone.test', '--pin', wrong], 6],
  [['--pin', right], 6],
];

for (const [words, code] of trust) {
  const title = `connect --tls ${words.join(' ')} ${code === 0 ? 'takes' : 'refuses'} a certificate that signs itself`;
  test(title, LIMIT, async (t) => {
    const alone = pki().issue({ name: 'alone.test', issuer: 'self' });
    const pin = opensslPin(alone.leaf);
    const hex = Buffer.from(pin, 'base64').toString('hex');
    const real = words.map((word, at) =>
      word === right ? (at === 1 ? pin : hex) : word === '(itself)' ? alone.leafFile : word,
    );
    const { target } = await pythonTls(t, { certificate: alone, script: 's.sendall(b"hello"); s.unwrap()' });
    const command = berkeley(t, 'connect', '--tls', ...real, target);
    command.child.stdin.end();
    assert.equal(await command.ended(), code, command.err);
    assert.equal(command.out.toString(), code === 0 ? 'hello' : '');
    if (words.includes(wrong)) assert.equal(/ERR_TLS_PIN/.test(command.err), code !== 0);
  });
}

test('connect --alpn offers protocols, and --cert shows a certificate of ours', LIMIT, async (t) => {
  const { server, target } = await pythonTls(t, {
    prepare:
      'context.set_alpn_protocols(["two", "three"])\n' +
      'context.verify_mode = ssl.CERT_REQUIRED; context.load_verify_locations(sys.argv[3])',
    script: 'say(s.selected_alpn_protocol(), s.getpeercert()["subject"][0][0][1], ""); s.unwrap()',
  });
  const { certFile, keyFile } = pki().client;
  const words = ['--alpn', 'one,three,two', '--cert', certFile, '--key', keyFile];
  const command = berkeley(t, 'connect', '--tls', ...trusted(), ...words, target);
  await server.says(/two client /);
  assert.equal(await command.ended(), 0, command.err);
});

test('a certificate and its key may stand in one file', LIMIT, async (t) => {
  const { cert, key } = pki().client;
  const both = pki().file('pem', key + cert);
  const { server, target } = await pythonTls(t, {
    prepare: 'context.verify_mode = ssl.CERT_REQUIRED; context.load_verify_locations(sys.argv[3])',
    script: 'say(s.getpeercert()["subject"][0][0][1], ""); s.unwrap()',
  });
  const command = berkeley(t, 'connect', '--tls', ...trusted(), '--cert', both, target);
  await server.says(/client /);
  assert.equal(await command.ended(), 0, command.err);
});

test('connect --tls says that a stream was cut, after everything that had come', LIMIT, async (t) => {
  const { target } = await pythonTls(t, { script: 's.sendall(b"half of it"); socket.socket.shutdown(s, 2)' });
  const command = berkeley(t, 'connect', '--tls', ...trusted(), target);
  assert.equal(await command.ended(), 9);
  assert.match(command.err, /^berkeley: read ERR_TLS_TRUNCATED.*\n$/);
  assert.equal(command.out.toString(), 'half of it');
});

test('connect --tls to a server without TLS is one line', LIMIT, async (t) => {
  const { target } = await pythonTls(t, {
    before: 's.recv(1); s.sendall(b"HTTP/1.1 400 Bad Request\\r\\n\\r\\n")',
    script: '',
  });
  const command = berkeley(t, 'connect', '--tls', ...trusted(), target);
  assert.equal(await command.ended(), 5);
  assert.match(command.err, /^berkeley: tls ERR_TLS_PROTOCOL: wrong version number \(.+\)\n$/);
});

test('connect --tls talks to openssl s_server with TLS 1.2 and 1.3', LIMIT, async (t) => {
  for (const version of ['-tls1_2', '-tls1_3']) {
    const { server, target } = await opensslServer(t, pki().server, version, '-rev', '-naccept', '1');
    const command = berkeley(t, 'connect', '--tls', ...trusted(), target);
    command.child.stdin.write('abc\n');
    await command.says(/cba\n/);
    command.child.stdin.end();
    assert.equal(await command.ended(), 0, version + command.err);
    assert.equal(await server.ended(), 0);
  }
});

const files: [words: string[], why: RegExp][] = [
  [['--cert', '/nonexistent/cert.pem'], /ENOENT/],
  [['--ca', '/nonexistent/ca.pem'], /ENOENT/],
];
for (const [words, why] of files) {
  test(`connect --tls ${words.join(' ')} is a usage error`, LIMIT, async (t) => {
    // The port is never connected to: the files are read first.
    const command = berkeley(t, 'connect', '--tls', ...words, '127.0.0.1:1');
    assert.equal(await command.ended(), 2, command.err);
    assert.match(command.err, why);
    assert.equal(command.err.split('\n').length, 2);
  });
}
