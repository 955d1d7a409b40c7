// The examples that speak UDP: against dnsmasq, and with clients in Python.

import assert from 'node:assert/strict';
import test from 'node:test';
import { installed, launch } from '../support/launch.js';
import { example, listeningOn, python } from './program.js';

/** A test that hangs is a failure. */
const LIMIT = { timeout: 20_000 };

test('dns-query gets A, AAAA and TXT from dnsmasq, over TCP where the answer is too long for UDP', LIMIT, async (t) => {
  const program = installed(t, 'dnsmasq');
  if (program === null) return;
  const long = Array.from({ length: 6 }, (_, i) => String(i).repeat(200));
  const { ports } = await launch(t, 1, (_folder, [port]) => ({
    command: [
      program,
      ...['--no-daemon', '--no-resolv', '--no-hosts', '--conf-file=/dev/null', '--log-facility=-', '--pid-file='],
      ...['--listen-address=127.0.0.1', '--bind-interfaces', `--port=${port}`],
      ...(process.getuid?.() === 0 ? ['--user=root', '--group=root'] : []),
      ...['--host-record=two.example,192.0.2.7,2001:db8::7,3600', '--address=/wild.example/192.0.2.9'],
      ...['--txt-record=short.example,some words,and more', `--txt-record=long.example,${long.join(',')}`],
    ],
    ready: /started, version/,
  }));
  const server = `127.0.0.1:${ports[0]}`;
  const ask = (...words: string[]): Promise<string> => example(t, 'dns-query', server, ...words).ends();
  assert.equal(await ask('two.example'), 'two.example A, over UDP: 1 found\n  192.0.2.7 (3600 s)\n');
  assert.equal(
    await ask('two.example', 'AAAA'),
    'two.example AAAA, over UDP: 1 found\n  2001:0db8:0000:0000:0000:0000:0000:0007 (3600 s)\n',
  );
  assert.match(await ask('deep.wild.example', 'a'), /over UDP: 1 found\n {2}192\.0\.2\.9 /);
  assert.match(await ask('short.example', 'TXT'), /over UDP: 1 found\n {2}some wordsand more /);
  assert.match(await ask('long.example', 'TXT'), /over TCP: 1 found\n {2}0{60}… \(1200 characters\) /);
  // REFUSED: dnsmasq has nobody to ask.
  assert.equal(await ask('unknown.example', 'TXT'), 'unknown.example TXT, over UDP: the server says 5\n');
});

test('dns-query without arguments asks a server of its own', LIMIT, async (t) => {
  const text = await example(t, 'dns-query').ends();
  assert.match(text, /^small\.example A, over UDP: 1 found\n {2}192\.0\.2\.1 \(60 s\)$/m);
  assert.match(text, /^small\.example AAAA, over UDP: 1 found$/m);
  assert.match(text, /^large\.example TXT, over TCP: 1 found\n {2}(long ){12}… \(1600 characters\) \(60 s\)$/m);
});

test('udp-echo sends every datagram back to its sender, and SIGTERM ends it cleanly', LIMIT, async (t) => {
  const server = example(t, 'udp-echo', '127.0.0.1:0');
  const target = await listeningOn(server);
  const client = python(
    t,
    `
clients = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(3)]
for c in clients: c.connect(('127.0.0.1', int(sys.argv[1])))
for i in range(20):
    for k, c in enumerate(clients): c.send(b'%d of %d' % (i, k))
for c in clients: c.send(b'')
for k, c in enumerate(clients):
    for i in range(20): assert c.recv(100) == b'%d of %d' % (i, k)
    assert c.recv(100) == b''
say('all of it')
`,
    target.slice(target.lastIndexOf(':') + 1),
  );
  assert.equal(await client.ends(), 'all of it\n');
  server.process.kill('SIGTERM');
  assert.match(await server.ends(), /^63 datagrams were sent back$/m);
});
