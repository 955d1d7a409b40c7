// A session in Blade's style with a real Redis, over TCP and a Unix socket; and what the resolver says.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  AF_CHAOS,
  AF_INET,
  AF_INET6,
  AF_UNIX,
  AF_UNSPEC,
  get_address_info,
  SHUT_WR,
  Socket,
  SO_RCVTIMEO,
} from 'berkeley/dialects/blade';
import { installed, startRedis } from '../../support/server.js';
import { noIpv6 } from './kit.js';

/** A command of RESP. */
function command(...words: string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}

test('a Redis session: strings with every byte, pipelining, a large value, and the end', async (t) => {
  const program = installed(t, 'redis-server');
  if (program === null) return;
  const server = await startRedis(t, program);
  const bytes = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join('');
  for (const family of [AF_INET, AF_UNIX]) {
    const socket = Socket(family);
    t.after(() => socket.close());
    socket.set_option(SO_RCVTIMEO, 10_000);
    assert.equal(socket.connect(family === AF_UNIX ? server.path : server.host, server.port), true);

    socket.send(command('PING'));
    assert.equal(socket.receive(7), '+PONG\r\n');
    socket.send(command('SET', 'key', bytes) + command('GET', 'key') + command('STRLEN', 'key'));
    assert.equal(socket.receive(5), '+OK\r\n');
    assert.equal(socket.receive(6), '$256\r\n');
    assert.equal(socket.receive(258), bytes + '\r\n');
    assert.equal(socket.receive(6), ':256\r\n');

    const large = 'v'.repeat(1 << 20);
    socket.send(command('SET', 'large', large));
    assert.equal(socket.receive(), '+OK\r\n');
    socket.send(command('GET', 'large'));
    assert.equal(socket.read(10), '$1048576\r\n');
    assert.equal(socket.read(large.length + 2), large + '\r\n');

    socket.send(command('NONSENSE'));
    assert.match(socket.receive()!, /^-ERR unknown command/);
    socket.send(command('QUIT'));
    socket.shutdown(SHUT_WR);
    assert.equal(socket.read(-1), '+OK\r\n');
    assert.equal(socket.receive(), null);
  }
});

test('get_address_info: the first address, or nil', () => {
  assert.equal(get_address_info('localhost')?.ip, '127.0.0.1');
  assert.equal(get_address_info('127.0.0.1')?.ip, '127.0.0.1');
  assert.equal(get_address_info('127.0.0.1', null, null)?.ip, '127.0.0.1');
  assert.equal(get_address_info('127.0.0.1', '80', AF_INET)?.ip, '127.0.0.1');
  assert.equal(get_address_info('')?.ip, '127.0.0.1', 'this machine');
  assert.equal(get_address_info('127.0.0.1', 'http', AF_UNSPEC)?.ip, '127.0.0.1');
  assert.equal(get_address_info('127.0.0.1', 'http', AF_CHAOS)?.ip, '127.0.0.1', '-1 is the default');
  assert.deepEqual(Object.keys(get_address_info('localhost')!), ['ip', 'canonical_name']);
  assert.equal(get_address_info('localhost')!.canonical_name, 'localhost');
  for (const [address, type, family] of [
    ['no.such.host.invalid', 'http', AF_INET],
    ['127.0.0.1', 'no-such-service', AF_INET],
    ['127.0.0.1', '99999', AF_INET],
    ['127.0.0.1', 'http', AF_INET6],
    ['not a host', 'http', AF_INET],
    ['127.0.0.1', 'http', AF_UNIX],
    ['127.0.0.1', 'http', 12_345],
  ] as const)
    assert.equal(get_address_info(address, type, family), null, `${address} ${type} ${family}`);
});

test('get_address_info of IPv6', noIpv6, () => {
  assert.equal(get_address_info('::1', 'http', AF_INET6)?.ip, '::1');
  assert.equal(get_address_info('', 'http', AF_INET6)?.ip, '::1');
});
