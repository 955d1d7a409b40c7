// Owns the mail programs of the toolbox, against real servers: smtp-send gives a mail to Postfix, imap-fetch gets it from Dovecot. It
// must not know how the servers are started: test/real/mail.test.ts does that once for all.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import type { MailServer } from '../support/mail-server.js';
import { pki } from '../support/pki.js';
import { tool } from './program.js';

/** Subtests of `t`. */
export async function testToolboxMail(t: TestContext, server: MailServer): Promise<void> {
  const ca = pki().root.certFile;

  await t.test('of the toolbox, smtp-send sends a mail with STARTTLS, and imap-fetch prints it', async (t) => {
    const id = randomBytes(8).toString('hex');
    const text = `mail ${id}\n.\n.hidden\n\nthe end`;
    const words = [`localhost:${server.smtp}`, 'me@client.test', server.address, text, ca];
    assert.match(await tool(t, 'smtp-send', words).ends(), /^TLSv1\.3, TLS_\w+\n.*queued as \w+\n$/);
    const fetch = (): Promise<string> =>
      tool(t, 'imap-fetch', [`localhost:${server.imaps}`, server.user, '3', ca], {
        IMAP_PASSWORD: server.password,
      }).ends();
    let printed = '';
    // Postfix has taken the mail, and delivers it in its own time.
    for (let left = 50; left > 0 && !printed.includes(id); left--) printed = await fetch();
    assert.match(printed, /^[1-9]\d* mails\n/);
    assert.match(printed, /^ +\d+ {2}From: <me@client\.test> {2}Subject: hello$/m);
    assert.ok(printed.endsWith(`\n\nmail ${id}\r\n.\r\n.hidden\r\n\r\nthe end\n`), printed);
  });

  await t.test('of the toolbox, both say what a server refuses', async (t) => {
    const words = [`localhost:${server.smtp}`, 'me@client.test', 'some body@example.test', 'hello', ca];
    assert.match(await tool(t, 'smtp-send', words).ends(1), /^250 was to come: 501 5\.1\.3 /m);
    const wrong = { IMAP_PASSWORD: 'wrong "word"' };
    const fetched = tool(t, 'imap-fetch', [`localhost:${server.imaps}`, server.user, '3', ca], wrong);
    assert.match(await fetched.ends(1), /^the server says NO .*Authentication failed/m);
    const stranger = tool(t, 'imap-fetch', [`localhost:${server.imaps}`, server.user]);
    assert.match(await stranger.ends(1), /UNABLE_TO_GET_ISSUER_CERT_LOCALLY/);
  });
}
