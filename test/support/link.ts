// Owns the bad network as a test sees it: a namespace of its own for the test file ("near"), one for the other ends ("far"), and
// the program between them (link.c), which does to the packets what it is told. It must not know what is tested.
//
//   enterNetwork();                          // first of all: the file is run again in a namespace of its own
//   const link = await startLink();          // gone after the tests
//   const python = startFar(link, 'listener = socket.create_server(…)');
//   await link.set('both', { loss: 0.05, delay: [50, 30] });
//   await link.after(300, 'both', { dead: false });    // by itself, while this thread may be blocked

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startPuppet, type Puppet } from './python.js';

/** Our addresses, and theirs: several, of which some can be made to vanish. */
export const near = { ipv4: '10.78.0.1', ipv6: 'fd78::1' } as const;
export const far = { ipv4: '10.78.0.2', ipv6: 'fd78::2', second4: '10.78.0.3', second6: 'fd78::3' } as const;

/** There: from us to them. */
export type Way = 'there' | 'back' | 'both';

/** What happens to packets; see link.c. */
export interface Treatment {
  loss?: number;
  duplicate?: number;
  corrupt?: number;
  reorder?: number;
  /** Milliseconds, and by how many more or less. */
  delay?: readonly [number, number];
  /** Bytes a second, and how many may wait. */
  rate?: readonly [number, number];
  mtu?: number;
  dead?: boolean;
  /** Nothing arrives at this address; `null` ends that. */
  hole?: string | null;
  /** So many TCP segments from now, one is lost. */
  lose?: number;
}

/** A link without faults. */
export const PERFECT = {
  loss: 0,
  duplicate: 0,
  corrupt: 0,
  reorder: 0,
  delay: [0, 0],
  rate: [0, 0],
  mtu: 0,
  dead: false,
  hole: null,
  lose: 0,
} as const satisfies Treatment;

export interface Counts {
  readonly packets: number;
  readonly bytes: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly corrupted: number;
  readonly reordered: number;
  readonly overflowed: number;
  readonly dead: number;
  readonly holed: number;
  readonly long: number;
  /** By the receiving kernel. */
  readonly refused: number;
}

export interface Link {
  readonly pid: number;
  /** Holds when it returns. */
  set(way: Way, treatment: Treatment): Promise<void>;
  /** Holds so many milliseconds later. */
  after(ms: number, way: Way, treatment: Treatment): Promise<void>;
  counts(): Promise<Record<'there' | 'back', Counts>>;
}

/**
 * Runs the file once more in a network namespace of its own, and returns in there only. What tests report there goes to the
 * runner as if it came from here. Where there can be no such namespace the file is skipped; in CI it fails.
 */
export function enterNetwork(): void {
  if (process.env[INSIDE] !== undefined) return;
  const why = cannot();
  if (why !== null) {
    if (process.env['CI'] || process.env['BERKELEY_CI']) throw new Error(why);
    console.log(`skipped: ${why}`);
    process.exit(0);
  }
  // The names are those that a server on the far side knows; and the one inside ends with the one outside, whatever ends that.
  const folder = mkdtempSync(join(tmpdir(), 'berkeley-link-'));
  const file = join(folder, 'resolv.conf');
  writeFileSync(file, `nameserver ${far.ipv4}\noptions timeout:1 attempts:5\n`);
  const script = 'mount --bind "$0" /etc/resolv.conf && exec setpriv --pdeathsig KILL "$@"';
  const words = ['sh', '-c', script, file, process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const env = { ...process.env, [INSIDE]: '1' };
  const { status } = spawnSync('unshare', ['-rmn', ...words], { stdio: 'inherit', env });
  rmSync(folder, { recursive: true, force: true });
  process.exit(status ?? 1);
}

/** Compiles the program and joins the namespaces. It is gone after the tests of the file. */
export async function startLink(seed: number): Promise<Link> {
  const folder = mkdtempSync(join(tmpdir(), 'berkeley-link-'));
  const program = join(folder, 'link');
  execFileSync('cc', ['-O2', '-Wall', '-Werror', '-o', program, SOURCE], { stdio: ['ignore', 'inherit', 'inherit'] });
  const child = spawn(program, [String(seed)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const lines: AsyncIterator<string, undefined> = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  async function answer(): Promise<string> {
    const { done, value } = await lines.next();
    if (done) throw new Error('the link ended');
    return value;
  }
  let turn: Promise<unknown> = Promise.resolve();
  function ask(order: string): Promise<string> {
    const told = turn.then(() => {
      child.stdin.write(`${order}\n`);
      return answer();
    });
    turn = told.catch(() => undefined);
    return told;
  }
  async function tell(prefix: string, way: Way, treatment: Treatment): Promise<void> {
    for (const order of orders(treatment)) {
      const said = await ask(`${prefix}${way} ${order}`);
      if (said !== 'ok') throw new Error(`the link said "${said}" to "${order}"`);
    }
  }
  after(async () => {
    child.stdin.end();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  await answer();
  const pid = child.pid!;
  bringUp(pid);
  return {
    pid,
    set: (way, treatment) => tell('', way, treatment),
    after: (ms, way, treatment) => tell(`after ${ms} `, way, treatment),
    counts: async () => JSON.parse(await ask('counts')) as Record<'there' | 'back', Counts>,
  };
}

/** A Python on the far side, for the whole file. `congest(s)` gives a socket the congestion control that suits, `begin(run, …)` a thread to a function. */
export function startFar(link: Link, setting: string): Puppet {
  return startPuppet({ after } as unknown as TestContext, `${enter(link.pid)}${setting}`);
}

/** BBR, which takes lost packets for what they are, or what the kernel has in its place. */
export const congestion = ((): string => {
  const list = readFileSync('/proc/sys/net/ipv4/tcp_available_congestion_control', 'utf8').trim().split(' ');
  return list.includes('bbr') ? 'bbr' : list.includes('cubic') ? 'cubic' : list[0]!;
})();

const INSIDE = 'BERKELEY_TEST_LINK';
const SOURCE = fileURLToPath(new URL('../../../test/support/link.c', import.meta.url));

function cannot(): string | null {
  if (!existsSync('/dev/net/tun')) return 'no /dev/net/tun here';
  const tried = spawnSync('unshare', ['-rmn', 'ip', 'tuntap', 'add', 'near', 'mode', 'tun'], { encoding: 'utf8' });
  return tried.status === 0 ? null : `no network namespaces with TUN devices here: ${tried.stderr ?? ''}`;
}

function* orders(treatment: Treatment): Iterable<string> {
  for (const [name, value] of Object.entries(treatment) as [string, Treatment[keyof Treatment]][]) {
    if (value === undefined) continue;
    const words = value === null ? '-' : typeof value === 'boolean' ? Number(value) : value;
    yield `${name} ${typeof words === 'object' ? words.join(' ') : words}`;
  }
}

/** No address of the kernel's own, and a queue that holds whatever is sent at once. */
function bringUp(pid: number): void {
  const lines = (device: string, addresses: readonly string[]): string =>
    [
      'link set lo up',
      `link set ${device} addrgenmode none txqueuelen 10000`,
      ...addresses.map((one) => `addr add ${one}${one.includes(':') ? '/64 nodad' : '/24'} dev ${device}`),
      `link set ${device} up`,
      '',
    ].join('\n');
  const how = { stdio: ['pipe', 'inherit', 'inherit'] as ['pipe', 'inherit', 'inherit'] };
  execFileSync('ip', ['-batch', '-'], { ...how, input: lines('near', Object.values(near)) });
  const there = ['--net=' + `/proc/${pid}/ns/net`, 'ip', '-batch', '-'];
  execFileSync('nsenter', there, { ...how, input: lines('far', Object.values(far)) });
}

function enter(pid: number): string {
  return `
import ctypes, threading
libc = ctypes.CDLL(None, use_errno=True)
if libc.setns(os.open('/proc/${pid}/ns/net', os.O_RDONLY), 0) != 0: raise OSError(ctypes.get_errno(), 'setns')
def congest(s):
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b'${congestion}')
    return s
def begin(run, *given):
    t = threading.Thread(target=run, args=given, daemon=True)
    t.start()
    return t
`;
}
