// Owns `nodemailer`, unchanged, over connections of this library: its `getSocket` option. It must not know how the servers are
// started: test/real/mail.test.ts does that once for all.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import { createTransport } from 'nodemailer';
import { connect, listen, type AsyncConn } from 'berkeley';
import { toDuplex } from 'berkeley/streams';
import type { MailServer } from '../support/mail-server.js';
import { pki } from '../support/pki.js';

const limit = { timeout: '15s' } as const;
type Given = (error: Error | null, socket?: { connection: unknown; secured?: boolean }) => void;

/** Subtests of `t`. */
export async function testStreamsMail(t: TestContext, server: MailServer): Promise<void> {
  const tls = { ca: pki().root.cert, servername: 'localhost' };
  const ways = {
    'its own STARTTLS': { dial: () => connect(server.host, server.smtp, limit), secured: false },
    'TLS of ours': {
      dial: () =>
        connect(server.host, server.smtps, { tls: { ca: pki().root.cert, serverName: 'localhost' }, ...limit }),
      secured: true,
    },
  };
  for (const [name, { dial, secured }] of Object.entries(ways))
    await t.test(`nodemailer sends a mail to Postfix over a connection, with ${name}`, async () => {
      const id = randomBytes(8).toString('hex');
      const transport = createTransport({
        host: 'localhost',
        secure: secured,
        requireTLS: !secured,
        tls,
        getSocket: (_options: unknown, given: Given) => given(null, { connection: toDuplex(dial()), secured }),
      } as Parameters<typeof createTransport>[0]);
      const body = `mail ${id}\n.\n${'x'.repeat(300_000).replaceAll(/.{70}/g, '$&\n')}`;
      const sent = (await transport.sendMail({
        from: 'me@client.test',
        to: server.address,
        subject: id,
        text: body,
      })) as { accepted: string[]; response: string };
      assert.deepEqual(sent.accepted, [server.address]);
      assert.match(sent.response, /queued as/);
      transport.close();
      assert.match(await delivered(server, id), new RegExp(`mail ${id}\\r\\n\\.\\r\\n`));
    });

  await t.test('a mail server that resets the connection is an error of nodemailer', async () => {
    const listener = await listen('127.0.0.1:0');
    const transport = createTransport({
      host: 'localhost',
      getSocket: (_options: unknown, given: Given) =>
        given(null, { connection: toDuplex(connect(listener.address, limit)) }),
    } as Parameters<typeof createTransport>[0]);
    const sending = assert.rejects(transport.sendMail({ from: 'me@client.test', to: server.address, text: 'x' }), {
      message: /ECONNRESET/,
    });
    const conn = await listener.accept(limit);
    await conn.writeLine('220 for now', limit);
    assert.match((await conn.readLine(limit))!, /^EHLO /);
    conn.abort();
    await sending;
    listener.close();
  });
}

/** The mail, as IMAP has it. Postfix has taken it, and delivers it in its own time. */
async function delivered(server: MailServer, id: string): Promise<string> {
  const conn = await connect(server.host, server.imaps, {
    tls: { ca: pki().root.cert, serverName: 'localhost' },
    ...limit,
  });
  try {
    await conn.readLine(limit);
    await command(conn, `login ${server.user} ${server.password}`);
    await command(conn, 'select inbox');
    for (let left = 200; left > 0; left--) {
      const found = /^\* SEARCH (\d+)/m.exec(await command(conn, `search subject ${id}`));
      if (found !== null) return await command(conn, `fetch ${found[1]!} body[text]`);
      await new Promise((resolve) => setTimeout(resolve, 50));
      await command(conn, 'noop');
    }
    return assert.fail(`the mail never came:\n${server.log()}`);
  } finally {
    await conn.close();
  }
}

let tags = 0;
async function command(conn: AsyncConn, words: string): Promise<string> {
  const tag = `t${++tags}`;
  await conn.writeLine(`${tag} ${words}`, limit);
  const lines: string[] = [];
  for (;;) {
    const line = await conn.readLine(limit);
    assert.notEqual(line, null);
    if (line!.startsWith(`${tag} `)) return lines.join('\r\n');
    lines.push(line!);
  }
}
