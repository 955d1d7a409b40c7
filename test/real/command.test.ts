// Owns the tests of the command against real servers: nginx, Postfix, Dovecot and PostgreSQL.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { berkeley } from '../cli/command.js';
import { startMail } from '../support/mail-server.js';
import { pki } from '../support/pki.js';
import { startPostgres } from '../support/postgres-server.js';
import { installed, startNginx } from '../support/server.js';

/** A test that hangs is a failure. */
const LIMIT = { timeout: 30_000 };
const trusted = (): string[] => ['--ca', pki().root.certFile];

interface Printed {
  readonly tls: { readonly version: string; readonly alpn: string | null; readonly authorized: boolean } | null;
  readonly chain: readonly { readonly pin: string }[];
}

test('connect --tls fetches a page from nginx, whose answer begins after the end of the input', LIMIT, async (t) => {
  const program = installed(t, 'nginx');
  if (program === null) return;
  const content = Buffer.alloc(2_000_000, 'page ');
  const { port } = await startNginx(t, program, { page: content }, { certificate: pki().server, http2: true });
  const command = berkeley(t, 'connect', '--tls', '--crlf', ...trusted(), `localhost:${port}`);
  command.child.stdin.end('GET /page HTTP/1.0\n\n');
  assert.equal(await command.ended(), 0, command.err);
  const head = command.out.indexOf('\r\n\r\n');
  assert.match(command.out.toString('latin1', 0, head), /^HTTP\/1\.1 200 OK\r\n/);
  assert.ok(command.out.subarray(head + 4).equals(content));

  const facts = berkeley(t, 'tls', '--json', '--alpn', 'h2,http/1.1', ...trusted(), `localhost:${port}`);
  assert.equal(await facts.ended(), 0, facts.err);
  const { tls, chain } = JSON.parse(facts.out.toString()) as Printed;
  assert.equal(tls?.alpn, 'h2');
  assert.equal(chain[0]?.pin, pki().server.pin);
});

test('tls and connect begin TLS with Postfix and Dovecot as SMTP, IMAP and POP3 do', LIMIT, async (t) => {
  const mail = await startMail(t, pki().server);
  if (mail === null) return;
  for (const protocol of ['smtp', 'imap', 'pop3'] as const) {
    const words = ['--starttls', protocol, ...trusted(), `localhost:${mail[protocol]}`];
    const facts = berkeley(t, 'tls', '--json', ...words);
    assert.equal(await facts.ended(), 0, `${protocol}: ${facts.out.toString()}`);
    assert.equal((JSON.parse(facts.out.toString()) as Printed).chain[0]?.pin, pki().server.pin);
    // Nobody may log in before TLS, so an answer shows that it has begun.
    const [say, hear] = talks[protocol](mail.user, mail.password);
    const command = berkeley(t, 'connect', '--crlf', ...words);
    command.child.stdin.end(say);
    assert.equal(await command.ended(), 0, `${protocol}: ${command.err}`);
    assert.match(command.out.toString(), hear);
  }
});

const talks = {
  smtp: () => ['EHLO localhost\nMAIL FROM:<a@example.test>\nQUIT\n', /^250 2\.1\.0 Ok\r\n221 /m],
  imap: (user, password) => [`1 LOGIN ${user} ${password}\n2 LOGOUT\n`, /^1 OK .*\r\n[^]*^2 OK /m],
  pop3: (user, password) => [`USER ${user}\nPASS ${password}\nQUIT\n`, /^\+OK.*\r\n\+OK Logged in\.\r\n\+OK/m],
} satisfies Record<string, (user: string, password: string) => [say: string, hear: RegExp]>;

test('tls begins TLS with PostgreSQL by an SSLRequest', LIMIT, async (t) => {
  const server = await startPostgres(t, pki().server);
  if (server === null) return;
  const facts = berkeley(t, 'tls', '--json', '--starttls', 'postgres', ...trusted(), `localhost:${server.port}`);
  assert.equal(await facts.ended(), 0, facts.out.toString());
  assert.equal((JSON.parse(facts.out.toString()) as Printed).tls?.authorized, true);
  // Not asked for, it answers with an error of its own: no TLS.
  const wrong = berkeley(t, 'tls', ...trusted(), `localhost:${server.port}`);
  assert.equal(await wrong.ended(), 5);
});
