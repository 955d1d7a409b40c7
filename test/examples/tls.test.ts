// The examples with TLS, against Python's ssl and openssl.

import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import test, { type TestContext } from 'node:test';
import { pki } from '../support/pki.js';
import { example, listeningOn, Program, python } from './program.js';

/** A test that hangs is a failure. */
const LIMIT = { timeout: 20_000 };

/** Python's side of TLS. */
const context = `
import ssl
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
listener = socket.create_server(('127.0.0.1', 0))
say('port', listener.getsockname()[1])
`;

function tlsPython(t: TestContext, script: string): Program {
  const { certFile, keyFile } = pki().server;
  return python(t, context + script, certFile, keyFile);
}

test('https-get fetches a page, and tells a certificate that is not valid here', LIMIT, async (t) => {
  const server = tlsPython(
    t,
    `
context.set_alpn_protocols(['http/1.1'])
for times in range(2):
    conn, _ = listener.accept()
    try: conn = context.wrap_socket(conn, server_side=True)
    except ssl.SSLError as error: say('refused', error.reason); continue
    stream = conn.makefile('rwb')
    head = []
    while (line := stream.readline().strip()): head.append(line.decode())
    body = (conn.selected_alpn_protocol() + ' ' + ' '.join(head)).encode()
    stream.write(b'HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n' % len(body) + body)
    stream.flush()
    conn.unwrap()
`,
  );
  const [, port] = await server.prints(/port (\d+)/);
  const good = await example(t, 'https-get', `localhost:${port}`, '/page', pki().root.certFile).ends();
  assert.match(good, /^TLSv1\.3, TLS_\w+, certificate valid until .* GMT\nHTTP\/1\.1 200 OK\n/);
  assert.ok(good.includes('http/1.1 GET /page HTTP/1.1 Host: localhost'), good);
  const stranger = example(t, 'https-get', `localhost:${port}`);
  await stranger.prints(/^UNABLE_TO_GET_ISSUER_CERT_LOCALLY: /);
  await server.prints(/refused TLSV1_ALERT_UNKNOWN_CA/);
  await server.ends();
});

test('events shows the timeline of a connection, and of one that fails', LIMIT, async (t) => {
  const server = tlsPython(
    t,
    `
for times in range(2):
    conn, _ = listener.accept()
    try: conn = context.wrap_socket(conn, server_side=True)
    except ssl.SSLError: continue
    stream = conn.makefile('rwb')
    while stream.readline().strip(): pass
    stream.write(b'HTTP/1.1 204 No Content\\r\\n\\r\\n')
    stream.flush()
    conn.unwrap()
`,
  );
  const [, port] = await server.prints(/port (\d+)/);
  const good = await example(t, 'events', `127.0.0.1:${port}`, pki().root.certFile).ends();
  assert.deepEqual(
    good.split('\n').map((line) => line.replace(/^ *\d+\.\d\d ms {2}/, '').trim()),
    [
      'looking up 127.0.0.1',
      `it has 127.0.0.1:${port}`,
      `attempt 1, at 127.0.0.1:${port}`,
      `connected to 127.0.0.1:${port}`,
      'handshake',
      'TLSv1.3, TLS_AES_256_GCM_SHA384, certificate OK',
      'sent 55 bytes',
      'read 27 bytes',
      'closed, local',
      'deleted',
      '',
    ],
  );
  const stranger = example(t, 'events', `127.0.0.1:${port}`);
  await stranger.prints(/handshake\n.*closed, error: UNABLE_TO_GET_ISSUER_CERT_LOCALLY/);
});

test('tls-server greets clients by their certificates, and reads its own anew at SIGHUP', LIMIT, async (t) => {
  const { server, client, root } = pki();
  const [cert, key] = [pki().file('pem', server.cert), pki().file('pem', server.key)];
  const program = example(t, 'tls-server', '127.0.0.1:0', cert, key, root.certFile);
  const target = await listeningOn(program);
  const talk = async (...words: string[]): Promise<string> => {
    const all = ['s_client', '-quiet', '-connect', target, '-CAfile', root.certFile, '-verify_return_error', ...words];
    const peer = new Program(t, 'openssl', all, ['pipe', 'pipe', 'pipe']);
    peer.process.stdin!.write('back again\n');
    await peer.prints(/back again/);
    peer.process.kill('SIGTERM');
    return peer.text;
  };
  assert.match(await talk(), /^hello stranger\r?$/m);
  const shown = ['-cert', client.leafFile, '-key', client.keyFile, '-cert_chain', client.chainFile];
  assert.match(await talk(...shown), /^hello CN=client\r?$/m);

  const next = pki().issue({ name: 'next.test' });
  copyFileSync(next.certFile, cert);
  copyFileSync(next.keyFile, key);
  program.process.kill('SIGHUP');
  await program.prints(/the certificate was read anew/);
  assert.match(await talk(), /^depth=0 CN = next\.test$/m);

  copyFileSync(server.keyFile, key);
  program.process.kill('SIGHUP');
  await program.prints(/ERR_TLS_KEY_MISMATCH/);
  assert.match(await talk(), /^depth=0 CN = next\.test$/m);
  program.process.kill('SIGTERM');
  await program.ends();
});

test('smtp-send delivers a mail under TLS, and the envelope stays hidden', LIMIT, async (t) => {
  const server = tlsPython(
    t,
    `
plain, _ = listener.accept()
def line(s):
    got = b''
    while not got.endswith(b'\\r\\n'): got += s.recv(1)
    return got.decode().strip()
plain.sendall(b'220 hello\\r\\n')
say('plain', line(plain))
plain.sendall(b'250-mail\\r\\n250 STARTTLS\\r\\n')
say('plain', line(plain))
plain.sendall(b'220 go on\\r\\n')
s = context.wrap_socket(plain, server_side=True)
for answer in (b'250 mail\\r\\n', b'250 ok\\r\\n', b'250 ok\\r\\n', b'354 go on\\r\\n'):
    say('tls', line(s)); s.sendall(answer)
while True:
    text = line(s); say('text', text)
    if text == '.': break
s.sendall(b'250 queued as 42\\r\\n')
say('tls', line(s)); s.sendall(b'221 bye\\r\\n'); s.unwrap()
`,
  );
  const [, port] = await server.prints(/port (\d+)/);
  const words = ['me@example.org', 'you@example.net', 'See you\n.\nat eight', pki().root.certFile];
  const text = await example(t, 'toolbox/smtp-send', `localhost:${port}`, ...words).ends();
  assert.match(text, /^TLSv1\.3, TLS_\w+\nqueued as 42\n$/);
  const heard = (await server.ends()).replace(/^port \d+\n/, '');
  assert.equal(
    heard,
    [
      'plain EHLO localhost',
      'plain STARTTLS',
      'tls EHLO localhost',
      'tls MAIL FROM:<me@example.org>',
      'tls RCPT TO:<you@example.net>',
      'tls DATA',
      'text From: <me@example.org>',
      'text To: <you@example.net>',
      'text Subject: hello',
      'text ',
      'text See you',
      'text ..',
      'text at eight',
      'text .',
      'tls QUIT',
      '',
    ].join('\n'),
  );
});
