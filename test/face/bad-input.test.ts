// Owns the table of wrong arguments, in both colours: a typed error that names the argument, before any system call, and
// nothing is lost or leaked.

import assert from 'node:assert/strict';
import type { SocketOption } from 'berkeley';
import { descriptors, failure, inBothColours } from '../net/kit.js';

/** Any function of the API, called with what the types forbid. */
type Wild = Record<string, (...given: unknown[]) => unknown>;
type Row = [call: string, given: unknown[], argument: string, error?: 'TypeError' | 'RangeError' | undefined];

const targets: Row[] = [
  [undefined, 'TypeError'],
  [null, 'TypeError'],
  [true, 'TypeError'],
  [80n, 'TypeError'],
  [Symbol('x'), 'TypeError'],
  [() => 1, 'TypeError'],
  [{}, 'TypeError'],
  [{ host: 'x' }, 'TypeError'],
  [{ host: 5, port: 5 }, 'TypeError'],
  [{ path: 5 }, 'TypeError'],
  [{ path: '' }, 'TypeError'],
  [{ path: '/x', port: 1 }, 'TypeError'],
  [{ host: 'x', port: NaN }, 'RangeError'],
  [{ host: 'x', port: -1 }, 'RangeError'],
  [{ host: 'x', port: 1.5 }, 'RangeError'],
  [{ host: 'x', port: 65536 }, 'RangeError'],
  [{ host: 'x', port: null }, 'TypeError'],
  [{ raw: 'x' }, 'TypeError'],
  ['', 'TypeError'],
  ['host', 'TypeError'],
  ['host:', 'TypeError'],
  ['[::1', 'TypeError'],
  ['[::1]', 'TypeError'],
  ['[::1]80', 'TypeError'],
  ['::1:80', 'TypeError'],
  ['host:65536', 'RangeError'],
  ['host:-1', 'TypeError'],
  ['host:0x50', 'TypeError'],
  ['host: 80', 'TypeError'],
  ['host:080', 'TypeError'],
  ['host:1.5', 'TypeError'],
  ['ho st:80', 'TypeError'],
  ['ho\0st:80', 'TypeError'],
  ['127.1:80', 'TypeError'],
  ['0x7f.0.0.1:80', 'TypeError'],
  ['http://host:80', 'TypeError'],
  ['unix:', 'TypeError'],
  ['fd:', 'TypeError'],
  ['fd:-1', 'TypeError'],
  ['fd:x', 'TypeError'],
].map(([target, error]) => ['connect', [target], 'to', error as Row[3]] as Row);

const op: [unknown, string, Row[3]][] = [
  [{ timeout: NaN }, 'timeout', 'RangeError'],
  [{ timeout: -1 }, 'timeout', 'RangeError'],
  [{ timeout: '5' }, 'timeout', 'TypeError'],
  [{ timeout: '5 s' }, 'timeout', 'TypeError'],
  [{ timeout: '-5s' }, 'timeout', 'TypeError'],
  [{ timeout: null }, 'timeout', 'TypeError'],
  [{ timeout: {} }, 'timeout', 'TypeError'],
  [{ deadline: 'noon' }, 'deadline', 'TypeError'],
  [{ deadline: NaN }, 'deadline', 'RangeError'],
  [{ deadline: new Date(NaN) }, 'deadline', 'RangeError'],
  [{ signal: {} }, 'signal', 'TypeError'],
  [{ signal: 'x' }, 'signal', 'TypeError'],
  [{ signal: null }, 'signal', 'TypeError'],
  [5, 'options', 'TypeError'],
];
const there = '127.0.0.1:1';

const ofNet: Row[] = [
  ...targets,
  ...targets
    .filter(([, [target]]) => typeof target !== 'object')
    .map(([, [target], , error]): Row => ['listen', [target], 'at', error]),
  ['connect', ['host', 65536], 'to', 'RangeError'],
  ['connect', ['host', -1], 'to', 'RangeError'],
  ['connect', ['host', 1.5], 'to', 'RangeError'],
  ['connect', ['host', NaN], 'to', 'RangeError'],
  ['connect', ['host', '65536'], 'to', 'RangeError'],
  ['connect', ['host', '0x50'], 'to'],
  ['connect', ['host', ' 80'], 'to'],
  ['connect', [5, 80], 'host'],
  ...op
    .filter(([o]) => typeof o === 'object')
    .map(([o, argument, error]): Row => ['connect', ['host.example:1', o], argument, error]),
  ['connect', [there, { timeout: 0 }], 'timeout', 'RangeError'],
  ['connect', [there, { timeout: '0s' }], 'timeout', 'RangeError'],
  ['connect', [there, { family: 'ipx' }], 'family'],
  ['connect', [there, { family: -1 }], 'family', 'RangeError'],
  ['connect', [there, { kind: 'dgram' }], 'kind'],
  ['connect', [there, { kind: 'x' }], 'kind'],
  ['connect', [there, { protocol: 1.5 }], 'protocol', 'RangeError'],
  ['connect', [there, { noDelay: 1 }], 'noDelay'],
  ['connect', [there, { encoding: 'utf-17' }], 'encoding'],
  ['connect', [there, { encoding: 5 }], 'encoding'],
  ['connect', [there, { attemptDelay: -1 }], 'attemptDelay', 'RangeError'],
  ['connect', [there, { attemptTimeout: 'x' }], 'attemptTimeout'],
  ['connect', [there, { attemptTimeout: 0 }], 'attemptTimeout', 'RangeError'],
  ['connect', ['host.example:1', { lookup: {} }], 'lookup'],
  ['connect', ['host.example:1', { lookup: 'x' }], 'lookup'],
  ['connect', ['host.example:1', { lookup: { lookup: () => 'x' } }], 'lookup'],
  ['connect', ['host.example:1', { lookup: { lookup: () => ['x'] } }], 'lookup'],
  ['connect', [there, { options: {} }], 'options'],
  ['connect', [there, { options: [1] }], 'options'],
  ['connect', [there, { local: 'name:1' }], 'local'],
  ['connect', [there, { local: 5 }], 'local'],
  ['connect', ['udp://127.0.0.1:1'], 'to'],
  ['listen', [-1], 'at', 'RangeError'],
  ['listen', [NaN], 'at', 'RangeError'],
  ['listen', [1.5], 'at', 'RangeError'],
  ['listen', [65536], 'at', 'RangeError'],
  ['listen', [[]], 'at'],
  ['listen', [['127.0.0.1:0', 'x']], 'at'],
  ['listen', [0, { backlog: -1 }], 'backlog', 'RangeError'],
  ['listen', [0, { backlog: 'x' }], 'backlog'],
  ['listen', [0, { reuseAddress: 1 }], 'reuseAddress'],
  ['listen', [0, { reusePort: 'yes' }], 'reusePort'],
  ['listen', [0, { ipv6Only: 0 }], 'ipv6Only'],
  ['listen', [0, { mode: 0o10000 }], 'mode', 'RangeError'],
  ['listen', [0, { mode: '600' }], 'mode'],
  ['listen', [0, { encoding: 'x' }], 'encoding'],
  ['listen', [0, { options: 5 }], 'options'],
  ['listen', [0, 5], 'options'],
  ['socket', ['ipx'], 'family'],
  ['socket', [-1], 'family', 'RangeError'],
  ['socket', ['ipv4', 'x'], 'kind'],
  ['socket', ['ipv4', 'stream', -1], 'protocol', 'RangeError'],
  ['socketPair', ['x'], 'kind'],
  ['socketPair', [], 'kind'],
  ['adopt', [-1], 'fd', 'RangeError'],
  ['adopt', [1.5], 'fd', 'RangeError'],
  ['adopt', ['3'], 'fd'],
  ['share', [{}], 'conn'],
  ['conn', [{}], 'socket'],
  ['select', [5], 'wanted'],
  ['select', [[]], 'wanted'],
  ['select', [[5]], 'wanted[0]'],
  ['select', [[[{}, { read: true }]]], 'wanted[0]'],
  ['lookup', [5], 'host'],
  ['lookup', ['ho st'], 'host'],
  ['lookup', [''], 'host'],
  ['lookup', ['localhost', -1], 'host', 'RangeError'],
  ['lookup', ['localhost', '0x50'], 'host'],
  ['lookup', ['localhost', 80, { family: 'x' }], 'family'],
  ...op.map(([o, argument, error]): Row => ['lookup', ['hung.example', 80, o], argument, error]),
  ['reverse', ['localhost'], 'address'],
  ['address', ['localhost:80'], 'target'],
  ['setDefaults', [5], 'defaults'],
  ['setDefaults', [{ traceLeaks: 1 }], 'traceLeaks'],
];

/** The class, the code and the name of the argument, or of a part of it. */
function check(error: unknown, [call, given, argument, name = 'TypeError']: Row): void {
  const where = `${call}(${given.map((one) => (typeof one === 'symbol' ? 'symbol' : JSON.stringify(one, (_, v: unknown) => (typeof v === 'bigint' ? `${v}n` : v)))).join(', ')})`;
  assert.ok(error instanceof Error, where);
  assert.equal(error.name, name, `${where}: ${error.message}`);
  assert.match((error as Error & { code: string }).code, /^ERR_INVALID_ARG_/, where);
  assert.ok(
    error.message.startsWith(`The "${argument}" argument `) ||
      error.message.startsWith(`The "${argument}.`) ||
      error.message.startsWith(`The "${argument}[`),
    `${where} names "${argument}": ${error.message}`,
  );
}

async function checkAll(on: object, rows: readonly Row[]): Promise<void> {
  for (const row of rows) {
    const [call, given] = row;
    check(await failure(() => (on as Wild)[call]!(...given)), row);
  }
}

inBothColours('the entry points refuse every wrong argument by name', async (net) => {
  const before = descriptors();
  await checkAll(net, ofNet);
  assert.equal(descriptors(), before);
});

const ofConn: Row[] = [
  ['read', [0], 'max', 'RangeError'],
  ['read', [-1], 'max', 'RangeError'],
  ['read', [NaN], 'max', 'RangeError'],
  ['read', ['9'], 'max'],
  ['readInto', [[]], 'buffer'],
  ['readInto', [Buffer.alloc(0)], 'buffer'],
  ['readInto', ['x'], 'buffer'],
  ['readExact', [-1], 'n', 'RangeError'],
  ['readExact', [1.5], 'n', 'RangeError'],
  ['readExact', [2 ** 40], 'n', 'RangeError'],
  ['readExact', [], 'n'],
  ['readUntil', [''], 'delimiter'],
  ['readUntil', [[]], 'delimiter'],
  ['readUntil', [5], 'delimiter'],
  ['readUntil', ['x', { max: 0 }], 'max', 'RangeError'],
  ['readLine', [{ max: -5 }], 'max', 'RangeError'],
  ['readAll', [{ max: 'all' }], 'max'],
  ['readText', [0], 'bytes', 'RangeError'],
  ['readText', ['9'], 'bytes'],
  ['readNum', ['i24'], 'type'],
  ['readNum', [4], 'type'],
  ['writeNum', ['u8', 256], 'value', 'RangeError'],
  ['writeNum', ['u64', 1], 'value'],
  ['peek', [-1], 'n', 'RangeError'],
  ['unread', [5], 'data'],
  ['write', [5], 'data'],
  ['write', [null], 'data'],
  ['write', [{}], 'data'],
  ['write', [['x', 5]], 'data[1]'],
  ['writeLine', ['a\nb'], 'text'],
  ['writeLine', [5], 'text'],
  ['writeLine', ['x', { eol: 5 }], 'eol'],
  ['readHttpHead', [{ max: 0 }], 'max', 'RangeError'],
  ['readHttpHead', [{ maxHeaders: -1 }], 'maxHeaders', 'RangeError'],
  ['readHttpHead', [{ maxHeaders: '5' }], 'maxHeaders'],
  ['writeHttpRequest', [], 'request'],
  ['writeHttpRequest', [{ method: 'GET', path: '/\r\n' }], 'path'],
  ['writeHttpResponse', ['200'], 'response'],
  ['writeHttpResponse', [{ status: 99 }], 'status', 'RangeError'],
  ['shutdown', ['both'], 'how'],
  ...(['readExact', 'peek'] as const).flatMap((call) =>
    op.map(([o, argument, error]): Row => [call, [4, o], argument, error]),
  ),
  ...op.map(([o, argument, error]): Row => ['readNum', ['u32', o], argument, error]),
  ...op.map(([o, argument, error]): Row => ['writeNum', ['u32', 1, o], argument, error]),
  ...(['write', 'writeLine'] as const).flatMap((call) =>
    op.map(([o, argument, error]): Row => [call, ['x', o], argument, error]),
  ),
  ...op.map(([o, argument, error]): Row => ['write', [Buffer.from('x'), o], argument, error]),
  ...(['readLine', 'readHttpHead', 'readAll', 'waitReadable', 'waitFlushed', 'closeWrite', 'close'] as const).flatMap(
    (call) => op.map(([o, argument, error]): Row => [call, [o], argument, error]),
  ),
];

inBothColours('a connection refuses every wrong argument, and loses nothing by it', async (net) => {
  const [one, two] = net.pair();
  await two.write('first\nsecond');
  assert.equal(await one.readLine(), 'first');
  const before = descriptors();
  await checkAll(one, ofConn);
  for (const [property, value, name] of [
    ['encoding', 'x', 'TypeError'],
    ['encoding', 'base64', 'TypeError'],
    ['noDelay', 1, 'TypeError'],
    ['keepAlive', 5, 'TypeError'],
    ['linger', -1, 'RangeError'],
  ] as const)
    check(await failure(() => Reflect.set(one, property, value)), [property, [value], property, name]);
  assert.equal(descriptors(), before);
  assert.equal(one.closeInfo, null);
  assert.equal(await one.waitFlushed({ timeout: 1000 }), true, 'no write counts as failed');
  assert.equal((await one.readExact(6, { timeout: 1000 })).toString(), 'second');
  await one.write('still whole');
  assert.equal((await two.readExact(11, { timeout: 1000 })).toString(), 'still whole');
  await one.close();
  assert.equal(one.closeInfo!.clean, true);
  two.abort();
});

inBothColours(
  'half a surrogate pair and a character above U+00FF in latin1 are ERR_ENCODING, and nothing is sent',
  async (net) => {
    const [one, two] = net.pair();
    assert.equal((await failure(() => one.write('\ud800'))).code, 'ERR_ENCODING');
    one.encoding = 'latin1';
    assert.equal((await failure(() => one.write(['fine', '€']))).code, 'ERR_ENCODING');
    assert.equal(await two.waitReadable({ timeout: 0 }), false);
    one.abort();
    two.abort();
  },
);

const ofSocket: Row[] = [
  ['recv', [0], 'max', 'RangeError'],
  ['recv', ['x'], 'max'],
  ['recv', [1, { flags: -1 }], 'flags', 'RangeError'],
  ['recvInto', [5], 'buffer'],
  ['send', [5], 'data'],
  ['send', ['x', { flags: 1.5 }], 'flags', 'RangeError'],
  ['sendAll', [[1]], 'data[0]'],
  ['poll', [5], 'events'],
  ['poll', [{ reed: true }], 'events'],
  ['poll', [{ read: 1 }], 'events'],
  ['bind', ['x'], 'at'],
  ['bind', ['127.0.0.1:0', { mode: -1 }], 'mode', 'RangeError'],
  ['connect', ['x'], 'to'],
  ['connect', [there, { timeout: 0 }], 'timeout', 'RangeError'],
  ['listen', [-1], 'backlog', 'RangeError'],
  ['tryAccept', [-1], 'wait', 'RangeError'],
  ['tryAccept', ['x'], 'wait'],
  ['shutdown', [2], 'how'],
  ['setInheritable', [1], 'on'],
  ['getOption', [5], 'option'],
  ['getsockopt', ['x', 1], 'level'],
  ['getsockopt', [1, -1], 'name', 'RangeError'],
  ['getsockopt', [1, 1, -1], 'length', 'RangeError'],
  ['setsockopt', [1, 1, 'x'], 'value'],
  ['setsockopt', [1, 1, 2 ** 33], 'value', 'RangeError'],
];

inBothColours('a socket refuses every wrong argument', async (net) => {
  const [one, two] = net.socketPair('stream');
  const before = descriptors();
  await checkAll(one, ofSocket);
  const { SO_KEEPALIVE, SO_RCVBUF, SO_LINGER, SO_RCVTIMEO, TCP_CONGESTION } = net.options;
  const wrong: [SocketOption<unknown>, unknown, 'TypeError' | 'RangeError'][] = [
    [SO_KEEPALIVE, 1, 'TypeError'],
    [SO_RCVBUF, '5', 'TypeError'],
    [SO_RCVBUF, 1.5, 'RangeError'],
    [SO_LINGER, -1, 'RangeError'],
    [SO_LINGER, true, 'TypeError'],
    [SO_RCVTIMEO, NaN, 'RangeError'],
    [TCP_CONGESTION, 5, 'TypeError'],
  ];
  for (const [option, value, name] of wrong)
    check(await failure(() => one.setOption(option, value)), ['setOption', [], option.label, name]);
  for (const property of ['receiveTimeout', 'sendTimeout'])
    check(await failure(() => Reflect.set(one, property, -1)), [property, [-1], property, 'RangeError']);
  assert.equal(descriptors(), before);
  await two.send('x');
  assert.equal((await one.recv())!.toString(), 'x');
  one.close();
  two.close();
});
