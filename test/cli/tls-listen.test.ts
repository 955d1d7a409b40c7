// Owns the tests of `listen --tls`, with openssl and the command itself on the other end.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { pki } from '../support/pki.js';
import { berkeley, type Running } from './command.js';
import { opensslClient, opensslPin } from './tls-peers.js';

/** A test that hangs is a failure. */
const LIMIT = { timeout: 20_000 };

async function listening(t: TestContext, ...args: string[]): Promise<{ command: Running; target: string }> {
  const command = berkeley(t, 'listen', '--tls', ...args);
  const [, target = ''] = await command.warns(/^listening on (\S+)\n/);
  return { command, target };
}

test('listen --tls makes a certificate of its own, and says its pin', LIMIT, async (t) => {
  const { command, target } = await listening(t, '--echo', '--keep', '127.0.0.1:0');
  const [, pin = ''] = await command.warns(/^clients trust it with --insecure --pin sha256\/(\S{44})$/m);
  // It is no CA and still its own issuer, so a client can trust it for what it is.
  const client = opensslClient(t, target, '-showcerts');
  client.child.stdin.end();
  assert.equal(await client.ended(), 0, client.err);
  const [pem = ''] = /-----BEGIN [^]*?END CERTIFICATE-----\n/.exec(client.out.toString()) ?? [];
  assert.equal(opensslPin(pem), pin);
  const file = pki().file('pem', pem);
  for (const name of ['localhost', '127.0.0.1', '::1']) {
    const check = /[:\d]/.test(name) ? '-verify_ip' : '-verify_hostname';
    const words = ['verify', '-x509_strict', '-auth_level', '2', '-purpose', 'sslserver', '-CAfile', file, check, name];
    assert.match(pki().run([...words, file]), /OK/);
  }
  const port = target.replace(/.*:/, '');
  for (const words of [
    ['--insecure', '--pin', pin],
    ['--ca', file],
  ]) {
    const connect = berkeley(t, 'connect', '--tls', ...words, `localhost:${port}`);
    connect.child.stdin.end('there and back');
    assert.equal(await connect.ended(), 0, connect.err);
    assert.equal(connect.out.toString(), 'there and back');
  }
});

test('listen --tls shows the whole chain of --cert, and agrees on a protocol of --alpn', LIMIT, async (t) => {
  const { certFile, keyFile } = pki().server;
  const words = ['--echo', '--keep', '--cert', certFile, '--key', keyFile, '--alpn', 'b,a', '127.0.0.1:0'];
  const { command, target } = await listening(t, ...words);
  assert.equal(command.err.split('\n').length, 2, 'only the address');
  const strict = ['-CAfile', pki().root.certFile, '-verify_return_error', '-verify_hostname', 'localhost'];
  const client = opensslClient(t, target, ...strict, '-alpn', 'a,b');
  client.child.stdin.end();
  assert.equal(await client.ended(), 0, client.err);
  assert.match(client.out.toString(), /ALPN protocol: b/);
  assert.match(client.out.toString(), /Verify return code: 0 \(ok\)/);

  const other = opensslClient(t, target, ...strict, '-alpn', 'c');
  other.child.stdin.end();
  assert.notEqual(await other.ended(), 0);
  assert.match(other.err, /no application protocol/);
});

test('listen --tls joins its client to input and output', LIMIT, async (t) => {
  const { certFile, keyFile } = pki().server;
  const { command, target } = await listening(t, '--cert', certFile, '--key', keyFile, '127.0.0.1:0');
  const client = opensslClient(t, target, '-quiet');
  client.child.stdin.write('from openssl\n');
  await command.says(/from openssl\n/);
  command.child.stdin.end('from the command\n');
  await client.says(/from the command\n/);
});

test('listen --tls --ca lets only clients with a certificate in, and goes on with --keep', LIMIT, async (t) => {
  const { server, client, root } = pki();
  const files = ['--cert', server.certFile, '--key', server.keyFile, '--ca', root.certFile];
  const { command, target } = await listening(t, '--echo', '--keep', ...files, '127.0.0.1:0');
  const stranger = opensslClient(t, target, '-ign_eof', '-quiet');
  assert.notEqual(await stranger.ended(), 0);
  assert.match(stranger.err, /certificate required/);
  await command.warns(/^berkeley: 127\.0\.0\.1:\d+: tls NO_PEER_CERTIFICATE.*$/m);

  const known = opensslClient(
    t,
    target,
    '-quiet',
    '-cert',
    client.leafFile,
    '-key',
    client.keyFile,
    '-cert_chain',
    client.chainFile,
  );
  known.child.stdin.write('hello\n');
  await known.says(/hello\n/);
});

test('listen --tls and connect --tls meet on a Unix socket', LIMIT, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'berkeley-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 's');
  const { server } = pki();
  const { target } = await listening(t, '--echo', '--keep', '--cert', server.certFile, '--key', server.keyFile, path);
  const client = opensslClient(t, target, '-quiet', '-CAfile', pki().root.certFile, '-verify_return_error');
  client.child.stdin.write('hello\n');
  await client.says(/hello\n/);

  const nameless = berkeley(t, 'connect', '--tls', ...['--ca', pki().root.certFile], target);
  assert.equal(await nameless.ended(), 2);
  assert.match(nameless.err, /ERR_TLS_SERVER_NAME.*--sni/);
  const command = berkeley(t, 'connect', '--tls', ...['--ca', pki().root.certFile], '--sni', 'example.test', target);
  command.child.stdin.end('through a file');
  assert.equal(await command.ended(), 0, command.err);
  assert.equal(command.out.toString(), 'through a file');
});

test('--timeout ends the wait for a client that does not shake hands', LIMIT, async (t) => {
  const { server } = pki();
  const { command, target } = await listening(
    t,
    ...['--timeout', '200ms', '--cert', server.certFile, '--key', server.keyFile, '127.0.0.1:0'],
  );
  const silent = createConnection(Number(target.replace(/.*:/, '')), '127.0.0.1');
  t.after(() => silent.destroy());
  silent.on('error', () => undefined);
  assert.equal(await command.ended(), 7);
  assert.match(command.err, /\nberkeley: tls ETIMEDOUT.*\n$/);
});
