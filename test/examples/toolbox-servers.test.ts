// The servers of the toolbox, and what talks to this machine's own: sd_notify with systemd-notify, syslog with rsyslogd and logger,
// the TLS terminator in front of nginx, the chat with clients in Python.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { launch } from '../support/launch.js';
import { pki } from '../support/pki.js';
import { installed, startNginx, temporaryFolder } from '../support/server.js';
import { listeningOn, Program, python, tool } from './program.js';

/** A test that hangs is a failure. */
const LIMIT = { timeout: 20_000 };

test('every program of the toolbox has less than 80 lines, and a line in its README', () => {
  const toolbox = new URL('../../../examples/toolbox/', import.meta.url);
  const readme = readFileSync(new URL('README.md', toolbox), 'utf8');
  for (const file of readdirSync(toolbox).filter((name) => name.endsWith('.ts'))) {
    assert.ok(readFileSync(new URL(file, toolbox), 'utf8').split('\n').length <= 80, file);
    assert.ok(readme.includes(`(${file})`), file);
  }
});

test('sd-notify shows what systemd-notify tells, who it is, and lets its barrier go', LIMIT, async (t) => {
  const command = installed(t, 'systemd-notify');
  if (command === null) return;
  const text = await tool(t, 'sd-notify', ['watch', command, '--ready', '--status=nearly there']).ends();
  assert.match(text, /^(it|process \d+) says READY=1$/m);
  assert.match(text, /^(it|process \d+) says STATUS=nearly there$/m);
  assert.match(text, /^(it|process \d+) says BARRIER=1 with 1 descriptor$/m);
  assert.match(text, /has ended\n$/);
  assert.match(await tool(t, 'sd-notify', ['watch', '/nonexistent/program']).ends(), /cannot start .*ENOENT/);
});

test('sd-notify tells a listener in Python, at a path and at an abstract name', LIMIT, async (t) => {
  for (const name of [join(temporaryFolder(t), 'notify'), `@berkeley-test-${process.pid}`]) {
    const listener = python(
      t,
      `
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1].replace('@', '\\0', 1)); say('bound')
say(repr(s.recv(1000)))
`,
      name,
    );
    await listener.prints(/bound/);
    const sender = tool(t, 'sd-notify', ['send', 'READY=1', 'STATUS=running'], { NOTIFY_SOCKET: name });
    assert.match(await sender.ends(), /^told .*: READY=1 STATUS=running$/m);
    assert.match(await listener.ends(), /b'READY=1\\nSTATUS=running'/);
  }
  const lost = tool(t, 'sd-notify', ['send', 'READY=1'], { NOTIFY_SOCKET: '/nonexistent/notify' });
  assert.match(await lost.ends(1), /ENOENT unix:\/nonexistent\/notify/);
});

test('syslog reaches rsyslogd by its Unix socket, by TCP and by UDP, and hears what it passes on', LIMIT, async (t) => {
  const program = installed(t, 'rsyslogd');
  if (program === null) return;
  const place = temporaryFolder(t);
  const out = join(place, 'out');
  const listener = tool(t, 'syslog', ['listen', out, '4']);
  await listeningOn(listener);
  const { folder, ports } = await launch(t, 2, (folder, [tcp, udp]) => {
    const configuration = join(folder, 'rsyslog.conf');
    writeFileSync(configuration, rsyslog(folder, out, tcp!, udp!));
    const words = ['-n', '-f', configuration, '-i', join(folder, 'pid')];
    return { command: [program, ...words], ready: /origin software="rsyslogd".* start/ };
  });
  const send = (text: string, priority: string, target: string): Promise<string> =>
    tool(t, 'syslog', ['send', text, priority, target]).ends();
  await send('the disk is full', 'daemon.err', `unix:${join(folder, 'log')}`);
  await send('of two\nlines', 'user.notice', `tcp://127.0.0.1:${ports[0]}`);
  await send('the disk is empty', 'mail.info', `udp://127.0.0.1:${ports[1]}`);
  const text = await listener.ends();
  assert.match(text, /^syslog\.info {2}\d{4}-\S+ {2}rsyslogd {2}.* start$/m);
  assert.match(text, /^daemon\.err {2}\d{4}-\S+ {2}berkeley {3}the disk is full$/m);
  // rsyslogd writes control characters as octal numbers.
  assert.match(text, /^user\.notice {2}\d{4}-\S+ {2}berkeley {2}of two#012lines$/m);
  assert.match(text, /^mail\.info {2}\d{4}-\S+ {2}berkeley {2}the disk is empty$/m);
  assert.match(await tool(t, 'syslog', ['send', 'x', 'user.loud']).ends(1), /no priority "user\.loud"/);
});

function rsyslog(folder: string, out: string, tcp: number, udp: number): string {
  return `
global(processInternalMessages="on" workDirectory="${folder}")
module(load="imuxsock" SysSock.Use="off")
module(load="imtcp")
module(load="imudp")
module(load="omuxsock")
input(type="imuxsock" Socket="${join(folder, 'log')}" CreatePath="off")
input(type="imtcp" port="${tcp}" address="127.0.0.1")
input(type="imudp" port="${udp}" address="127.0.0.1")
*.* action(type="omfile" file="/dev/stdout")
$OMUxSockSocket ${out}
*.* :omuxsock:;RSYSLOG_SyslogProtocol23Format
`;
}

test('syslog understands what logger sends, in both formats', LIMIT, async (t) => {
  const logger = installed(t, 'logger');
  if (logger === null) return;
  const path = join(temporaryFolder(t), 'log');
  const listener = tool(t, 'syslog', ['listen', path, '2']);
  await listeningOn(listener);
  const send = (...words: string[]) =>
    new Program(t, logger, ['-u', path, ...words], ['ignore', 'pipe', 'pipe']).ends();
  await send('-p', 'mail.warning', '-t', 'tester', 'first message');
  await send('--rfc5424', '-t', 'tester', 'second message');
  const text = await listener.ends();
  assert.match(text, /^mail\.warning {2}[A-Z][a-z]{2} [ \d]\d \S+ {2}tester {2}first message$/m);
  assert.match(text, /^user\.notice {2}\d{4}-\S+ {2}tester {2}second message$/m);
});

test('tls-terminator puts TLS in front of nginx, for several clients at once', LIMIT, async (t) => {
  const [nginx, curl] = [installed(t, 'nginx'), installed(t, 'curl')];
  if (nginx === null || curl === null) return;
  const content = randomBytes(1_000_000);
  const inside = await startNginx(t, nginx, { 'big.bin': content });
  const { certFile, keyFile } = pki().server;
  const program = tool(t, 'tls-terminator', ['127.0.0.1:0', `unix:${inside.path}`, certFile, keyFile]);
  const at = await listeningOn(program);
  const port = at.slice(at.lastIndexOf(':') + 1);
  const download = ['-sS', '--fail', '--cacert', pki().root.certFile, `https://localhost:${port}/big.bin`];
  const sum = ['-c', '"$@" | sha256sum', 'sh', curl, ...download];
  const expected = await new Program(t, 'sha256sum', [join(inside.path, '..', 'root', 'big.bin')], 'pipe').ends();
  const clients = [1, 2, 3].map(() => new Program(t, 'sh', sum, ['ignore', 'pipe', 'pipe']));
  for (const client of clients) assert.equal((await client.ends()).split(' ')[0], expected.split(' ')[0]);
  await program.prints(/(127\.0\.0\.1:\d+: \d+ bytes in, 1\d{6} bytes out\n[^]*){3}/);

  const stranger = new Program(t, curl, ['-sS', `https://localhost:${port}/big.bin`], ['ignore', 'pipe', 'pipe']);
  assert.match(await stranger.ends(60), /certificate/);
  await program.prints(/ERR_TLS_ALERT|UNKNOWN_CA|unknown ca/i);
  program.process.kill('SIGTERM');
  await program.ends();
});

test('chat hands the lines of one client to the others, each served by a thread', LIMIT, async (t) => {
  const server = tool(t, 'chat', ['127.0.0.1:0']);
  const at = await listeningOn(server);
  const client = python(
    t,
    `
def join(name):
    conn = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
    conn.sendall(name + b'\\n')
    file = conn.makefile('rb')
    say(file.readline())
    return conn, file
# What somebody hears of those who come and go depends on when exactly they came.
def hear(file, word):
    while word not in (line := file.readline()): assert line, word
    say(line)
ann, ann_reads = join(b'ann')
bob, bob_reads = join(b'bob')
hear(ann_reads, b'bob')
bob.sendall(b'hello\\rann\\r\\n')
hear(ann_reads, b'bob')
ann.sendall('zwölf\\n'.encode())
hear(bob_reads, b'ann: ')
bob.sendall(b'x' * 2000 + b'\\n')
say(bob_reads.readline())
say(bob_reads.read())
hear(ann_reads, b'left')
eve, eve_reads = join(b'eve')
hear(ann_reads, b'eve')
ann.shutdown(socket.SHUT_WR)
say(ann_reads.read())
hear(eve_reads, b'ann has')
say('waiting')
say(eve_reads.read())
`,
    at.slice(at.lastIndexOf(':') + 1),
  );
  await client.prints(/waiting/);
  server.process.kill('SIGTERM');
  assert.deepEqual((await client.ends()).trim().split('\n'), [
    "b'* hello ann\\r\\n'",
    "b'* hello bob\\r\\n'",
    "b'* bob is here\\r\\n'",
    "b'bob: hello ann\\r\\n'",
    "b'ann: zw\\xc3\\xb6lf\\r\\n'",
    "b'* that is too long\\r\\n'",
    "b''",
    "b'* bob has left\\r\\n'",
    "b'* hello eve\\r\\n'",
    "b'* eve is here\\r\\n'",
    "b''",
    "b'* ann has left\\r\\n'",
    'waiting',
    "b''",
  ]);
  await server.ends();
});
