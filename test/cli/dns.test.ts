// Owns the tests of `berkeley dns` against dnsmasq, and of its messages against what no server would send.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { before, after, describe, test } from 'node:test';
import fc from 'fast-check';
import { missing } from '../support/launch.js';
import { berkeley, python } from './command.js';
import { answer, query } from './inside.js';

const records = [
  '--host-record=b.test,192.0.2.5,2001:db8::5',
  '--mx-host=b.test,mail.b.test,10',
  '--txt-record=b.test,hello world,a"b',
  '--srv-host=_sip._tcp.b.test,b.test,5060,1,2',
  '--caa-record=b.test,0,issue,ca.test',
  '--cname=c.test,b.test',
  '--ptr-record=5.2.0.192.in-addr.arpa,b.test',
  `--txt-record=big.test,${Array<string>(9).fill('x'.repeat(200)).join()}`,
];

describe('dns', () => {
  const there = spawnSync('dnsmasq', ['--version']).error === undefined;
  let server: ReturnType<typeof spawn> | null = null;
  let target = '';

  before(async () => {
    if (!there) return;
    // It takes no port 0, so it is handed one that was free: until it has one.
    for (let port = 20_053; target === ''; port++) {
      const words = ['-k', '-p', String(port), '--listen-address=127.0.0.1', '--bind-interfaces', '-R', '-h'];
      const child = spawn('dnsmasq', [
        ...words,
        '--conf-file=',
        '--pid-file=',
        '--log-facility=-',
        '-u',
        'root',
        ...records,
      ]);
      const [kind] = (await Promise.race([
        once(child.stderr, 'data').then(([text]) => [String(text).includes('started') ? 'started' : 'failed']),
        once(child, 'exit').then(() => ['failed']),
      ])) as [string];
      if (kind !== 'started') continue;
      server = child;
      target = `127.0.0.1:${port}`;
    }
  });
  after(() => server?.kill());

  test('dns --server shows records as dig(1) does, of every kind that is asked for', async (t) => {
    if (!there) {
      missing(t, 'dnsmasq is not installed');
      return;
    }
    const command = berkeley(t, 'dns', 'b.test', '--server', target, '--type', 'A,AAAA', '--type', 'MX,TXT,CAA');
    assert.equal(await command.ended(), 0, command.err);
    assert.deepEqual(command.out.toString().trimEnd().split('\n'), [
      'b.test. 0 A 192.0.2.5',
      'b.test. 0 AAAA 2001:db8::5',
      'b.test. 0 MX 10 mail.b.test.',
      'b.test. 0 TXT "hello world" "a\\"b"',
      'b.test. 0 CAA 0 issue "ca.test"',
    ]);
  });

  test('dns --json has an object for each question, and asks by TCP what does not fit a datagram', async (t) => {
    if (!there) {
      missing(t, 'dnsmasq is not installed');
      return;
    }
    const command = berkeley(t, 'dns', 'big.test', '--server', target, '--type', 'TXT', '--json');
    assert.equal(await command.ended(), 0, command.err);
    const { milliseconds, ...said } = JSON.parse(command.out.toString()) as Record<string, unknown>;
    assert.ok(Number(milliseconds) > 0);
    const data = Array<string>(9)
      .fill(`"${'x'.repeat(200)}"`)
      .join(' ');
    assert.deepEqual(said, {
      name: 'big.test',
      type: 'TXT',
      server: target,
      by: 'tcp',
      status: 'NOERROR',
      authoritative: true,
      records: [{ name: 'big.test.', type: 'TXT', ttl: 0, data }],
    });
  });

  test('dns of an address asks for its name, and --tcp is TCP from the start', async (t) => {
    if (!there) {
      missing(t, 'dnsmasq is not installed');
      return;
    }
    const reverse = berkeley(t, 'dns', '192.0.2.5', '--server', target);
    assert.equal(await reverse.ended(), 0, reverse.err);
    assert.equal(reverse.out.toString(), '5.2.0.192.in-addr.arpa. 0 PTR b.test.\n');
    const tcp = berkeley(t, 'dns', '_sip._tcp.b.test', '--server', target, '--tcp', '--json', '--type', 'SRV');
    assert.equal(await tcp.ended(), 0, tcp.err);
    const said = JSON.parse(tcp.out.toString()) as { by: string; records: { data: string }[] };
    assert.deepEqual([said.by, said.records[0]!.data], ['tcp', '1 2 5060 b.test.']);
  });

  test('what does not exist is exit code 3, and a name without such a record 1', async (t) => {
    if (!there) {
      missing(t, 'dnsmasq is not installed');
      return;
    }
    const none = berkeley(t, 'dns', 'nothing.here', '--server', target, '--type', 'A');
    assert.equal(await none.ended(), 3);
    assert.match(none.err, /^berkeley: nothing\.here A: (NXDOMAIN|REFUSED)\n$/);
  });
});

test('dns without a server is what connect does: getaddrinfo, getnameinfo, and their errors', async (t) => {
  const command = berkeley(t, 'dns', 'localhost', '--json');
  assert.equal(await command.ended(), 0, command.err);
  const { addresses } = JSON.parse(command.out.toString()) as { addresses: string[] };
  assert.ok(addresses.includes('127.0.0.1'));
  const reverse = berkeley(t, 'dns', '127.0.0.1');
  assert.equal(await reverse.ended(), 0, reverse.err);
  assert.equal(reverse.out.toString(), 'localhost\n');
  const none = berkeley(t, 'dns', 'no.such.name.invalid');
  assert.equal(await none.ended(), 3);
  assert.match(none.err, /^berkeley: getaddrinfo E/);
});

test('a forged answer is passed over, and a server that says nothing is out of time', async (t) => {
  const server = python(
    t,
    [
      's = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("127.0.0.1", 0)); say("port", s.getsockname()[1], "")',
      'q, a = s.recvfrom(512)',
      'end = q.index(b"\\0", 12) + 5',
      'def reply(q, address): return q[:2] + b"\\x84\\0\\0\\1\\0\\1\\0\\0\\0\\0" + q[12:end] + b"\\xc0\\x0c\\0\\1\\0\\1\\0\\0\\0\\7\\0\\4" + bytes(address)',
      's.sendto(bytes([q[0] ^ 1]) + reply(q, [6, 6, 6, 6])[1:], a)',
      's.sendto(reply(q.replace(b"\\1a", b"\\1b"), [6, 6, 6, 6]), a)',
      's.sendto(reply(q, [192, 0, 2, 1]), a)',
      's.recvfrom(512); sys.stdin.read()',
    ].join('\n'),
  );
  const [, port = ''] = await server.says(/port (\d+) /);
  const command = berkeley(t, 'dns', 'a.test', '--server', `127.0.0.1:${port}`, '--type', 'A');
  assert.equal(await command.ended(), 0, command.err);
  assert.equal(command.out.toString(), 'a.test. 7 A 192.0.2.1\n');
  const silent = berkeley(t, 'dns', 'a.test', '--server', `127.0.0.1:${port}`, '--type', 'A', '--timeout', '300ms');
  assert.equal(await silent.ended(), 7, silent.err);
});

test('whatever comes as an answer is one, or an error that says that it is none', () => {
  const question = { id: 7, name: 'a.test', type: 1 };
  const asked = query(question);
  const head = Buffer.from([0, 7, 0x81, 0x80, 0, 1, 0, 2, 0, 0, 0, 0]);
  const rest = asked.subarray(12, asked.length - 11);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.integer({ min: 0, max: 12 }), (bytes, from) => {
      const whole = Buffer.concat([head.subarray(0, from === 12 ? 12 : 6), head.subarray(6), rest, bytes]);
      try {
        for (const { data } of answer(whole, question).records) assert.match(data, /^[\x20-\x7e]*$/);
      } catch (error) {
        assert.equal((error as Error).constructor.name, 'NoAnswer', String(error));
      }
    }),
    { numRuns: 3000 },
  );
  // A pointer to itself.
  const circle = Buffer.concat([head, rest, Buffer.from([0xc0, head.length + rest.length])]);
  assert.throws(() => answer(circle, question), /runs in a circle/);
});
