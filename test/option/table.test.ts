// Every token: read, set, read again, and compared with what Python reads of the same socket by inheritance.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { options, SocketError, type OptionTable, type Socket, type SocketOption } from 'berkeley/sync';
import { ANY, setByName, type Case } from './case.js';
import { cases } from './cases.js';
import { Hall, heir, isRoot, missing } from './sockets.js';

const all = Object.values(options) as SocketOption<unknown>[];
const caseOf = ({ label }: SocketOption<unknown>): Case | undefined => cases[label as keyof OptionTable];
const lacks = ({ name }: SocketOption<unknown>): boolean => name < 0;

test('every token has a case, and every case a token', () => {
  assert.deepEqual(Object.keys(cases).toSorted(), all.map(({ label }) => label).toSorted());
});

test('every token reads, and is set, as Python sees it', async (t) => {
  const hall = new Hall(t);
  const tried = all
    .filter((option) => !lacks(option) && missing(caseOf(option)!.on) === null)
    .map((option) => ({ option, row: caseOf(option)!, socket: hall.make(caseOf(option)!.on) }));
  const python = heir(
    t,
    tried.map(({ socket }) => socket),
  );
  for (const option of all.filter(lacks))
    await t.test(`${option.label}: these headers lack it`, () => {
      const error = failure(() => hall.make('udp').getOption(option));
      assert.ok(['ERR_UNSUPPORTED_OPTION', 'ERR_OPTION_DIRECTION'].includes(error));
    });
  for (const option of all.filter((one) => !lacks(one) && missing(caseOf(one)!.on) !== null))
    await t.test(option.label, { skip: missing(caseOf(option)!.on)! }, () => undefined);

  for (const [i, { option, row, socket }] of tried.entries()) {
    const skip = row.root === true && !isRoot ? 'needs CAP_NET_ADMIN or CAP_NET_RAW' : false;
    await t.test(option.label, { skip }, async () => {
      for (const [label, value] of row.before ?? []) setByName(socket, label, value);
      const inPython = (expression: string): Promise<unknown> => {
        const { level, name } = option;
        return python.value(`seen(${i}, lambda s, L=${level}, N=${name}: ${expression})`);
      };
      const compare = async (): Promise<unknown> => {
        const ours = read(socket, option);
        const theirs = await inPython(row.python ?? expressionFor(ours));
        if (row.moves) {
          const later = read(socket, option) as number;
          assert.ok((ours as number) <= (theirs as number) && (theirs as number) <= later);
        } else assert.deepEqual(inWords(ours, row), theirs);
        return ours;
      };

      if (option.direction !== 'set') await compare();
      for (const [at, value] of (row.set ?? []).entries()) {
        if (row.refused !== undefined) {
          assert.equal(
            failure(() => socket.setOption(option, value)),
            row.refused,
          );
          continue;
        }
        if (row.mayRefuse !== undefined) {
          const theirs = await inPython(`s.setsockopt(L, N, ${Number(value)})`);
          if (theirs !== null) {
            assert.deepEqual(theirs, { error: row.mayRefuse });
            assert.equal(
              failure(() => socket.setOption(option, value)),
              row.mayRefuse,
            );
            continue;
          }
        }
        socket.setOption(option, value);
        if (option.direction === 'set') continue;
        const wanted = row.reads === undefined ? value : row.reads[at];
        const now = await compare();
        if (wanted !== ANY) assert.deepEqual(plain(now), plain(wanted));
      }
      if (row.effect !== undefined) assert.ok(row.effect(socket), 'it has no effect');
    });
  }
  await python.end();
});

test("the levels and numbers of the tokens are Python's", async (t) => {
  const python = heir(t, []);
  const theirs = (await python.value(
    `{n: getattr(socket, n) for n in dir(socket) if n.split('_')[0] in ('SO', 'SOL', 'IP', 'IPV6', 'TCP', 'UDP', 'IPPROTO')}`,
  )) as Record<string, number>;
  let compared = 0;
  for (const { label, name, level, levelName } of all) {
    assert.equal(level, theirs[levelName!], label);
    // BDADDR and the like apart, Python has what its headers had.
    if (theirs[label] === undefined || name < 0) continue;
    assert.equal(name, theirs[label], label);
    compared++;
  }
  assert.ok(compared > 60, `${compared} numbers`);
  await python.end();
});

test('a token refuses the direction that its option does not have, before any system call', (t) => {
  const hall = new Hall(t);
  const socket = hall.make('udp');
  let directed = 0;
  for (const option of all.filter((one) => !lacks(one))) {
    if (option.direction === 'get') {
      assert.equal(
        failure(() => socket.setOption(option, 1)),
        'ERR_OPTION_DIRECTION',
        option.label,
      );
      directed++;
    } else if (option.direction === 'set') {
      assert.equal(
        failure(() => socket.getOption(option)),
        'ERR_OPTION_DIRECTION',
        option.label,
      );
      directed++;
    }
  }
  assert.ok(directed > 30);
});

test('a value of the wrong type or range is refused by its name, before any system call', (t) => {
  const socket = new Hall(t).make('udp');
  const wrong: unknown[] = [undefined, Symbol('x'), () => 1, NaN, 2 ** 40, -(2 ** 40), 1.5, [], {}, 'no\0thing', 'ΑΒΓ'];
  for (const option of all.filter((one) => !lacks(one) && one.direction !== 'get')) {
    for (const value of wrong) {
      // These forms take such a value: times and rates are large, an object may be what is wanted, texts are texts.
      if (isFine(option, value)) continue;
      assert.throws(
        () => socket.setOption(option, value),
        (error: Error & { code?: string }) => {
          assert.ok(error instanceof TypeError || error instanceof RangeError, `${option.label}: ${String(error)}`);
          assert.match(error.code!, /^ERR_INVALID_ARG_/);
          assert.match(error.message, new RegExp(`"${option.label}[".]`));
          return true;
        },
        `${option.label} takes ${String(value)}`,
      );
    }
  }
});

function isFine({ label }: SocketOption<unknown>, value: unknown): boolean {
  if (/TIMEO|SO_LINGER/.test(label)) return typeof value === 'number' && value > 0;
  // A name that no interface has is the system's affair.
  if (label === 'IP_MULTICAST_IF') return value === 'ΑΒΓ';
  return label === 'SO_MAX_PACING_RATE' && value === 2 ** 40;
}

function read(socket: Socket<'sync'>, option: SocketOption<unknown>): unknown {
  try {
    return socket.getOption(option);
  } catch (error) {
    return { error: (error as SocketError).code };
  }
}

function failure(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    assert.ok(error instanceof SocketError, String(error));
    return error.code;
  }
  return 'none';
}

/** How Python reads a value of this type. */
function expressionFor(value: unknown): string {
  if (typeof value === 'boolean') return 'bool(s.getsockopt(L, N))';
  if (typeof value === 'string') return `s.getsockopt(L, N, 256).split(b'\\0')[0].decode('latin1')`;
  if (value instanceof Uint8Array) return 'list(s.getsockopt(L, N, 1024))';
  return 's.getsockopt(L, N)';
}

function inWords(value: unknown, row: Case): unknown {
  if (typeof value === 'object' && value !== null && 'error' in value) return value;
  return row.shows === undefined ? plain(value) : row.shows(value as never);
}

function plain(value: unknown): unknown {
  return value instanceof Uint8Array ? Array.from(value) : value;
}
