// Owns `pg`, unchanged, over connections of this library: its `stream` option. It must not know how the server is started:
// test/real/postgres.test.ts does that once for all.

import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import pg from 'pg';
import { connect, type AsyncConn } from 'berkeley';
import { toDuplex } from 'berkeley/streams';
import { pki } from '../support/pki.js';
import type { PostgresServer } from '../support/postgres-server.js';
import { sha256 } from '../support/bytes.js';
import { until } from '../net/kit.js';

const limit = { timeout: '10s' } as const;

/** Subtests of `t`. */
export async function testStreamsPostgres(t: TestContext, server: PostgresServer): Promise<void> {
  const { host, port, user, password } = server;
  const login = { user, password, database: 'postgres', connectionTimeoutMillis: 10_000 };
  const ssl = { ca: pki().root.cert, servername: 'localhost' };

  await t.test('pg takes a connection for its stream, and puts its own TLS on it', async () => {
    const client = new pg.Client({ ...login, ssl, stream: () => toDuplex(connect(host, port, limit)) });
    await client.connect();
    const { rows } = await client.query<{ ssl: boolean }>('select ssl from pg_stat_ssl where pid = pg_backend_pid()');
    assert.deepEqual(rows, [{ ssl: true }]);
    await carriesMuch(client);
    await client.end();
  });

  await t.test('pg takes a connection that has TLS of ours already', async () => {
    const conn = await secured(server);
    const client = new pg.Client({ ...login, stream: () => toDuplex(conn) });
    await client.connect();
    await carriesMuch(client);
    await assert.rejects(client.query('select nothing'), { code: '42703' });
    const { rows } = await client.query<{ n: number }>('select generate_series(1, 3) as n');
    assert.deepEqual(
      rows.map(({ n }) => n),
      [1, 2, 3],
    );
    await client.end();
    await until(() => conn.closeInfo !== null, 'the connection is closed with the client');
    assert.equal(conn.closeInfo?.clean, true);
  });

  await t.test('a pool of pg makes its connections so, and keeps them', async () => {
    let made = 0;
    const pool = new pg.Pool({
      ...login,
      ssl,
      max: 3,
      stream: () => {
        made++;
        return toDuplex(connect(host, port, limit));
      },
    });
    const sums = await Promise.all(
      Array.from({ length: 30 }, (_, i) => pool.query<{ n: number }>('select $1::int + 1 as n', [i])),
    );
    assert.deepEqual(
      sums.map(({ rows }) => rows[0]!.n),
      Array.from({ length: 30 }, (_, i) => i + 1),
    );
    assert.equal(made, 3);
    await pool.end();
  });

  await t.test('a session that the server ends is an error of pg, and its end', async () => {
    const client = new pg.Client({ ...login, ssl, stream: () => toDuplex(connect(host, port, limit)) });
    const other = new pg.Client({ ...login, ssl, stream: () => toDuplex(connect(host, port, limit)) });
    await Promise.all([client.connect(), other.connect()]);
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const failures: NodeJS.ErrnoException[] = [];
    client.on('error', (error) => failures.push(error));
    const ended = new Promise<void>((resolve) => client.once('end', resolve));
    const waiting = assert.rejects(client.query('select pg_sleep(60)'), { code: '57P01' });
    await other.query('select pg_terminate_backend($1)', [rows[0]!.pid]);
    await Promise.all([waiting, ended]);
    assert.ok(
      failures.some(({ message }) => /terminated unexpectedly/.test(message)),
      String(failures),
    );
    await other.end();
  });

  await t.test('a server that is not there is an error of connect()', async () => {
    const stream = toDuplex(connect('127.0.0.1', 1, limit));
    await assert.rejects(new pg.Client({ ...login, stream: () => stream }).connect(), { code: 'ECONNREFUSED' });
  });
}

/** A connection on which TLS was asked for, and begun by us. */
async function secured({ host, port }: PostgresServer): Promise<AsyncConn> {
  const conn = await connect(host, port, limit);
  await conn.write(Buffer.from('0000000804d2162f', 'hex'), limit);
  assert.equal(String(await conn.readExact(1, limit)), 'S');
  await conn.startTls({ ca: pki().root.cert, serverName: 'localhost', ...limit });
  return conn;
}

async function carriesMuch(client: pg.Client): Promise<void> {
  const text = 'é'.repeat(1_000_000);
  const { rows } = await client.query<{ text: string }>('select $1::text as text', [text]);
  assert.equal(sha256(Buffer.from(rows[0]!.text)), sha256(Buffer.from(text)));
}
