// PostgreSQL at the other end: SSLRequest and TLS behind one byte of answer, a login with SCRAM that is bound to the
// connection, and queries, in both colours.

import assert from 'node:assert/strict';
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { testToolboxPostgres } from '../examples/toolbox-postgres.js';
import { testStreamsPostgres } from '../streams/postgres.js';
import { pki } from '../support/pki.js';
import { startPostgres, type PostgresServer } from '../support/postgres-server.js';
import { colours, failureOf, type Conn, type Net } from './colours.js';

const limit = { timeout: '10s' } as const;
const tls = () => ({ ca: pki().root.cert, serverName: 'localhost', ...limit });

// One server for all tests of the file: making a database takes a second.
test('PostgreSQL', async (t) => {
  const server = await startPostgres(t, pki().server);
  if (server === null) return;

  for (const { name, net } of colours) {
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      await t.test(`SSLRequest, TLS, a login that is bound to it, and queries, ${version} (${name})`, async () => {
        const conn = await asked(net, server);
        try {
          await conn.startTls({ ...tls(), minVersion: version, maxVersion: version });
          assert.equal(conn.tls?.version, version);
          assert.equal(conn.tls.authorized, true);
          await logIn(conn, server, conn.tls.channelBinding('tls-server-end-point'));
          const seen = await query(conn, 'select ssl, version from pg_stat_ssl where pid = pg_backend_pid()');
          assert.deepEqual(seen, [['t', version]]);
          const text = `é${'x'.repeat(500_000)}`;
          const [[back, length] = []] = await query(conn, `select '${text}', length('${text}')`);
          assert.ok(back === text);
          assert.equal(Number(length), 500_001);
          await assert.rejects(() => query(conn, 'select nothing'), /42703/);
          assert.deepEqual(await query(conn, 'select generate_series(1, 3)'), [['1'], ['2'], ['3']]);
          await conn.write(message('X', Buffer.alloc(0)), limit);
          assert.equal(await conn.read(undefined, limit), null, 'it ends the connection with close_notify');
        } finally {
          conn.abort();
        }
      });
    }

    await t.test(`a login that is bound to another connection is refused (${name})`, async () => {
      const conn = await asked(net, server);
      try {
        await conn.startTls(tls());
        const other = createHash('sha256').update(pki().client.x509.raw).digest();
        await assert.rejects(() => logIn(conn, server, other), /SCRAM channel binding check failed/);
      } finally {
        conn.abort();
      }
    });

    await t.test(`the server of another name is refused, and gets no login (${name})`, async () => {
      const conn = await asked(net, server);
      const failure = await failureOf(() => conn.startTls({ ...tls(), serverName: 'db.elsewhere.test' }));
      assert.equal(failure.code, 'HOSTNAME_MISMATCH');
      await assert.rejects(async () => conn.write(startup(server), limit), { code: 'ERR_SOCKET_CLOSED' });
      assert.equal(conn.socket.fd, -1);
    });

    await t.test(`without SSLRequest there is no login, which it says in the clear (${name})`, async () => {
      const conn = await net.connect(server.host, server.port, limit);
      try {
        await conn.write(startup(server), limit);
        const { kind, body } = await reply(conn);
        assert.equal(kind, 'E');
        assert.match(body.toString(), /no pg_hba\.conf entry.*no encryption/);
      } finally {
        conn.abort();
      }
    });
  }
  await testToolboxPostgres(t, server);
  await testStreamsPostgres(t, server);
});

/** A connection on which TLS is asked for and granted. */
async function asked(net: Net, { host, port }: PostgresServer): Promise<Conn> {
  const conn = await net.connect(host, port, limit);
  const request = Buffer.alloc(8);
  request.writeInt32BE(8);
  request.writeInt32BE(80_877_103, 4);
  await conn.write(request, limit);
  // One byte, and it must be read as one: what came behind it would be plaintext.
  assert.equal((await conn.readExact(1, limit)).toString(), 'S');
  return conn;
}

function startup({ user }: PostgresServer): Buffer {
  const words = Buffer.from(`\0\x03\0\0user\0${user}\0database\0postgres\0\0`, 'latin1');
  return Buffer.concat([int32(words.length + 4), words]);
}

/** SCRAM-SHA-256-PLUS: RFC 5802, RFC 7677, with tls-server-end-point of RFC 5929. */
async function logIn(conn: Conn, server: PostgresServer, binding: Buffer): Promise<void> {
  await conn.write(startup(server), limit);
  const offer = await authentication(conn, 10);
  assert.ok(offer.toString().split('\0').includes('SCRAM-SHA-256-PLUS'));
  const head = 'p=tls-server-end-point,,';
  const first = `n=,r=${randomBytes(18).toString('base64')}`;
  const initial = Buffer.from(head + first);
  await conn.write(message('p', 'SCRAM-SHA-256-PLUS\0', int32(initial.length), initial), limit);
  const challenge = (await authentication(conn, 11)).toString();
  const [, nonce, salt, count] = /^r=([^,]+),s=([^,]+),i=(\d+)$/.exec(challenge) ?? [];
  assert.ok(nonce !== undefined && salt !== undefined);
  const bound = Buffer.concat([Buffer.from(head), binding]).toString('base64');
  const last = `c=${bound},r=${nonce}`;
  const salted = pbkdf2Sync(server.password, Buffer.from(salt, 'base64'), Number(count), 32, 'sha256');
  const signed = [first, challenge, last].join(',');
  const key = hmac(salted, 'Client Key');
  const signature = hmac(createHash('sha256').update(key).digest(), signed);
  const proof = key.map((byte, i) => byte ^ signature[i]!);
  await conn.write(message('p', `${last},p=${Buffer.from(proof).toString('base64')}`), limit);
  const verdict = (await authentication(conn, 12)).toString();
  assert.equal(verdict, `v=${hmac(hmac(salted, 'Server Key'), signed).toString('base64')}`);
  await authentication(conn, 0);
  while ((await reply(conn)).kind !== 'Z');
}

/** The rows of a simple query, as text. */
async function query(conn: Conn, text: string): Promise<string[][]> {
  await conn.write(message('Q', `${text}\0`), limit);
  const rows: string[][] = [];
  let failure: Error | null = null;
  for (;;) {
    const { kind, body } = await reply(conn);
    if (kind === 'E') failure = new Error(body.toString().replaceAll('\0', ' '));
    if (kind === 'D') rows.push(row(body));
    if (kind === 'Z') break;
  }
  if (failure !== null) throw failure;
  return rows;
}

function row(body: Buffer): string[] {
  const values: string[] = [];
  let at = 2;
  for (let left = body.readInt16BE(); left > 0; left--) {
    const length = body.readInt32BE(at);
    values.push(body.toString('utf8', at + 4, at + 4 + length));
    at += 4 + length;
  }
  return values;
}

async function authentication(conn: Conn, expected: number): Promise<Buffer> {
  const { kind, body } = await reply(conn);
  if (kind === 'E') throw new Error(body.toString().replaceAll('\0', ' '));
  assert.equal(kind, 'R');
  assert.equal(body.readInt32BE(), expected);
  return body.subarray(4);
}

async function reply(conn: Conn): Promise<{ kind: string; body: Buffer }> {
  const head = await conn.readExact(5, limit);
  const kind = head.toString('latin1', 0, 1);
  const length = head.readInt32BE(1);
  return { kind, body: await conn.readExact(length - 4, limit) };
}

function message(kind: string, ...parts: (string | Buffer)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part as Buffer)));
  return Buffer.concat([Buffer.from(kind), int32(body.length + 4), body]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
