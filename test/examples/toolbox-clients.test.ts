// The clients of the toolbox that talk to Redis, nginx, dnsmasq and the kernel. Mail and PostgreSQL have their servers in test/real.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { mayBeRaw } from '../family/kit.js';
import { launch } from '../support/launch.js';
import { pki } from '../support/pki.js';
import { installed, startNginx, startRedis, temporaryFolder } from '../support/server.js';
import { Program, python, tool } from './program.js';

/** A test that hangs is a failure. */
const LIMIT = { timeout: 20_000 };

test('redis prints what a Redis server answers, every type of RESP3 among it', LIMIT, async (t) => {
  const program = installed(t, 'redis-server');
  if (program === null) return;
  const server = await startRedis(t, program);
  const ask = (target: string, ...words: string[]): Program => tool(t, 'redis', [target, ...words]);
  assert.equal(await ask(`${server.host}:${server.port}`, 'SET', 'key', 'a\r\nb').ends(), "'OK'\n");
  assert.equal(await ask(`unix:${server.path}`, 'GET', 'key').ends(), "'a\\r\\nb'\n");
  assert.equal(await ask(`unix:${server.path}`, 'GET', 'nothing').ends(), 'null\n');
  assert.match(await ask(`unix:${server.path}`, 'NOPE').ends(1), /^\(error\) ERR unknown command/);

  const script = `redis.setresp(3); return {1, {double=3.5}, true, false, {map={k=1}}, {set={x=true}},
    {big_number='12345678901234567890'}, {verbatim_string={format='txt', string='words'}}}`;
  assert.equal(
    (await ask(`unix:${server.path}`, 'EVAL', script, '0').ends()).replace(/\s+/g, ' '),
    "[ 1, 3.5, true, false, Map(1) { 'k' => 1 }, Set(1) { 'x' }, 12345678901234567890n, 'words' ] ",
  );

  const commands = join(temporaryFolder(t), 'commands');
  writeFileSync(commands, 'PING\n\nINCR n\nNOPE\nMGET n key\n');
  const words = ['-c', 'exec "$@" < "$0"', commands, ...ask(`unix:${server.path}`).process.spawnargs];
  const text = await new Program(t, 'sh', words, ['ignore', 'pipe', 'pipe']).ends(1);
  assert.match(text, /^'PONG'\n1\n\(error\) ERR unknown command .*\n\[ '1', 'a\\r\\nb' \]\n$/);
});

test('redis goes on in RESP2 with a server that knows nothing newer', LIMIT, async (t) => {
  const server = python(
    t,
    `
listener = socket.create_server(('127.0.0.1', 0))
say('port', listener.getsockname()[1])
conn, _ = listener.accept()
conn.sendall(b"-ERR unknown command 'HELLO'\\r\\n*3\\r\\n$-1\\r\\n:-7\\r\\n*1\\r\\n$0\\r\\n\\r\\n")
conn.recv(1000)
`,
  );
  const [, port] = await server.prints(/port (\d+)/);
  assert.equal(
    await tool(t, 'redis', [`127.0.0.1:${port}`, 'LRANGE', 'list', '0', '-1']).ends(),
    "[ null, -7, [ '' ] ]\n",
  );
  await server.ends();
  assert.match(await tool(t, 'redis', [`127.0.0.1:${port}`, 'PING']).ends(1), /ECONNREFUSED 127\.0\.0\.1:\d+: /);
});

test('download fetches a file from nginx, goes on where it was cut off, and shows how far it is', LIMIT, async (t) => {
  const program = installed(t, 'nginx');
  if (program === null) return;
  const content = randomBytes(3_000_000);
  for (const secure of [false, true]) {
    const certificate = pki().server;
    const server = await startNginx(t, program, { 'film.bin': content }, secure ? { certificate } : undefined);
    const file = join(temporaryFolder(t), 'film.bin');
    const url = `${secure ? 'https' : 'http'}://localhost:${server.port}`;
    const download = (path: string): Program =>
      tool(t, 'download', [url + path, file, ...(secure ? [pki().root.certFile] : [])]);
    const whole = await download('/film.bin').ends();
    assert.match(whole, /^█+░+ +\d\d % \d\.\d MiB$/m);
    assert.match(whole, /^█{25} 100 % 2\.9 MiB$/m);
    assert.match(whole, /film\.bin: 3000000 bytes$/m);
    assert.ok(readFileSync(file).equals(content));

    writeFileSync(file, content.subarray(0, 1_000_000));
    assert.match(await download('/film.bin').ends(), /3000000 bytes, of which 1000000 were there$/m);
    assert.ok(readFileSync(file).equals(content));
    assert.match(await download('/film.bin').ends(), /is whole already: 3000000 bytes$/m);
    assert.match(await download('/nothing').ends(1), /^the server says 404 Not Found$/m);
    assert.ok(readFileSync(file).equals(content), 'an error leaves the file alone');
  }
});

test('download says where a body was cut off, and what came of it stays', LIMIT, async (t) => {
  const server = python(
    t,
    `
listener = socket.create_server(('127.0.0.1', 0))
say('port', listener.getsockname()[1])
conn, _ = listener.accept()
while not conn.recv(1000).endswith(b'\\r\\n\\r\\n'): pass
conn.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: 100\\r\\n\\r\\n' + b'x' * 40)
conn.close()
`,
  );
  const [, port] = await server.prints(/port (\d+)/);
  const file = join(temporaryFolder(t), 'page');
  assert.match(await tool(t, 'download', [`http://127.0.0.1:${port}/`, file]).ends(1), /cut off after 40 of 100 bytes/);
  assert.equal(readFileSync(file, 'utf8'), 'x'.repeat(40));
});

test('dns-query gets addresses from dnsmasq, over TCP where the answer is too long for UDP', LIMIT, async (t) => {
  const program = installed(t, 'dnsmasq');
  if (program === null) return;
  const { ports } = await launch(t, 1, (folder, [port]) => {
    const many = Array.from({ length: 60 }, (_, i) => `192.0.2.${i + 1} many.example\n`).join('');
    writeFileSync(join(folder, 'hosts'), many, { mode: 0o644 });
    return {
      command: [
        program,
        ...['--no-daemon', '--no-resolv', '--no-hosts', '--conf-file=/dev/null', '--log-facility=-', '--pid-file='],
        ...['--listen-address=127.0.0.1', '--bind-interfaces', `--port=${port}`],
        ...(process.getuid?.() === 0 ? ['--user=root', '--group=root'] : []),
        ...['--host-record=two.example,192.0.2.7,2001:db8::7,3600', '--address=/wild.example/192.0.2.9'],
        `--addn-hosts=${join(folder, 'hosts')}`,
      ],
      ready: /read .*hosts/,
    };
  });
  const ask = (...words: string[]): Program => tool(t, 'dns-query', [...words, `127.0.0.1:${ports[0]}`]);
  assert.equal(await ask('two.example', 'A').ends(), 'two.example A, over UDP: 1 found\n  192.0.2.7 (3600 s)\n');
  assert.equal(
    await ask('two.example', 'AAAA').ends(),
    'two.example AAAA, over UDP: 1 found\n  2001:db8::7 (3600 s)\n',
  );
  assert.match(await ask('deep.wild.example', 'a').ends(), /over UDP: 1 found\n {2}192\.0\.2\.9 /);
  const many = await ask('many.example', 'A').ends();
  assert.match(many, /^many\.example A, over TCP: 60 found\n/);
  assert.match(many, /^ {2}192\.0\.2\.60 /m);
  // REFUSED: dnsmasq has nobody to ask.
  assert.equal(await ask('unknown.example', 'AAAA').ends(1), 'the server says 5\n');
  assert.match(await ask('two.example', 'MX').ends(1), /must be one of A, AAAA/);
});

test('port-prober tells open from closed ports, more of them than it tries at a time', LIMIT, async (t) => {
  const server = python(
    t,
    `
listeners = [socket.create_server(('127.0.0.1', 0)) for _ in range(60)]
bound = socket.socket()
bound.bind(('127.0.0.1', 0))  # taken, so that nobody else can listen there, and not listening
say('ports', *[s.getsockname()[1] for s in listeners], 'closed', bound.getsockname()[1])
import signal; signal.pause()
`,
  );
  const [, open = '', closed = ''] = await server.prints(/ports ([\d ]+) closed (\d+)/);
  const ports = open.trim().split(' ');
  const text = await tool(t, 'port-prober', ['127.0.0.1', closed, ...ports]).ends();
  const lines = text.trim().split('\n');
  assert.equal(lines[0], `${closed} closed`);
  assert.deepEqual(
    lines.slice(1).map((line) => line.replace(/ \([\d.]+ ms\)$/, '')),
    ports.map((port) => `${port} open`),
  );
  assert.equal(await tool(t, 'port-prober', ['127.0.0.1', closed]).ends(1), `${closed} closed\n`);
  assert.match(await tool(t, 'port-prober', ['127.0.0.1', '70000']).ends(2), /^70000 is no port$/m);
});

for (const host of ['127.0.0.1', '::1'])
  test(`ping has a reply from ${host} to each of its requests`, { ...LIMIT, skip: mayBeRaw }, async (t) => {
    const text = await tool(t, 'ping', [host, '3']).ends();
    assert.match(text, new RegExp(`^pinging ${host} by a (raw|dgram) socket$`, 'm'));
    for (const sequence of [1, 2, 3])
      assert.match(text, new RegExp(`^reply ${sequence} from ${host} after \\d+\\.\\d{3} ms$`, 'm'));
  });
