// The integers of a Qore Socket against Python's struct: both ways, at the extremes, cut as in C, one byte at a time.

import assert from 'node:assert/strict';
import test from 'node:test';
import { errno, type SoftInt } from 'berkeley/dialects/qore';
import { connected, LIMIT, thrown } from './kit.js';

const sends = [
  ['sendi1', '>b', 1],
  ['sendi2', '>h', 2],
  ['sendi4', '>i', 4],
  ['sendi8', '>q', 8],
  ['sendi2LSB', '<h', 2],
  ['sendi4LSB', '<i', 4],
  ['sendi8LSB', '<q', 8],
] as const;

const receives = [
  ['recvi1', '>b', 1],
  ['recvi2', '>h', 2],
  ['recvi4', '>i', 4],
  ['recvi8', '>q', 8],
  ['recvi2LSB', '<h', 2],
  ['recvi4LSB', '<i', 4],
  ['recvi8LSB', '<q', 8],
  ['recvu1', '>B', 1],
  ['recvu2', '>H', 2],
  ['recvu4', '>I', 4],
  ['recvu2LSB', '<H', 2],
  ['recvu4LSB', '<I', 4],
] as const;

function extremes(bytes: number, signed: boolean): bigint[] {
  const bits = BigInt(8 * bytes);
  const values = signed
    ? [-(2n ** (bits - 1n)), -2n, -1n, 0n, 1n, 2n ** (bits - 1n) - 1n]
    : [0n, 1n, 2n ** (bits - 1n), 2n ** bits - 1n];
  return values;
}

test('each number arrives in Python as it was sent, at the extremes as well', async (t) => {
  const { socket, python } = await connected(t);
  for (const [method, format, bytes] of sends) {
    for (const value of extremes(bytes, true)) {
      assert.equal(socket[method](value), 0);
      if (bytes < 8) assert.equal(socket[method](Number(value)), 0);
      const copies = bytes < 8 ? 2 : 1;
      for (let i = 0; i < copies; i++)
        assert.equal(
          await python.value(`str(struct.unpack('${format}', exactly(c, ${bytes}))[0])`),
          String(value),
          method,
        );
    }
  }
});

test('what does not fit is cut as in C; whatever Qore takes for a number is taken', async (t) => {
  const { socket, python } = await connected(t);
  const hex = async (bytes: number): Promise<unknown> => python.value(`exactly(c, ${bytes}).hex()`);
  const cases: [
    send: 'sendi1' | 'sendi2' | 'sendi4' | 'sendi8' | 'sendi8LSB',
    value: SoftInt | undefined,
    hex: string,
  ][] = [
    ['sendi1', 300, '2c'],
    ['sendi1', -1, 'ff'],
    ['sendi1', undefined, '00'],
    ['sendi2', 65_536 + 5, '0005'],
    ['sendi2', -65_537, 'ffff'],
    ['sendi4', 2 ** 32 + 7, '00000007'],
    ['sendi4', 4294967295, 'ffffffff'],
    ['sendi4', 3.99, '00000003'],
    ['sendi4', -3.99, 'fffffffd'],
    ['sendi4', '42', '0000002a'],
    ['sendi4', ' -1 ', 'ffffffff'],
    ['sendi4', '2.9', '00000002'],
    ['sendi4', true, '00000001'],
    ['sendi8', 2n ** 64n + 1n, '0000000000000001'],
    ['sendi8', 2n ** 64n - 1n, 'ffffffffffffffff'],
    ['sendi8', Number.MAX_SAFE_INTEGER, '001fffffffffffff'],
    ['sendi8LSB', 1, '0100000000000000'],
    ['sendi8', undefined, '0000000000000000'],
  ];
  for (const [method, value, expected] of cases) {
    assert.equal(value === undefined ? socket[method]() : socket[method](value), 0);
    assert.equal(await hex(expected.length / 2), expected, `${method}(${String(value)})`);
  }
});

test('each number of Python is received, whole or one byte at a time', async (t) => {
  const { socket, python } = await connected(t);
  await python.run('c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)');
  for (const [method, format, bytes] of receives) {
    const values = extremes(bytes, method.startsWith('recvi'));
    for (const split of [false, true]) {
      const send = split
        ? `[(c.sendall(bytes([b])), time.sleep(0.001)) for v in V for b in struct.pack('${format}', v)]`
        : `c.sendall(b''.join(struct.pack('${format}', v) for v in V))`;
      python.begin(`V = [${values.join()}]; ${send}`);
      for (const value of values) {
        const got = socket[method](LIMIT);
        assert.equal(typeof got, bytes === 8 ? 'bigint' : 'number');
        assert.equal(BigInt(got), value, method);
      }
      await python.caughtUp();
    }
  }
});

test('a number that has come in part is a matter of the limit, and complete afterwards', async (t) => {
  const { socket, python } = await connected(t);
  await python.run("c.sendall(b'\\x01\\x02')");
  thrown(() => socket.recvu4('30ms'), 'SOCKET-TIMEOUT');
  thrown(() => socket.recvu2LSB(30) && socket.recvu1(0), 'SOCKET-TIMEOUT');
  await python.run("c.sendall(b'\\xff\\xfe\\xfd\\xfc'); c.close()");
  assert.equal(socket.recvu4(-1), 0xfffefdfc);
  thrown(() => socket.recvi1(), 'SOCKET-CLOSED');
  assert.equal(typeof errno(), 'number');
});
