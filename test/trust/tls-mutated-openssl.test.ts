// The man in the middle again, in both colours, with the `openssl` command at the other end: s_server -rev, which sends lines
// back reversed until it hears CLOSE, and an s_client for each connection.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import type { AsyncConn, TlsOptions } from 'berkeley';
import { colours, type Net } from '../net/kit.js';
import { pki } from '../support/pki.js';
import { only } from '../tls/kit.js';
import { OpensslServer } from '../tls/openssl-server.js';
import type { Draw } from './draw.js';
import { size } from './size.js';
import { clientEnd, serverEnd } from './tls-ends.js';
import {
  nameOf,
  NEVER,
  startMiddle,
  underAttack,
  type Attack,
  type Kind,
  type Meet,
  type Met,
} from './tls-mutated-loop.js';

const CONNECTIONS = size(52, 2600);
const CLOSE = '\nCLOSE\n';

for (const [colour, net] of colours) {
  test(`${CONNECTIONS} connections of a client to s_server under attack are whole or fail (${colour})`, async (t) => {
    await underAttack(t, { ...attack, isClient: true, answerOf: reversed }, await clients(t, net));
  });
  test(`${CONNECTIONS} connections of s_client to a listener under attack are whole or fail (${colour})`, async (t) => {
    await underAttack(t, { ...attack, isClient: false }, await servers(t, net));
  });
}

/** s_server reverses lines of up to 16 KiB. */
const attack = {
  connections: CONNECTIONS,
  most: 12_000,
  payloadOf: (length: number, random: Draw) => Buffer.from(random.bytes(length >> 1).toString('hex') + CLOSE, 'latin1'),
} satisfies Partial<Attack>;

function reversed(payload: Buffer): Buffer {
  const line = payload.subarray(0, -CLOSE.length);
  return Buffer.concat([Buffer.from(line).reverse(), Buffer.from('\n')]);
}

/** The words for `openssl` that make a connection of this kind, beside the certificate. */
function wordsOf({ version, full }: Kind): string[] {
  return [version === 'TLSv1.2' ? '-tls1_2' : '-tls1_3', ...(full ? ['-alpn', 'bk-one'] : [])];
}

async function clients(t: TestContext, net: Net): Promise<Meet> {
  const middle = await startMiddle(t);
  const { root, server, client } = pki();
  const others = new Map<string, OpensslServer>();
  t.after(() => Promise.all(Array.from(others.values(), (one) => one.stop())));
  const sessions = new Map<string, Uint8Array>();
  return async function meet(kind, order, payload, timeout) {
    const name = nameOf({ ...kind, resumes: false });
    let other = others.get(name);
    if (other === undefined) {
      const asks = kind.full ? ['-Verify', '3', '-verify_return_error', '-CAfile', root.leafFile] : [];
      others.set(name, (other = new OpensslServer(server, ['-rev', ...wordsOf(kind), ...asks])));
    }
    const target = await other.port();
    const session = kind.resumes ? sessions.get(name) : undefined;
    const tls: TlsOptions = {
      ca: root.cert,
      serverName: 'localhost',
      ...only(kind.version),
      ...(kind.full && { cert: client.cert, key: client.key, alpn: ['bk-two', 'bk-one'] }),
      ...(session && { session }),
    };
    const reported = middle.order({ ...order, target, kind: nameOf(kind) });
    const conn = await net.connect(`127.0.0.1:${middle.port}`, { timeout });
    const end = await clientEnd(conn, () => conn.startTls({ ...tls, timeout }), payload, timeout);
    if (order.plan === null && end.session !== undefined) sessions.set(name, end.session);
    return { end, report: await reported, other: null };
  };
}

async function servers(t: TestContext, net: Net): Promise<Meet> {
  const middle = await startMiddle(t);
  const { root, server } = pki();
  const listeners = new Map<string, ReturnType<Net['listen']>>();
  t.after(async () => {
    for (const listener of listeners.values()) (await listener).close();
  });
  const sessions = new Map<string, string>();
  return async function meet(kind, order, payload, timeout) {
    const name = nameOf({ ...kind, resumes: false });
    let listening = listeners.get(name);
    if (listening === undefined) {
      const full: TlsOptions = { alpn: ['bk-one'], clientCert: 'require', ca: root.cert };
      const tls = { cert: server.cert, key: server.key, ...only(kind.version), ...(kind.full && full) };
      listeners.set(name, (listening = net.listen('127.0.0.1:0', { tls })));
      sessions.set(name, pki().file('session', ''));
    }
    const listener = await listening;
    const reported = middle.order({ ...order, target: listener.address.port!, kind: nameOf(kind) });
    const file = sessions.get(name)!;
    const keeps = order.plan === null && !kind.resumes ? ['-sess_out', file] : [];
    const said = visit(
      t,
      middle.port,
      payload,
      [...wordsOf(kind), ...keeps, ...(kind.resumes ? ['-sess_in', file] : [])],
      kind.full,
    );
    const conn: AsyncConn = await listener.accept({ timeout: NEVER });
    const end = await serverEnd(conn, () => conn.handshake({ timeout }), payload, timeout);
    return { end, report: await reported, other: await said };
  };
}

/** One s_client, which says the payload and hears until the end. */
async function visit(
  t: TestContext,
  port: number,
  payload: Buffer,
  words: string[],
  full: boolean,
): Promise<Met['other']> {
  const { root, client } = pki();
  const shows = full ? ['-cert', client.leafFile, '-cert_chain', client.chainFile, '-key', client.keyFile] : [];
  const trusts = ['-CAfile', root.leafFile, '-verify_return_error', '-verify_hostname', 'localhost'];
  const child = spawn(
    'openssl',
    ['s_client', '-quiet', '-connect', `127.0.0.1:${port}`, '-servername', 'localhost', ...trusts, ...shows, ...words],
    { stdio: ['pipe', 'pipe', 'ignore'] },
  );
  t.after(() => child.kill('SIGKILL'));
  child.stdin.on('error', () => undefined);
  // It would spin at the end of its input.
  child.stdin.write(payload);
  const pieces: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
  const [code] = (await once(child, 'close')) as [number | null];
  const heard = Buffer.concat(pieces);
  if (!payload.subarray(0, heard.length).equals(heard)) return 'WRONG';
  return code === 0 && heard.equals(payload) ? 'whole' : 'failed';
}
