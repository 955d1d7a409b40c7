// Owns the tests of lookup and reverse, against what Python's resolver says on the same machine.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import * as promises from 'berkeley';
import { failure, inBothColours } from './kit.js';

function python(program: string, ...args: string[]): unknown {
  return JSON.parse(
    execFileSync('python3', ['-S', '-E', '-c', `import json,socket,sys\n${program}`, ...args], { encoding: 'utf8' }),
  );
}

const getaddrinfo = `
try: print(json.dumps([list(a[4][:2]) for a in socket.getaddrinfo(sys.argv[1], sys.argv[2], int(sys.argv[3]), socket.SOCK_STREAM)]))
except socket.gaierror as e: print(json.dumps(e.args[0]))`;

inBothColours('lookup gives what getaddrinfo gives, in its order', async (net) => {
  for (const [host, service, family] of [
    ['localhost', 'http', undefined],
    ['localhost', '0', 'ipv4'],
    ['127.0.0.1', '80', undefined],
    ['::1', 'https', undefined],
    ['ip6-localhost', 'ssh', undefined],
  ] as const) {
    const number = family === undefined ? 0 : 2;
    const expected = python(getaddrinfo, host, service, String(number)) as [string, number][] | number;
    if (typeof expected === 'number') {
      assert.ok((await failure(() => net.lookup(host, service, { family }))) instanceof net.ResolveError);
      continue;
    }
    const found = await net.lookup(host, service, { family, timeout: 10_000 });
    const unique = [...new Map(expected.map((one) => [one.join(), one])).values()];
    assert.deepEqual(
      found.map(({ address, port }) => [address, port]),
      unique,
      `${host} ${service}`,
    );
  }
});

inBothColours('a service name becomes its port, and the port is 0 without one', async (net) => {
  for (const service of ['http', 'https', 'ssh', 'domain', 'smtp']) {
    const port = python('print(socket.getservbyname(sys.argv[1], "tcp"))', service);
    assert.equal((await net.lookup('127.0.0.1', service))[0]!.port, port);
  }
  assert.equal((await net.lookup('127.0.0.1'))[0]!.port, 0);
  assert.equal((await net.lookup('127.0.0.1', 8080))[0]!.port, 8080);
  const udp = await net.lookup('127.0.0.1', 'tftp', { kind: 'dgram' });
  assert.equal(udp[0]!.port, 69);
});

inBothColours('canonicalName is there when it is asked for', async (net) => {
  const name = python('print(json.dumps(socket.getaddrinfo("localhost", 0, flags=socket.AI_CANONNAME)[0][3]))');
  const [asked] = await net.lookup('localhost', 0, { canonicalName: true, family: 'ipv4' });
  assert.equal(asked!.canonicalName, name);
  const [plain] = await net.lookup('localhost', 0, { family: 'ipv4' });
  assert.equal(plain!.canonicalName, undefined);
});

inBothColours('a name that does not exist is a ResolveError', async (net) => {
  // Labels of this length reach no name server: the system refuses them itself.
  const error = await failure(() => net.lookup('localhost', 'no-such-service', { timeout: 10_000 }));
  assert.ok(error instanceof net.ResolveError);
  assert.ok(error instanceof net.SocketError);
  assert.equal(error.code, 'EAI_SERVICE');
  assert.equal(error.phase, 'lookup');
  assert.equal(error.syscall, 'getaddrinfo');
  assert.equal(error.address, 'localhost');
  assert.match(error.message, /^getaddrinfo EAI_SERVICE localhost:no-such-service \(/);
  const none = await failure(() => net.lookup('127.0.0.1', 'http', { family: 'ipv6' }));
  assert.match(none.code, /^(ENOTFOUND|ERR_NO_ADDRESS)$/);
});

inBothColours('reverse gives the name of an address, and ENOTFOUND when it has none', async (net) => {
  const name = python('print(json.dumps(socket.getnameinfo(("127.0.0.1", 0), socket.NI_NAMEREQD)[0]))');
  assert.equal(await net.reverse('127.0.0.1', { timeout: 10_000 }), name);
  assert.equal(await net.reverse(net.address('127.0.0.1:80'), { timeout: 10_000 }), name);
  assert.equal(await net.reverse({ host: '127.0.0.1', port: 80 }), name);
  const error = await failure(() => net.reverse('localhost'));
  assert.equal(error.name, 'TypeError');
});

test('lookups at the same time share their answer, and many at once all end', async () => {
  const all = await Promise.all(
    Array.from({ length: 200 }, (_, i) => promises.lookup('localhost', i, { family: 'ipv4' })),
  );
  all.forEach((found, i) => assert.deepEqual([found[0]!.address, found[0]!.port], ['127.0.0.1', i]));
});

inBothColours('address() reads every numeric target and looks nothing up', async (net) => {
  assert.equal(net.address('127.0.0.1:80').toString(), '127.0.0.1:80');
  assert.equal(net.address('[::1%lo]:80').address, '::1');
  assert.equal(net.address('unix:@x').toString(), 'unix:@x');
  for (const target of ['localhost:80', '127.0.0.1:http', 'fd:3'])
    assert.equal((await failure(() => net.address(target))).name, 'TypeError');
});
