// Owns the list of all that a program can call to get at the network, of both colours and every dialect, and runs it in a
// process of its own: permission.test.ts starts that with the flags of Node's permission model, and says what must come out.

import assert from 'node:assert/strict';
import * as promises from 'berkeley';
import * as sync from 'berkeley/sync';
import * as blade from 'berkeley/dialects/blade';
import * as chapel from 'berkeley/dialects/chapel';
import * as fatscript from 'berkeley/dialects/fatscript';
import * as magnolia from 'berkeley/dialects/magnolia';
import * as qore from 'berkeley/dialects/qore';

type Calls = Readonly<Record<string, () => unknown>>;
/** What each function of a module does: calls to make, or in words why it reaches nothing by itself. */
type Table = Readonly<Record<string, Calls | string>>;

/** How a call ended: the words of its failure, or 'ok'. */
export type Outcomes = Readonly<Record<string, string>>;

const OPEN = 'takes what is open already';
const PURE = 'opens nothing';
/** Nothing listens there, and whoever may call is refused at once. */
const CLOSED = '127.0.0.1:1';
const NOWHERE = '/nowhere/at/all';
const o = { timeout: 5000 };

function colour(net: typeof promises): Table {
  const tls = { verify: false } as const;
  return {
    connect: {
      'an address': () => net.connect(CLOSED, o),
      'a name': () => net.connect('localhost:1', o),
      'a path': () => net.connect(NOWHERE, o),
      'an abstract name': () => net.connect('unix:@berkeley-nowhere', o),
      'IPv6 with a zone': () => net.connect('[fe80::1%lo]:1', o),
      'a vsock': () => net.connect({ family: 'vsock', host: '1', port: 1 }, o),
      'a descriptor': () => net.connect('fd:0', o),
      TLS: () => net.connect('tls://localhost:1', { ...o, tls }),
      'from an address': () => net.connect(CLOSED, { ...o, local: '127.0.0.1:0' }),
      'this machine': () => net.connect(':1', o),
    },
    listen: {
      'an address': () => net.listen('127.0.0.1:0'),
      'every address': () => net.listen(0),
      'a name': () => net.listen('localhost:0'),
      'an abstract name': () => net.listen(`unix:@berkeley-${process.pid}-${isSync(net)}`),
      several: () => net.listen(['127.0.0.1:0', '127.0.0.2:0']),
      'a descriptor': () => net.listen('fd:0'),
    },
    udp: {
      unbound: () => net.udp(),
      bound: () => net.udp('127.0.0.1:0'),
      'to a name': () => net.udp(undefined, { ...o, connect: 'localhost:9' }),
      'every address': () => net.udp(0),
      'a descriptor': () => net.udp('fd:0'),
    },
    socket: {
      TCP: () => net.socket(),
      IPv6: () => net.socket('ipv6', 'dgram'),
      Unix: () => net.socket('unix', 'seqpacket'),
      raw: () => net.socket('ipv4', 'raw', 1),
      packet: () => net.socket('packet', 'raw'),
      netlink: () => net.socket('netlink', 'raw'),
      vsock: () => net.socket('vsock'),
      'by its numbers': () => net.socket(29, 3),
    },
    pair: { Unix: () => net.pair() },
    socketPair: { stream: () => net.socketPair('stream'), dgram: () => net.socketPair('dgram') },
    adopt: { 'a descriptor': () => net.adopt(0) },
    lookup: { 'a name': () => net.lookup('localhost', 80, o), 'a service': () => net.lookup('127.0.0.1', 'http', o) },
    reverse: { 'an address': () => net.reverse('127.0.0.1', o) },
    share: OPEN,
    conn: OPEN,
    select: OPEN,
    relay: OPEN,
    address: PURE,
    eventQueue: PURE,
    setDefaults: PURE,
    ...errors(net),
  };
}

const tables: Readonly<Record<string, readonly [module: object, Table]>> = {
  berkeley: [promises, colour(promises)],
  'berkeley/sync': [sync, colour(sync as unknown as typeof promises)],
  fatscript: [
    fatscript,
    {
      connect: {
        TCP: () => fatscript.connect('127.0.0.1', 1),
        'a name': () => fatscript.connect('localhost', 1),
        TLS: () => fatscript.connect('127.0.0.1', 1, true),
      },
      bind: { 'a port': () => fatscript.bind(0) },
      setSSL: 'reads files, which is for Node to allow',
      verifySSL: PURE,
      ClientSocket: OPEN,
      ServerSocket: OPEN,
    },
  ],
  magnolia: [
    magnolia,
    {
      connect: {
        'an address': () => magnolia.connect(CLOSED),
        'a name': () => magnolia.connect('localhost:1'),
        TLS: () => magnolia.connect(CLOSED, { tls: true }),
        later: () => new Promise((resolve) => magnolia.connect(CLOSED, resolve)),
      },
      listen: { 'a port': () => magnolia.listen('127.0.0.1:0', () => undefined) },
      Socket: PURE,
      close: OPEN,
      recv: OPEN,
      recvExact: OPEN,
      recvLine: OPEN,
      send: OPEN,
      sendLine: OPEN,
      startTLS: OPEN,
    },
  ],
  chapel: [
    chapel,
    {
      connect: {
        'an address': () => chapel.connect(chapel.ipAddr.create('127.0.0.1', 1)),
        'a name': () => chapel.connect('localhost', 1),
      },
      listen: { 'an address': () => chapel.listen(chapel.ipAddr.create('127.0.0.1', 0)) },
      udpSocket: { 'a new one': () => new chapel.udpSocket() },
      bind: OPEN,
      tcpConn: OPEN,
      tcpListener: OPEN,
      getPeerName: OPEN,
      getSockName: OPEN,
      getSockOpt: OPEN,
      setSockOpt: OPEN,
      ipAddr: PURE,
      struct_timeval: PURE,
      ...errors(chapel),
    },
  ],
  blade: [
    blade,
    {
      Socket: { 'a new one': () => new blade.Socket() },
      socket: {
        'a new one': () => blade.socket(blade.AF_UNIX),
        UDP: () => blade.socket(blade.AF_INET, blade.SOCK_DGRAM),
      },
      get_address_info: { 'a name': () => blade.get_address_info('localhost', '80') },
      ...errors(blade),
    },
  ],
  qore: [
    qore,
    {
      Socket: {
        connect: () => new qore.Socket().connect(CLOSED),
        'connect to a path': () => new qore.Socket().connect(NOWHERE),
        connectINET: () => new qore.Socket().connectINET('localhost', '1'),
        connectUNIX: () => new qore.Socket().connectUNIX(NOWHERE),
        connectSSL: () => new qore.Socket().connectSSL(CLOSED),
        connectINETSSL: () => new qore.Socket().connectINETSSL('localhost', '1'),
        connectUNIXSSL: () => new qore.Socket().connectUNIXSSL(NOWHERE),
        bindINET: () => new qore.Socket().bindINET('localhost', '0'),
        // Tells by -1 and errno, as its page says.
        bind: () => answer(new qore.Socket().bind('127.0.0.1:0')),
        'bind a port': () => answer(new qore.Socket().bind(0)),
      },
      setParseOptions: PURE,
      errno: PURE,
      strerror: PURE,
      QoreException: PURE,
      Queue: PURE,
      SSLCertificate: PURE,
      SSLPrivateKey: PURE,
    },
  ],
};

function isSync(net: object): boolean {
  return net === sync;
}

function answer(result: number): unknown {
  return result === 0 ? result : { type: 'error', error: qore.strerror(qore.errno()) };
}

/** Classes of errors reach nothing. */
function errors(module: object): Table {
  const names = Object.entries(module).filter(([, value]) => isErrorClass(value));
  return Object.fromEntries(names.map(([name]) => [name, PURE]));
}

function isErrorClass(value: unknown): boolean {
  return typeof value === 'function' && (value.prototype as unknown) instanceof Error;
}

/** Makes every call, and closes what it got. A function that is not in the table is an outcome as well. */
async function run(): Promise<Outcomes> {
  const outcomes: Record<string, string> = {};
  for (const [name, [module, table]] of Object.entries(tables)) {
    for (const [member, value] of Object.entries(module)) {
      if (typeof value !== 'function') continue;
      const calls = table[member];
      if (calls === undefined) outcomes[`${name} ${member}`] = 'not in the table';
      if (typeof calls !== 'object') continue;
      for (const [label, call] of Object.entries(calls)) outcomes[`${name} ${member}: ${label}`] = await outcome(call);
    }
    for (const member of Object.keys(table)) assert.ok(member in module, `${name} has no ${member}`);
  }
  return outcomes;
}

async function outcome(call: () => unknown): Promise<string> {
  try {
    const made = await call();
    if (typeof made === 'object' && made !== null && 'type' in made && 'error' in made) return String(made.error);
    for (const each of Array.isArray(made) ? (made as unknown[]) : [made]) close(each);
    return 'ok';
  } catch (error) {
    return String(error);
  }
}

function close(made: unknown): void {
  if (typeof made !== 'object' || made === null) return;
  const thing = made as Partial<Disposable & { close: () => unknown }>;
  if (Symbol.dispose in thing) thing[Symbol.dispose]!();
  else if (typeof thing.close === 'function') thing.close();
}

if (process.argv[1] === import.meta.filename) {
  console.log(JSON.stringify(await run()));
  // Magnolia's listener has nothing to close it by.
  process.exit();
}
