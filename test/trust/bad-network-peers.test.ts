// Owns peers that vanish behind a dead link, and addresses of which some have: the kernel finds the dead, by keep-alive or because
// nobody acknowledges, and racing connects find the living.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as promises from 'berkeley';
import * as blocking from 'berkeley/sync';
import { descriptors, failure, inBothColours, type Net } from '../net/kit.js';
import { congestion, enterNetwork, far, PERFECT, startFar, startLink } from '../support/link.js';
import { seed } from './size.js';

enterNetwork();
const link = await startLink(seed);
const SOON = { timeout: '30s' } as const;

/** A listener that keeps what it accepts, and says hello to it. */
const python = startFar(
  link,
  `
listener = congest(socket.create_server(('::', 0), family=socket.AF_INET6, dualstack_ipv6=True))
kept = []
def accept():
    while True:
        s = listener.accept()[0]
        kept.append(s)
        s.sendall(b'hello')
begin(accept)
`,
);
const port = (await python.value('listener.getsockname()[1]')) as number;

test('keep-alive finds a dead peer: the error is that of the kernel, not of a limit', async () => {
  const { options } = promises;
  const [a, b] = await bothOpen((net) =>
    net === promises
      ? [[options.SO_KEEPALIVE, true], [options.TCP_KEEPIDLE, 1], [options.TCP_KEEPINTVL, 1], [options.TCP_KEEPCNT, 2]] // prettier-ignore
      : [],
  );
  b.keepAlive = { idle: '1s', interval: '1s', count: 2 };
  assert.deepEqual(a.keepAlive, { idle: 1000, interval: 1000, count: 2 });
  await dies(a, b, 'read', 2900, () => [failure(() => a.read(1, SOON)), failure(() => b.read(1, SOON))]);
});

test('TCP_USER_TIMEOUT finds a peer that acknowledges nothing, while we read', async () => {
  const [a, b] = await bothOpen(() => [[promises.options.TCP_USER_TIMEOUT, 1000]]);
  await link.set('both', { dead: true });
  await a.write('anybody?');
  await b.write('anybody?');
  await dies(a, b, 'read', 900, () => [failure(() => a.readLine(SOON)), failure(() => b.readLine(SOON))]);
});

test('TCP_USER_TIMEOUT ends a write that waits, which says how much went out', async () => {
  const [a, b] = await bothOpen(() => [[promises.options.TCP_USER_TIMEOUT, 1000]]);
  const much = Buffer.alloc(32 << 20);
  await link.set('both', { dead: true });
  const errors = await dies(a, b, 'write', 900, () => [
    failure(() => a.write(much, SOON)),
    failure(() => b.write(much, SOON)),
  ]);
  for (const { bytesDone } of errors) assert.ok(bytesDone > 0 && bytesDone < much.length, `${bytesDone} bytes`);
});

inBothColours('a connect to an address behind a hole is given up by the kernel after TCP_USER_TIMEOUT', async (net) => {
  await link.set('both', { ...PERFECT, hole: far.second6 });
  const before = descriptors();
  const options = [[net.options.TCP_USER_TIMEOUT, 500] as const];
  const error = await failure(() => net.connect(far.second6, port, { ...SOON, options }));
  assert.ok(!(error instanceof net.TimeoutError));
  assert.deepEqual([error.code, error.errno, error.syscall, error.phase], ['ETIMEDOUT', 110, 'connect', 'connect']);
  assert.equal(descriptors(), before);
});

inBothColours('a race leaves the address behind a hole after 250 ms, and takes the living one', async (net) => {
  const lookup = { lookup: () => [far.ipv6, far.second4].map((host) => net.address({ host, port })) };
  for (const [hole, least, won] of [
    [far.ipv6, 249, far.second4],
    [far.second4, 0, far.ipv6],
  ] as const) {
    await link.set('both', { ...PERFECT, delay: [20, 10] });
    await link.set('there', { hole });
    const before = descriptors();
    const begun = performance.now();
    const conn = await net.connect('peer.test', port, { ...SOON, lookup: lookup as unknown as promises.Resolver });
    const ms = performance.now() - begun;
    assert.ok(ms >= least && ms < least + 2000, `${ms} ms`);
    assert.equal(conn.remoteAddr.address, won);
    assert.equal((await conn.readExact(5, SOON)).toString(), 'hello');
    await conn.close();
    assert.equal(descriptors(), before, 'a loser was left open');
  }
});

inBothColours('a race goes on beside a first packet that was lost, and the first answer wins', async (net) => {
  await link.set('both', { ...PERFECT, delay: [20, 0] });
  const before = descriptors();
  await link.set('there', { lose: 1 });
  const lookup = { lookup: () => [far.ipv4, far.second4].map((host) => net.address({ host, port })) };
  const begun = performance.now();
  const conn = await net.connect('peer.test', port, { ...SOON, lookup: lookup as unknown as promises.Resolver });
  // The kernel would send it again after a second.
  const ms = performance.now() - begun;
  assert.ok(ms >= 249, `${ms} ms`);
  if (ms < 900) assert.equal(conn.remoteAddr.address, far.second4);
  assert.equal((await conn.readExact(5, SOON)).toString(), 'hello');
  conn.abort();
  assert.equal(descriptors(), before);
});

/** A connection in each colour, over a link without faults. */
async function bothOpen(
  options: (net: Net) => promises.OptionSetting[],
): Promise<[promises.AsyncConn, promises.AsyncConn]> {
  await link.set('both', PERFECT);
  async function open(net: Net): Promise<promises.AsyncConn> {
    const given = [[promises.options.TCP_CONGESTION, congestion] as const, ...options(net)];
    const conn = await net.connect(far.ipv4, port, { ...SOON, options: given });
    assert.equal((await conn.readExact(5, SOON)).toString(), 'hello');
    return conn;
  }
  return [await open(promises), await open(blocking as unknown as Net)];
}

/** The link dies, both calls end by what the kernel found, not before `least` ms, and their connections know it. */
async function dies(
  a: promises.AsyncConn,
  b: promises.AsyncConn,
  phase: promises.SocketError['phase'],
  least: number,
  calls: () => Promise<promises.SocketError>[],
): Promise<promises.SocketError[]> {
  await link.set('both', { dead: true });
  const begun = performance.now();
  const errors = await Promise.all(calls());
  const ms = performance.now() - begun;
  for (const error of errors) {
    assert.ok(!(error instanceof promises.TimeoutError), String(error));
    const found = [error.code, error.errno, error.phase, error.address, error.port];
    assert.deepEqual(found, ['ETIMEDOUT', 110, phase, far.ipv4, port]);
  }
  assert.ok(ms >= least && ms < 15_000, `${ms} ms`);
  for (const conn of [a, b]) {
    await conn.close();
    assert.deepEqual(
      [conn.closeInfo?.by, conn.closeInfo?.clean, conn.closeInfo?.error?.code],
      ['timeout', false, 'ETIMEDOUT'],
    );
  }
  await link.set('both', { dead: false });
  return errors;
}
