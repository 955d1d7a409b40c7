// Owns the PostgreSQL client of the toolbox, against a real server. It must not know how that is started: test/real/postgres.test.ts
// does it once for all.

import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { pki } from '../support/pki.js';
import type { PostgresServer } from '../support/postgres-server.js';
import { tool } from './program.js';

/** Subtests of `t`. */
export async function testToolboxPostgres(t: TestContext, server: PostgresServer): Promise<void> {
  const ask = (t: TestContext, query: string, password: string = server.password) =>
    tool(t, 'postgres', [`localhost:${server.port}`, server.user, 'postgres', query, pki().root.certFile], {
      PGPASSWORD: password,
    });

  await t.test('of the toolbox, postgres logs in with SCRAM over TLS, and prints rows', async (t) => {
    const rows = `select n, 'é' || n, null, (select ssl from pg_stat_ssl where pid = pg_backend_pid())
      from generate_series(1, 3) n`;
    assert.equal(await ask(t, rows).ends(), '1\té1\tNULL\tt\n2\té2\tNULL\tt\n3\té3\tNULL\tt\n');
    assert.equal((await ask(t, `select repeat('x', 300000)`).ends()).length, 300_001);
    assert.equal(await ask(t, 'create temporary table nothing (n int)').ends(), '');
  });

  await t.test('of the toolbox, postgres says what the server refuses', async (t) => {
    assert.match(await ask(t, 'select nothing').ends(1), /^column "nothing" does not exist$/m);
    assert.match(await ask(t, 'select 1', 'wrong').ends(1), /^password authentication failed for user "reader"$/m);
    const stranger = tool(t, 'postgres', [`localhost:${server.port}`, server.user, 'postgres', 'select 1']);
    assert.match(await stranger.ends(1), /UNABLE_TO_GET_ISSUER_CERT_LOCALLY/);
  });
}
