// Owns what Magnolia's module is for: mail. An SMTP session with STARTTLS against Postfix, and the mail fetched over POP3 and IMAP from
// Dovecot, blocking and with callbacks. It must not know how the servers are started: test/real/mail.test.ts does that once for all.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import { setDefaults } from 'berkeley/sync';
import type { SocketHandle } from 'berkeley/dialects/magnolia';
import type { MailServer } from '../../support/mail-server.js';
import { pki } from '../../support/pki.js';
import { closeQuietly, errorOf, handleOf, ways, type Ask } from './kit.js';

/** Subtests of `t`, both ways to call. */
export async function testMagnoliaMail(t: TestContext, server: MailServer): Promise<void> {
  setDefaults({ tls: { ca: pki().root.cert } });
  for (const [way, ask] of ways) {
    await t.test(
      `in Magnolia's words, a mail is sent with STARTTLS and fetched with STARTTLS and STLS (${way})`,
      async (t) => {
        const id = randomBytes(8).toString('hex');
        const open = async (port: number): Promise<SocketHandle> => {
          const handle = handleOf(await ask('connect', `localhost:${port}`));
          t.after(() => closeQuietly(handle));
          return handle;
        };

        const smtp = await open(server.smtp);
        assert.match(await reply(ask, smtp), /^220 /);
        assert.match(await say(ask, smtp, 'EHLO client.test'), /^250[- ]STARTTLS$/m);
        assert.match(await say(ask, smtp, 'STARTTLS'), /^220 /);
        const secured = await ask('startTLS', smtp);
        assert.ok(secured.type === 'ok' && secured.tls, JSON.stringify(secured));
        assert.doesNotMatch(await say(ask, smtp, 'EHLO client.test'), /STARTTLS/);
        for (const command of ['MAIL FROM:<me@client.test>', `RCPT TO:<${server.address}>`])
          assert.match(await say(ask, smtp, command), /^250 /);
        assert.match(await say(ask, smtp, 'DATA'), /^354 /);
        await ask('send', smtp, `Subject: ${id}\r\nFrom: me@client.test\r\n\r\nbody of ${id}\r\n.\r\n`);
        assert.match(await reply(ask, smtp), /^250 .*queued/);
        assert.match(await say(ask, smtp, 'QUIT'), /^221 /);
        assert.deepEqual(await ask('recvLine', smtp), { type: 'closed' });
        assert.deepEqual(await ask('close', smtp), { type: 'closed' });

        const imap = await open(server.imap);
        assert.match(await line(ask, imap), /^\* OK /);
        assert.match(await tagged(ask, imap, 'STARTTLS'), /^t OK/m);
        assert.equal((await ask('startTLS', imap)).type, 'ok');
        assert.match(await tagged(ask, imap, `LOGIN ${server.user} ${server.password}`), /^t OK/m);
        assert.match(await tagged(ask, imap, 'SELECT INBOX'), /^t OK/m);
        await arrival(ask, imap, id);
        assert.match(await tagged(ask, imap, 'LOGOUT'), /^t OK/m);
        assert.deepEqual(await ask('close', imap), { type: 'closed' });

        const pop3 = await open(server.pop3);
        assert.match(await line(ask, pop3), /^\+OK/);
        for (const command of ['STLS', `USER ${server.user}`, `PASS ${server.password}`]) {
          await ask('sendLine', pop3, command);
          assert.match(await line(ask, pop3), /^\+OK/);
          if (command === 'STLS') assert.equal((await ask('startTLS', pop3)).type, 'ok');
        }
        await ask('sendLine', pop3, 'STAT');
        const [, newest] = /^\+OK (\d+)/.exec(await line(ask, pop3))!;
        await ask('sendLine', pop3, `RETR ${newest}`);
        const [, size] = /^\+OK (\d+) octets/.exec(await line(ask, pop3))!;
        const mail = await ask('recvExact', pop3, Number(size));
        assert.ok(mail.type === 'data');
        assert.match(mail.data, new RegExp(`^Subject: ${id}\r\n[^]*\r\n\r\nbody of ${id}\r\n$`, 'm'));
        assert.equal(await line(ask, pop3), '.');
        assert.deepEqual(await ask('close', pop3), { type: 'closed' });
      },
    );

    await t.test(
      `in Magnolia's words, a server of another name is refused, and nothing is said to it any more (${way})`,
      async () => {
        const handle = handleOf(await ask('connect', `localhost:${server.pop3}`));
        assert.match(await line(ask, handle), /^\+OK/);
        await ask('sendLine', handle, 'STLS');
        assert.match(await line(ask, handle), /^\+OK/);
        const refused = errorOf(await ask('startTLS', handle, { serverName: 'mail.elsewhere.test' }));
        assert.match(refused, /^Could not upgrade socket to TLS: .*HOSTNAME_MISMATCH/);
        assert.match(errorOf(await ask('sendLine', handle, 'USER box')), /ERR_SOCKET_CLOSED/);
        assert.deepEqual(await ask('close', handle), { type: 'closed' });
      },
    );
  }
}

/** Waits until the mail is in the box: RFC 2177. */
async function arrival(ask: Ask, imap: SocketHandle, id: string): Promise<void> {
  for (;;) {
    const answer = await tagged(ask, imap, `SEARCH SUBJECT ${id}`);
    if (/^\* SEARCH \d+/m.test(answer)) return;
    if (/EXISTS/.test(answer)) continue;
    await ask('sendLine', imap, 't IDLE');
    while (!/EXISTS/.test(await line(ask, imap)));
    assert.match(await finished(ask, imap, 'DONE'), /^t OK/m);
  }
}

async function line(ask: Ask, handle: SocketHandle): Promise<string> {
  const got = await ask('recvLine', handle);
  assert.ok(got.type === 'data', JSON.stringify(got));
  return got.data;
}

/** A reply of SMTP, which may have several lines. */
async function reply(ask: Ask, handle: SocketHandle): Promise<string> {
  const lines: string[] = [];
  do lines.push(await line(ask, handle));
  while (lines.at(-1)![3] === '-');
  return lines.join('\n');
}

async function say(ask: Ask, handle: SocketHandle, command: string): Promise<string> {
  await ask('sendLine', handle, command);
  return reply(ask, handle);
}

/** A command of IMAP and everything up to its end. */
function tagged(ask: Ask, imap: SocketHandle, command: string): Promise<string> {
  return finished(ask, imap, `t ${command}`);
}

async function finished(ask: Ask, imap: SocketHandle, text: string): Promise<string> {
  await ask('sendLine', imap, text);
  const lines: string[] = [];
  do lines.push(await line(ask, imap));
  while (!lines.at(-1)!.startsWith('t '));
  return lines.join('\n');
}
