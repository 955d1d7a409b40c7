// Owns the tests of `berkeley udp`, whose peers are written in Python.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { startPeer, type Peer } from '../udp/kit.js';
import { berkeley, type Running } from './command.js';

/** A listening command, and its port. */
async function listening(t: TestContext, ...words: string[]): Promise<{ command: Running; port: number }> {
  const command = berkeley(t, 'udp', '--listen', ...words);
  const [, port] = await command.warns(/listening on .*:(\d+)\n/);
  return { command, port: Number(port) };
}

async function words(peer: Peer, count: number): Promise<string[]> {
  const list: string[] = [];
  while (list.length < count) list.push((await peer.got())[0].toString());
  return list;
}

test('udp sends each line as a datagram, prints what comes back, and ends when nothing more does', async (t) => {
  const peer = await startPeer(t);
  const command = berkeley(t, 'udp', peer.at, '--timeout', '300ms');
  command.child.stdin.end('one\n\ntwo\nand no line end');
  for (const line of ['one\n', '\n', 'two\n', 'and no line end']) {
    const [data, , port] = await peer.got();
    assert.equal(data.toString(), line);
    await peer.send(`<${line}>`, port);
  }
  assert.equal(await command.ended(), 0);
  assert.equal(command.out.toString(), '<one\n><\n><two\n><and no line end>');
  assert.equal(command.err, '');
});

test('udp sends a line when it is typed, and prints answers while its input is open', async (t) => {
  const peer = await startPeer(t);
  const command = berkeley(t, 'udp', peer.at);
  command.child.stdin.write('ques');
  command.child.stdin.write('tion\n');
  const [data, , port] = await peer.got();
  assert.equal(data.toString(), 'question\n');
  await peer.send('answer', port);
  await command.says(/answer/);
  command.child.stdin.write('more\n');
  assert.deepEqual(await words(peer, 1), ['more\n']);
});

test('--whole makes one datagram of the input', async (t) => {
  const peer = await startPeer(t);
  const command = berkeley(t, 'udp', peer.at, '--whole', '--timeout', '50ms');
  command.child.stdin.end(`a\nb\n${'x'.repeat(65_000)}`);
  assert.deepEqual(await words(peer, 1), [`a\nb\n${'x'.repeat(65_000)}`]);
  assert.equal(await command.ended(), 0);
});

test('an empty input sends nothing', async (t) => {
  const peer = await startPeer(t);
  const command = berkeley(t, 'udp', peer.at, '--timeout', '50ms');
  command.child.stdin.end();
  assert.equal(await command.ended(), 0);
  await peer.run('s.setblocking(False)');
  await assert.rejects(peer.got(), /BlockingIOError/);
});

test('a refused datagram is one line and exit code 4, and one that is too large 1', async (t) => {
  const peer = await startPeer(t);
  const large = berkeley(t, 'udp', peer.at, '--whole');
  large.child.stdin.end('x'.repeat(65_508));
  assert.equal(await large.ended(), 1);
  assert.match(large.err, /^berkeley: \w+ EMSGSIZE.*\n$/);
  await peer.run('s.close()');
  const command = berkeley(t, 'udp', peer.at);
  command.child.stdin.write('anybody?\n');
  assert.equal(await command.ended(), 4);
  assert.match(command.err, /^berkeley: \w+ ECONNREFUSED.*\n$/);
});

test('--listen prints what comes, and sends its input to whoever was heard last', async (t) => {
  const { command, port } = await listening(t, '127.0.0.1:0');
  const [one, two] = [await startPeer(t), await startPeer(t)];
  command.child.stdin.write('for the first\n');
  await one.send('from one\n', port);
  await command.says(/from one\n/);
  assert.deepEqual(await words(one, 1), ['for the first\n']);
  await two.send('from two\n', port);
  await command.says(/from two\n/);
  command.child.stdin.end('for the second\n');
  assert.deepEqual(await words(two, 1), ['for the second\n']);
  // The end of the input is not the end.
  await one.send('again\n', port);
  await command.says(/again\n/);
});

test('--listen --echo sends everything back', async (t) => {
  const { command, port } = await listening(t, '127.0.0.1:0', '--echo');
  const peer = await startPeer(t);
  for (const word of ['a', '', 'b\n']) await peer.send(word, port);
  assert.deepEqual(await words(peer, 3), ['a', '', 'b\n']);
  assert.equal(command.out.length, 0);
});

test('--listen --timeout ends after a silence: 0 when something had come, 7 when nothing had', async (t) => {
  const { command, port } = await listening(t, '127.0.0.1:0', '--timeout', '1s');
  const peer = await startPeer(t);
  await peer.send('it', port);
  assert.equal(await command.ended(), 0);
  assert.equal(command.out.toString(), 'it');
  const { command: other } = await listening(t, '127.0.0.1:0', '--timeout', '100ms');
  assert.equal(await other.ended(), 7);
  assert.match(other.err, /\nberkeley: read ETIMEDOUT.*\n$/);
});

test('--broadcast sends to a broadcast address, and hears whoever answers', async (t) => {
  const peer = await startPeer(t, '0.0.0.0');
  const refused = berkeley(t, 'udp', `127.255.255.255:${peer.port}`);
  refused.child.stdin.end('x\n');
  assert.equal(await refused.ended(), 4);
  assert.match(refused.err, /EACCES.*SO_BROADCAST/);
  const command = berkeley(t, 'udp', '--broadcast', `127.255.255.255:${peer.port}`);
  command.child.stdin.write('who?\n');
  const [data, host, port] = await peer.got();
  assert.equal(data.toString(), 'who?\n');
  await peer.run(`s.sendto(b'me', ('${host}', ${port}))`);
  await command.says(/me/);
});

test('--multicast joins a group, which may also be a TARGET', async (t) => {
  const group = '239.7.7.7';
  const { command, port } = await listening(t, ':0', '--multicast', group, '--interface', 'lo');
  const sender = berkeley(t, 'udp', `${group}:${port}`, '--interface', 'lo', '--timeout', '5s');
  sender.child.stdin.write('to the group\n');
  await command.says(/to the group\n/);
  command.child.stdin.write('heard\n');
  await sender.says(/heard\n/);
});

test('what the words of udp do not mean is a usage error', async (t) => {
  for (const [line, why] of [
    [[], /udp needs a TARGET/],
    [['a:1', 'b:2'], /'b:2' is a second one/],
    [['--multicast', '239.1.2.3', 'a:1'], /--listen is missing/],
    [['--echo', 'a:1'], /--listen is missing/],
    [['--listen', '--echo', '--whole', ':0'], /--whole is for the input/],
    [['--tls', 'a:1'], /unknown option '--tls'/],
    [['--timeout', '5', 'a:1'], /--timeout takes a time/],
    [['no-port-here'], /TARGET .*port/],
    [['unix:/x'], /TARGET .*Unix/],
    [['--listen', '--multicast', '10.0.0.1', ':0'], /group/],
    [['--listen', '--multicast', '239.1.2.3', '--interface', 'no-such-one', ':0'], /interface/],
  ] as const) {
    const command = berkeley(t, 'udp', ...line);
    command.child.stdin.end();
    assert.equal(await command.ended(), 2, line.join(' '));
    assert.match(command.err, why, line.join(' '));
  }
});
