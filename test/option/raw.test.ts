// Options by number: what the kernel says to every kind of value, as C would see it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constants, options, socket, SocketError, type Socket } from 'berkeley/sync';
import { heir } from './sockets.js';

const C = constants as Readonly<Record<string, number>>;
const S = C['SOL_SOCKET']!;

function codeOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof SocketError) return error.code;
    throw error;
  }
  return 'none';
}

/** struct timeval. */
function timeval(seconds: bigint, micros: bigint): Uint8Array {
  return new Uint8Array(new BigInt64Array([seconds, micros]).buffer);
}

/** One socket for a body. */
function withSocket(family: 'ipv4' | 'unix', kind: 'stream' | 'dgram', body: (one: Socket<'sync'>) => void): void {
  const one = socket(family, kind);
  try {
    body(one);
  } finally {
    one.close();
  }
}

test('a time that is none is EDOM, a negative one means no limit, a short one is EINVAL', () => {
  withSocket('ipv4', 'stream', (one) => {
    const set = (value: Uint8Array) => codeOf(() => one.setsockopt(S, C['SO_RCVTIMEO']!, value));
    assert.equal(set(timeval(0n, 1_000_000n)), 'EDOM');
    assert.equal(set(timeval(1n, -1n)), 'EDOM');
    assert.equal(set(new Uint8Array(8)), 'EINVAL');
    assert.equal(set(timeval(1n, 500_000n)), 'none');
    assert.equal(
      one.getsockopt(S, C['SO_RCVTIMEO']!, 16).toString('hex'),
      '0100000000000000' + '20a1070000000000',
      'struct timeval, little-endian on this machine',
    );
    assert.equal(one.receiveTimeout, 1500);
    assert.equal(set(timeval(-5n, 0n)), 'none');
    assert.deepEqual(one.getsockopt(S, C['SO_RCVTIMEO']!, 16), Buffer.alloc(16));
    assert.equal(one.receiveTimeout, null);
  });
});

test('the kernel doubles buffers, and has smallest ones', () => {
  withSocket('ipv4', 'stream', (one) => {
    for (const [name, asked, got] of [
      ['SO_RCVBUF', 10_000, 20_000],
      ['SO_RCVBUF', 1, 2304],
      ['SO_SNDBUF', 1, 4608],
    ] as const) {
      one.setsockopt(S, C[name]!, asked);
      assert.equal(one.getsockopt(S, C[name]!), got);
    }
  });
});

test('an option of another kind of socket, one that is unknown, and one that is only read, say so', () => {
  const TCP = C['IPPROTO_TCP']!;
  withSocket('ipv4', 'stream', (one) => {
    for (const name of ['SO_TYPE', 'SO_ERROR', 'SO_ACCEPTCONN', 'SO_SNDLOWAT'])
      assert.equal(
        codeOf(() => one.setsockopt(S, C[name]!, 1)),
        'ENOPROTOOPT',
        name,
      );
    assert.equal(
      codeOf(() => one.setsockopt(S, 9999, 1)),
      'ENOPROTOOPT',
    );
    assert.equal(
      codeOf(() => one.getsockopt(9999, 1)),
      'EOPNOTSUPP',
    );
    assert.equal(
      codeOf(() => one.setsockopt(TCP, C['TCP_CONGESTION']!, Buffer.from('nosuch'))),
      'ENOENT',
    );
  });
  withSocket('unix', 'stream', (one) =>
    assert.equal(
      codeOf(() => one.setsockopt(TCP, C['TCP_NODELAY']!, 1)),
      'EOPNOTSUPP',
    ),
  );
  withSocket('ipv4', 'dgram', (one) =>
    assert.equal(
      codeOf(() => one.setsockopt(TCP, C['TCP_NODELAY']!, 1)),
      'ENOPROTOOPT',
    ),
  );
});

test('the error of a token names the option', () => {
  withSocket('unix', 'stream', (one) => {
    assert.throws(() => one.getOption(options.TCP_NODELAY), { message: 'getsockopt EOPNOTSUPP TCP_NODELAY' });
    assert.throws(() => one.setOption(options.TCP_NODELAY, true), { message: 'setsockopt EOPNOTSUPP TCP_NODELAY' });
  });
});

test('NULL is EFAULT with a length and EINVAL without; one byte is too few for an int', () => {
  withSocket('ipv4', 'stream', (one) => {
    assert.equal(
      codeOf(() => one.setsockopt(S, C['SO_KEEPALIVE']!, null, 4)),
      'EFAULT',
    );
    assert.equal(
      codeOf(() => one.setsockopt(S, C['SO_KEEPALIVE']!, null, 0)),
      'EINVAL',
    );
    assert.equal(
      codeOf(() => one.setsockopt(S, C['SO_KEEPALIVE']!, Uint8Array.of(1))),
      'EINVAL',
    );
    // NULL is a value where there is none to give: no membership any more, no headers.
    assert.equal(
      codeOf(() => one.setsockopt(S, C['SO_BINDTODEVICE']!, null, 0)),
      'none',
    );
    // A length of its own takes a part of the bytes.
    one.setsockopt(S, C['SO_KEEPALIVE']!, Uint8Array.of(1, 0, 0, 0, 99, 99), 4);
    assert.equal(one.getsockopt(S, C['SO_KEEPALIVE']!), 1);
  });
});

test('a read gives as many bytes as there are and as there is room for', () => {
  withSocket('ipv4', 'dgram', (one) => {
    one.setsockopt(S, C['SO_LINGER']!, new Uint8Array(new Int32Array([1, 7]).buffer));
    assert.equal(one.getsockopt(S, C['SO_LINGER']!, 100).length, 8);
    assert.deepEqual([...one.getsockopt(S, C['SO_LINGER']!, 4)], [1, 0, 0, 0]);
    assert.equal(one.getsockopt(S, C['SO_LINGER']!, 0).length, 0);
    // IP gives its small options in one byte where there is no room for an int.
    assert.deepEqual([...one.getsockopt(C['IPPROTO_IP']!, C['IP_TTL']!, 1)], [64]);
    one.setsockopt(C['IPPROTO_IP']!, C['IP_TTL']!, Uint8Array.of(9));
    assert.equal(one.getsockopt(C['IPPROTO_IP']!, C['IP_TTL']!), 9);
  });
});

test('reading a filter by number stays inside its memory, though the kernel counts it in instructions', () => {
  withSocket('ipv4', 'dgram', (one) => {
    // struct sock_fprog needs a pointer, so the token attaches it: four loads, and a return.
    const program = Buffer.concat([
      ...Array.from({ length: 4 }, () => Buffer.from([0x28, 0, 0, 0, 0, 0, 0, 0])),
      Buffer.from([6, 0, 0, 0, 0xff, 0xff, 0, 0]),
    ]);
    const { SO_ATTACH_FILTER, SO_GET_FILTER } = C as { SO_ATTACH_FILTER: number; SO_GET_FILTER: number };
    one.setOption({ level: S, name: SO_ATTACH_FILTER, label: 'SO_ATTACH_FILTER' }, program);
    assert.deepEqual(one.getsockopt(S, SO_GET_FILTER, 40), program);
    assert.deepEqual(one.getsockopt(S, SO_GET_FILTER, 47), program);
    // Room for the number of instructions in bytes, and for all but one of them, is too little.
    for (const length of [5, 8, 39])
      assert.equal(
        codeOf(() => one.getsockopt(S, SO_GET_FILTER, length)),
        'EINVAL',
      );
  });
});

test('an int is what C makes of it: -1 and 4294967295 are the same 32 bits', async (t) => {
  const one = socket('ipv4', 'dgram').setInheritable(true);
  t.after(() => one.close());
  const python = heir(t, [one]);
  for (const value of [-1, 0xffffffff]) {
    one.setsockopt(S, C['SO_TIMESTAMPING']!, 0);
    one.setsockopt(C['IPPROTO_IP']!, C['IP_MTU_DISCOVER']!, 2);
    one.setsockopt(S, C['SO_PEEK_OFF']!, value);
    assert.equal(one.getsockopt(S, C['SO_PEEK_OFF']!), -1);
    assert.equal(await python.value(`socks[0].getsockopt(1, ${C['SO_PEEK_OFF']})`), -1);
  }
  await python.end();
});
