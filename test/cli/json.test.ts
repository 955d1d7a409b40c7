// Owns the tests of what machines read of the command: that every name of --json is in docs/command.md, of --explain, of progress and of
// bench.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { pki } from '../support/pki.js';
import { berkeley, python, pythonServer, type Running } from './command.js';
import { figures, Latencies, progressLine } from './inside.js';
import { pythonTls } from './tls-peers.js';

const LIMIT = { timeout: 30_000 };
const page = readFileSync(fileURLToPath(new URL('../../../docs/command.md', import.meta.url)), 'utf8');
const section = page.slice(page.indexOf('## JSON'), page.indexOf('## Twenty'));

type Facts = Readonly<Record<string, unknown>>;

/** The objects of an output, one a line, all of whose names are documented. */
function objects(text: string): Facts[] {
  const found = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Facts);
  for (const one of found) documented(one);
  return found;
}

function documented(value: unknown): void {
  if (Array.isArray(value)) value.forEach(documented);
  else if (typeof value === 'object' && value !== null)
    for (const [name, part] of Object.entries(value)) {
      assert.match(section, new RegExp(`[\`"]${name}["\`]`), `${name} is not in docs/command.md`);
      // Options have values of many forms, which their own page describes.
      if (name !== 'value') documented(part);
    }
}

test('connect --json --explain tells the milestones in order, and what has passed', LIMIT, async (t) => {
  const { target } = await pythonTls(t, { script: 's.recv(5); s.sendall(b"there"); s.unwrap()' });
  const command = berkeley(t, 'connect', '--tls', '--ca', pki().root.certFile, target, '--json', '--explain');
  command.child.stdin.end('hello');
  assert.equal(await command.ended(), 0, command.err);
  assert.equal(command.out.toString(), 'there');
  const told = objects(command.err);
  const names = told.map(({ event }) => event).filter((event) => event !== 'resolved' && event !== 'attemptFailed');
  assert.deepEqual(
    [...new Set(names)],
    ['lookup', 'connecting', 'connected', 'tlsStart', 'tlsDone', 'firstByte', 'closed', 'end'],
  );
  const times = told.slice(0, -1).map(({ at }) => Number(at));
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
  const end = told.at(-1) as { bytes: Facts; milliseconds: Record<string, number>; exitCode: number };
  assert.deepEqual([end.bytes, end.exitCode], [{ sent: 5, received: 5 }, 0]);
  const { resolved, connected, secured, firstByte, total } = end.milliseconds;
  assert.ok(resolved! <= connected! && connected! < secured! && secured! <= firstByte! && firstByte! <= total!);
});

test('--explain is a line for each on standard error, without colours where that is no terminal', LIMIT, async (t) => {
  const { target } = await pythonServer(t, 's.sendall(b"hi"); s.close()');
  const command = berkeley(t, 'connect', target, '--explain');
  command.child.stdin.end();
  assert.equal(await command.ended(), 0, command.err);
  const patterns = [
    /lookup of 127/,
    /is 127\.0\.0\.1/,
    /attempt 1: 127/,
    /connected to 127/,
    /the first byte/,
    /closed/,
  ];
  const lines = command.err.trimEnd().split('\n');
  for (const [at, pattern] of patterns.entries()) assert.match(lines[at]!, pattern);
  for (const line of lines) assert.match(line, /^ +\d+\.\d ms {2}\S[\x20-\x7e]*$/);
});

test('listen and relay --json tell where, who, how much and what went wrong', LIMIT, async (t) => {
  const server = berkeley(t, 'listen', '127.0.0.1:0', '--echo', '--keep', '--json');
  const [, target = ''] = await server.warns(/"address":"([^"]+)"/);
  const relay = berkeley(t, 'relay', '127.0.0.1:0', target, '--json');
  const [, place = ''] = await relay.warns(/"address":"([^"]+)"/);
  const client = berkeley(t, 'connect', place);
  client.child.stdin.end('there and back');
  assert.equal(await client.ended(), 0, client.err);
  for (const one of [server, relay]) {
    await one.warns(/"event":"end".*\n/);
    const told = objects(one.err);
    assert.deepEqual(
      told.map(({ event }) => event),
      ['listening', 'connection', 'end'],
    );
    assert.deepEqual(told[2]!['bytes'], { sent: 14, received: 14 });
  }
  const nowhere = berkeley(t, 'relay', '127.0.0.1:0', 'unix:@berkeley-nobody-here', '--json');
  const [, there = ''] = await nowhere.warns(/"address":"([^"]+)"/);
  await berkeley(t, 'connect', there).ended();
  await nowhere.warns(/"event":"error".*"code":"ECONNREFUSED".*\n/);
  objects(nowhere.err);
});

test('every other command has one documented object a line', LIMIT, async (t) => {
  const udp = berkeley(t, 'udp', '--listen', '127.0.0.1:0', '--json');
  const [, port = ''] = await udp.warns(/127\.0\.0\.1:(\d+)/);
  python(t, `s = socket.socket(type=socket.SOCK_DGRAM); s.sendto(b"\\x1b\\n", ("127.0.0.1", ${port}))`);
  await udp.says(/\n/);
  const [datagram] = objects(udp.out.toString());
  assert.deepEqual([datagram!['bytes'], datagram!['data']], [2, 'Gwo=']);
  const commands = [
    ['doctor', '--json'],
    ['options', '--list', '--json'],
    ['dns', 'localhost', '--json'],
    ['cert', '--make', 'a.test', '--json'],
    ['cert', pki().server.certFile, '--json'],
    ['tls', 'unix:@berkeley-nobody-here', '--json'],
  ];
  for (const words of commands) {
    const command = berkeley(t, ...words);
    await command.ended();
    assert.equal(objects(command.out.toString()).length, 1, words.join(' '));
  }
});

test('bench compares both colours and node:net, and ends by count', LIMIT, async (t) => {
  const command = berkeley(t, 'bench', '--count', '50', '--size', '1000', '--duration', '20s', '--json');
  assert.equal(await command.ended(), 0, command.err);
  const told = objects(command.out.toString());
  assert.deepEqual(
    told.map(({ what, messages, size }) => [what, messages, size]),
    ['promises', 'blocking', 'node:net'].map((what) => [what, 50, 1000]),
  );
});

test('bench sends what it says to a server that echoes, and finds out one that does not', LIMIT, async (t) => {
  const echo = 'n = 0\nwhile piece := s.recv(65536): n += len(piece); s.sendall(piece)\nsay("got", n, "")';
  const { server, target } = await pythonServer(t, echo);
  const command = berkeley(t, 'bench', target, '-n', '20', '-s', '5000', '-d', '20s', '--json');
  assert.equal(await command.ended(), 0, command.err);
  const [told] = objects(command.out.toString());
  assert.deepEqual([told!['what'], told!['messages']], [target, 20]);
  await server.says(/got 100000 /);
  const { target: other } = await pythonServer(t, 'while piece := s.recv(65536): s.sendall(bytes(len(piece)))');
  const refused = berkeley(t, 'bench', other, '-n', '20');
  assert.equal(await refused.ended(), 1);
  assert.match(refused.err, /is it an echo server\?/);
});

test('percentiles are right to one per cent', () => {
  const latencies = new Latencies();
  for (let i = 1; i <= 10_000; i++) latencies.add(i / 100);
  const { latency, perSecond, messages } = figures(latencies, 64, 2000, { user: 1000, system: 0 });
  assert.deepEqual([messages, perSecond, latency!.max], [10_000, 5000, 100]);
  for (const [name, expected] of [
    ['p50', 50],
    ['p90', 90],
    ['p99', 99],
    ['p999', 99.9],
  ] as const)
    assert.ok(Math.abs(latency![name] / expected - 1) <= 0.0101, `${name} ${latency![name]}`);
});

test('--progress tells what has passed, how fast, and how long it will go on', LIMIT, async (t) => {
  const { target } = await pythonServer(t, 'read_all(s); s.close()');
  const command: Running = berkeley(t, 'connect', target, '--progress');
  command.child.stdin.end(Buffer.alloc(3 << 20));
  assert.equal(await command.ended(), 0, command.err);
  assert.match(command.err, /^sent 3\.0 MiB, received 0 B, \d+\.\d [KM]iB\/s, 0:\d\d\n$/m);
  assert.equal(
    progressLine({ sent: 1 << 20, received: 512 }, 2, 4 << 20),
    'sent 1.0 MiB of 4.0 MiB (25 %), received 512 B, 512.3 KiB/s, 0:02, 0:06 to go',
  );
  assert.equal(progressLine({ sent: 0, received: 0 }, 3700, null), 'sent 0 B, received 0 B, 0 B/s, 1:01:40');
});
