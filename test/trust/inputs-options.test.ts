// Owns the laws of socket options: whatever the kernel gives for one, of any length and content, is a value of its type or an
// error with a name; what is set goes to the kernel and is read as what was meant; everything else is misuse before a system
// call. In place of the kernel stands a list of bytes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SocketOption } from 'berkeley';
import type { Handle } from '../../src/core/handle.js';
import type * as Errors from '../../src/error/socket-error.js';
import type * as Load from '../../src/native/load.js';
import type * as Table from '../../src/core/option/table.js';
import type * as Typed from '../../src/core/option/typed.js';
import { built, tries } from './inputs.js';

const { native } = (await built('native/load')) as typeof Load;
const { SocketError } = (await built('error/socket-error')) as typeof Errors;
const { options, rowOf } = (await built('core/option/table')) as typeof Table;
const { checkSetting, getOption, setOption } = (await built('core/option/typed')) as typeof Typed;

/** What stands in place of the kernel: bytes for who reads, and the last bytes that were set. */
const kernel = { gives: Buffer.alloc(0), whole: 0, got: Buffer.alloc(0), calls: 0 };
Object.assign(native, {
  getsockopt(_fd: number, _level: number, _name: number, into: Uint8Array) {
    kernel.calls++;
    into.set(kernel.gives.subarray(0, into.length));
    return kernel.whole;
  },
  setsockopt(_fd: number, _level: number, _name: number, value: Uint8Array | null, length: number) {
    kernel.calls++;
    kernel.got = value === null ? Buffer.alloc(0) : Buffer.from(value.subarray(0, length));
    return 0;
  },
  setsockoptInt(_fd: number, _level: number, _name: number, value: number) {
    kernel.calls++;
    kernel.got = Buffer.from(Int32Array.of(value).buffer);
    return 0;
  },
  setsockoptFilter(_fd: number, _level: number, _name: number, value: Uint8Array) {
    kernel.calls++;
    kernel.got = Buffer.from(value);
    return 0;
  },
} satisfies Partial<typeof native>);

/** As much of a handle as options look at. */
const handle = { fd: 5, family: 2, kind: 0, registration: {}, check: () => undefined } as unknown as Handle;
const tokens = (Object.values(options) as SocketOption<unknown>[]).filter(({ name }) => name >= 0);
const readable = tokens.filter(({ direction }) => direction !== 'set');
const settable = tokens.filter(({ direction }) => direction !== 'get');
const token = (of: readonly SocketOption<unknown>[]): fc.Arbitrary<SocketOption<unknown>> => fc.constantFrom(...of);

const byte = fc.oneof(fc.constantFrom(0, 0xff, 0x7f, 0x80), fc.integer({ min: 0, max: 255 }));
const bytes = fc
  .tuple(fc.array(byte, { maxLength: 40 }), fc.constantFrom(0, 0, 0, 16, 232, 1024, 2000))
  .map(([some, more]) => Buffer.concat([Buffer.from(some), Buffer.alloc(more, 0xa5)]));

test('whatever the kernel gives for an option is a value of its type, or an error with a name', (t) => {
  tries(
    t,
    100_000,
    2_000_000,
    fc.property(token(readable), bytes, fc.oneof(fc.constant(null), fc.nat(3000)), (option, given, told) => {
      kernel.gives = given;
      // It may tell of more than it had room for.
      kernel.whole = told === null ? given.length : Math.max(told, given.length);
      let value: unknown;
      try {
        value = getOption(handle, option);
      } catch (error) {
        assert.ok(
          error instanceof SocketError && error.code === 'ERR_UNSUPPORTED_OPTION',
          `${option.label}: ${String(error)}`,
        );
        return;
      }
      assert.ok(isSound(value), `${option.label} is ${String(value)}`);
    }),
  );
});

const address4 = fc.ipV4();
const address6 = fc.ipV6();
const either = fc.oneof(address4, address6);
const time = fc.oneof(fc.constant(null), fc.nat(1 << 30), fc.double({ min: 0, max: 1e9, noNaN: true }));

test('what is set is what the kernel gets, and it is read back as the same', (t) => {
  const values = new Map(settable.map((option) => [option, domainOf(option)] as const));
  const setting = token(settable).chain((option) => fc.tuple(fc.constant(option), values.get(option)!));
  tries(
    t,
    60_000,
    1_000_000,
    fc.property(setting, ([option, value]) => {
      setOption(handle, option, value);
      if (option.direction === 'set' || /PKTINFO|MULTICAST_IF$/.test(option.label)) return;
      kernel.gives = kernel.got;
      kernel.whole = kernel.got.length;
      const back = getOption(handle, option);
      const { label } = option;
      if (/^SO_(RCV|SND)TIMEO/.test(label))
        assert.ok(near(back, value, 0.002), `${label}: ${String(value)} came back as ${String(back)}`);
      else if (label === 'SO_LINGER')
        assert.ok(near(back, value, 1000), `${label}: ${String(value)} came back as ${String(back)}`);
      else assert.deepEqual(back, value, label);
    }),
  );
});

const junk = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    NaN,
    Infinity,
    -0,
    1.5,
    2 ** 31,
    2 ** 32,
    -(2 ** 31) - 1,
    -1,
    1e300,
    2 ** 53,
    0n,
    -1n,
    true,
    false,
  ),
  fc.constantFrom<unknown>(
    '',
    'lo\0',
    '\u0100',
    '1',
    '127.0.0.1',
    '::1',
    Symbol.iterator,
    [],
    {},
    new Uint8Array(3),
    new Date(),
    () => 1,
  ),
  fc.record({
    group: fc.anything(),
    interface: fc.anything(),
    source: fc.anything(),
    mode: fc.anything(),
    sources: fc.anything(),
  }),
  fc.record({
    lower: fc.anything(),
    upper: fc.anything(),
    clock: fc.anything(),
    flags: fc.anything(),
    address: fc.anything(),
  }),
  fc.record({
    group: fc.constantFrom('224.0.0.1', 'ff02::1', '1'),
    source: fc.constantFrom('10.0.0.1', '::2'),
    interface: fc.anything(),
  }),
  fc.anything({ withBigInt: true, withNullPrototype: true }),
);

test('any other value is misuse that names the option, before a system call', (t) => {
  let refused = 0;
  tries(
    t,
    60_000,
    1_000_000,
    fc.property(token(settable), junk, (option, value) => {
      kernel.calls = 0;
      try {
        checkSetting(option, value);
        setOption(handle, option, value);
        assert.ok(kernel.calls > 0, 'it was not set');
      } catch (error) {
        refused++;
        assert.equal(kernel.calls, 0, 'it was refused too late');
        // An interface that this machine lacks is the system's affair.
        if (error instanceof SocketError && error.syscall === 'if_nametoindex') return;
        const { message, code } = error as NodeJS.ErrnoException;
        assert.ok(error instanceof TypeError || error instanceof RangeError, `${option.label}: ${String(error)}`);
        assert.match(code ?? '', /^ERR_INVALID_ARG_/, `${option.label}: ${message}`);
        assert.match(message, new RegExp(`^The "${option.label}[".]`));
      }
    }),
  );
  t.diagnostic(`${refused} of them were refused`);
});

/** Nothing of an undefined, NaN or a byte that is not there is in it. */
function isSound(value: unknown): boolean {
  switch (typeof value) {
    case 'boolean':
    case 'bigint':
      return true;
    case 'number':
      return Number.isFinite(value);
    case 'string':
      return !value.includes('undefined') && !value.includes('NaN') && !value.includes('\0');
    case 'object':
      return value === null || value instanceof Uint8Array || Object.values(value).every(isSound);
    default:
      return false;
  }
}

/** The values that an option is documented to take. */
function domainOf(option: SocketOption<unknown>): fc.Arbitrary<unknown> {
  const form = rowOf(option).form;
  const like = (label: keyof typeof options): boolean => form === rowOf(options[label]).form;
  const int = fc.oneof(fc.constantFrom(0, 1, -1, 0x7fff_ffff, -0x8000_0000), fc.integer());
  if (like('TCP_NODELAY')) return fc.boolean();
  if (like('TCP_KEEPCNT')) return int;
  if (like('SO_MARK')) return fc.nat(0xffff_ffff);
  if (like('IP_UNICAST_IF')) return fc.nat(0x7fff_ffff);
  if (like('SO_DETACH_FILTER')) return fc.constant(null);
  if (like('SO_MAX_PACING_RATE')) return fc.oneof(fc.constant(null), fc.nat(Number.MAX_SAFE_INTEGER));
  if (like('TCP_CONGESTION'))
    return fc.array(fc.integer({ min: 1, max: 255 }), { maxLength: 40 }).map((all) => String.fromCharCode(...all));
  if (like('IP_OPTIONS')) return fc.uint8Array({ maxLength: 60 }).map((all) => Buffer.from(all));
  if (like('SO_ATTACH_FILTER'))
    return fc.integer({ min: 1, max: 8 }).chain((n) => fc.uint8Array({ minLength: 8 * n, maxLength: 8 * n }));
  if (like('SO_RCVTIMEO') || like('SO_LINGER')) return time;
  if (like('SO_TXTIME')) return plain({ clock: int, flags: fc.nat(0xffff_ffff) });
  if (like('IP_LOCAL_PORT_RANGE')) return plain({ lower: fc.nat(65_535), upper: fc.nat(65_535) });
  const index = fc.option(fc.nat(0x7fff_ffff), { nil: undefined });
  const sources = (of: fc.Arbitrary<string>): fc.Arbitrary<string[]> => fc.array(of, { maxLength: 4 });
  const mode = fc.constantFrom('include', 'exclude');
  const on4 = fc.option(address4, { nil: undefined });
  if (like('IPV6_PKTINFO')) return fc.record({ address: address6, interface: index });
  if (like('IP_ADD_MEMBERSHIP')) return fc.record({ group: address4, interface: fc.oneof(index, address4) });
  if (like('IPV6_ADD_MEMBERSHIP')) return fc.record({ group: address6, interface: index });
  if (like('IP_BLOCK_SOURCE')) return fc.record({ group: address4, source: address4, interface: on4 });
  if (like('IP_MSFILTER')) return fc.record({ group: address4, mode, sources: sources(address4), interface: on4 });
  if (like('MCAST_JOIN_GROUP')) return fc.record({ group: either, interface: index });
  if (like('MCAST_BLOCK_SOURCE')) return fc.record({ group: either, source: either, interface: index });
  if (like('MCAST_MSFILTER')) return fc.record({ group: either, mode, sources: sources(either), interface: index });
  if (like('IP_MULTICAST_IF')) return address4;
  throw new Error(`nobody knows what ${option.label} takes`);
}

/** Times are rounded up to what the kernel can say, and 0 is none. */
function near(back: unknown, value: unknown, step: number): boolean {
  if (value === null || value === 0) return back === null || back === 0;
  return (
    typeof back === 'number' &&
    back >= (value as number) - 1e-6 * (value as number) - 1e-9 &&
    back <= (value as number) + step
  );
}

function plain<T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(fields, { noNullPrototype: true });
}
