// The man in the middle again, in both colours, with the `openssl` command at the other end: s_server -rev, which sends lines
// back reversed until it hears CLOSE, and an s_client for each connection.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { colours } from '../net/kit.js';
import { pki } from '../support/pki.js';
import { OpensslServer } from '../tls/openssl-server.js';
import type { Draw } from './draw.js';
import { size } from './size.js';
import { clients, servers, type Visit } from './tls-mutated-ends.js';
import { nameOf, underAttack, type Attack, type Kind, type Met } from './tls-mutated-loop.js';

const CONNECTIONS = size(52, 2600);
const CLOSE = '\nCLOSE\n';

for (const [colour, net] of colours) {
  test(`${CONNECTIONS} connections of a client to s_server under attack are whole or fail (${colour})`, async (t) => {
    await underAttack(t, { ...attack, isClient: true, answerOf: reversed }, await clients(t, net, serverOf(t)));
  });
  test(`${CONNECTIONS} connections of s_client to a listener under attack are whole or fail (${colour})`, async (t) => {
    await underAttack(t, { ...attack, isClient: false }, await servers(t, net, visitOf(t)));
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

function serverOf(t: TestContext): (kind: Kind) => Promise<number> {
  const { root, server } = pki();
  const others: OpensslServer[] = [];
  t.after(() => Promise.all(others.map((one) => one.stop())));
  return async (kind) => {
    const asks = kind.full ? ['-Verify', '3', '-verify_return_error', '-CAfile', root.leafFile] : [];
    const other = new OpensslServer(server, ['-rev', ...wordsOf(kind), ...asks]);
    others.push(other);
    return await other.port();
  };
}

function visitOf(t: TestContext): Visit {
  const files = new Map<string, string>();
  return (port, kind, payload, plain) => {
    const name = nameOf({ ...kind, resumes: false });
    let file = files.get(name);
    if (file === undefined) files.set(name, (file = pki().file('session', '')));
    const session = kind.resumes ? ['-sess_in', file] : plain ? ['-sess_out', file] : [];
    const said = visit(t, port, payload, [...wordsOf(kind), ...session], kind.full);
    return () => said;
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
