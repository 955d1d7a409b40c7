// Real mail servers at the other end: a client of each colour sends a mail over SMTP and fetches it over IMAP and POP3, with
// TLS in the middle of every connection and from its start.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { testMagnoliaMail } from '../dialects/magnolia/mail.js';
import { testToolboxMail } from '../examples/toolbox-mail.js';
import { testStreamsMail } from '../streams/mail.js';
import { startMail, type MailServer } from '../support/mail-server.js';
import { pki } from '../support/pki.js';
import { colours, failureOf, type Conn, type Net } from './colours.js';

const limit = { timeout: '15s' } as const;
const tls = () => ({ ca: pki().root.cert, serverName: 'localhost', ...limit });

/** TLS behind a command, or from the start. */
type Begin = 'in the middle' | 'from the start';

// One pair of servers for all tests of the file, because they take seconds to start.
test('Postfix and Dovecot', async (t) => {
  const server = await startMail(t, pki().server);
  if (server === null) return;
  for (const { name, net } of colours) {
    for (const begin of ['in the middle', 'from the start'] as const) {
      await t.test(`a mail sent over SMTP comes back over IMAP and POP3, TLS ${begin} (${name})`, async () => {
        const id = randomBytes(8).toString('hex');
        const body = bodyOf(id);
        await send(net, server, begin, id, body);
        assert.equal(await fetchImap(net, server, begin, id), body);
        assert.equal(await fetchPop3(net, server, begin, id), body);
      });
    }

    await t.test(`before TLS, Postfix takes no mail (${name})`, async () => {
      const smtp = await net.connect(server.host, server.smtp, limit);
      await greeting(smtp);
      await smtp.writeLine('EHLO client.test', limit);
      assert.match(await smtpReply(smtp), /^250[ -]STARTTLS$/m);
      await smtp.writeLine('MAIL FROM:<me@client.test>', limit);
      assert.match(await smtpReply(smtp), /^530 .*STARTTLS/);
      await smtp.close();
    });

    await t.test(`a mail server of another name is refused, and the connection is over (${name})`, async () => {
      const conn = await net.connect(server.host, server.smtp, limit);
      await greeting(conn);
      await conn.writeLine('EHLO client.test', limit);
      await smtpReply(conn);
      await conn.writeLine('STARTTLS', limit);
      assert.match(await smtpReply(conn), /^220 /);
      const failure = await failureOf(() => conn.startTls({ ...tls(), serverName: 'mail.elsewhere.test' }));
      assert.equal(failure.code, 'HOSTNAME_MISMATCH');
      await assert.rejects(async () => conn.writeLine('EHLO client.test', limit), { code: 'ERR_SOCKET_CLOSED' });
    });

    await t.test(`a command behind STARTTLS is not taken for one that came in TLS (${name})`, async () => {
      const conn = await net.connect(server.host, server.smtp, limit);
      await greeting(conn);
      await conn.writeLine('EHLO client.test', limit);
      await smtpReply(conn);
      // Postfix drops what stands behind the command (CVE-2011-0411); were it not so, its answer would come twice.
      await conn.write('STARTTLS\r\nNOOP\r\n', limit);
      assert.match(await smtpReply(conn), /^220 /);
      await conn.startTls(tls());
      await conn.writeLine('VRFY nobody', limit);
      assert.doesNotMatch(await smtpReply(conn), /^250 /);
      await quit(conn);
    });
  }
  await testToolboxMail(t, server);
  await testStreamsMail(t, server);
  // Last, because it sets defaults.
  await testMagnoliaMail(t, server);
});

/** Lines that are hard for a protocol of lines: dots, long ones, an empty end. */
function bodyOf(id: string): string {
  const lines = [
    `mail ${id}`,
    '.',
    '..',
    '.hidden',
    '',
    'x'.repeat(900),
    ...Array.from({ length: 3000 }, (_, i) => `${i} ${id}`),
  ];
  return [...lines, ''].join('\r\n');
}

async function send(net: Net, server: MailServer, begin: Begin, id: string, body: string): Promise<void> {
  const conn = await open(net, server.host, begin === 'from the start' ? server.smtps : server.smtp, begin);
  try {
    await greeting(conn);
    await conn.writeLine('EHLO client.test', limit);
    const offers = await smtpReply(conn);
    if (begin === 'in the middle') {
      assert.match(offers, /^250[ -]STARTTLS$/m);
      await conn.writeLine('STARTTLS', limit);
      assert.match(await smtpReply(conn), /^220 /);
      await conn.startTls(tls());
      await conn.writeLine('EHLO client.test', limit);
      // What was offered in the clear counts no more.
      assert.doesNotMatch(await smtpReply(conn), /STARTTLS/);
    }
    for (const [command, expected] of [
      ['MAIL FROM:<me@client.test>', /^250 /],
      [`RCPT TO:<${server.address}>`, /^250 /],
      ['DATA', /^354 /],
    ] as const) {
      await conn.writeLine(command, limit);
      assert.match(await smtpReply(conn), expected);
    }
    const head = `From: me@client.test\r\nTo: ${server.address}\r\nSubject: ${id}\r\n\r\n`;
    await conn.write([head, body.replace(/^\./gm, '..'), '.\r\n'], limit);
    assert.match(await smtpReply(conn), /^250 .*queued/);
    await quit(conn);
  } finally {
    conn.abort();
  }
}

/** Waits for the mail, fetches it by its subject, and leaves it. */
async function fetchImap(net: Net, server: MailServer, begin: Begin, id: string): Promise<string> {
  const conn = await open(net, server.host, begin === 'from the start' ? server.imaps : server.imap, begin);
  try {
    assert.match((await conn.readLine(limit)) ?? '', /^\* OK /);
    if (begin === 'in the middle') {
      await imap(conn, 'STARTTLS');
      await conn.startTls(tls());
    }
    await imap(conn, `LOGIN ${server.user} ${server.password}`);
    await imap(conn, 'SELECT INBOX');
    for (;;) {
      const answer = await imap(conn, `SEARCH SUBJECT ${id}`);
      const [, found] = /^\* SEARCH (\d+)/m.exec(answer) ?? [];
      if (found !== undefined) return await imapBody(conn, found);
      if (/EXISTS/.test(answer)) continue;
      // Until it tells of a new mail, which it does at once where one has come in between: RFC 2177.
      await conn.writeLine('t IDLE', limit);
      while (!/EXISTS/.test((await conn.readLine(limit)) ?? '* EXISTS'));
      await conn.writeLine('DONE', limit);
      await imapEnd(conn);
    }
  } finally {
    conn.abort();
  }
}

async function imapBody(conn: Conn, number: string): Promise<string> {
  await conn.writeLine(`t FETCH ${number} BODY.PEEK[TEXT]`, limit);
  const [, size] = /\{(\d+)\}$/.exec((await conn.readLine(limit)) ?? '') ?? [];
  const body = await conn.readExact(Number(size), limit);
  await imapEnd(conn);
  await conn.writeLine('t LOGOUT', limit);
  assert.match((await conn.readAll(limit)).toString(), /^\* BYE .*\r\nt OK /);
  await conn.close();
  assert.equal(conn.closeInfo?.truncated, false);
  return body.toString();
}

async function fetchPop3(net: Net, server: MailServer, begin: Begin, id: string): Promise<string> {
  const conn = await open(net, server.host, begin === 'from the start' ? server.pop3s : server.pop3, begin);
  const command = async (text: string): Promise<string> => {
    await conn.writeLine(text, limit);
    const line = (await conn.readLine(limit)) ?? '';
    assert.match(line, /^\+OK/, text);
    return line;
  };
  const lines = async (): Promise<string[]> => {
    const found: string[] = [];
    for (;;) {
      const line = await conn.readLine(limit);
      if (line === '.' || line === null) return found;
      found.push(line.replace(/^\./, ''));
    }
  };
  try {
    assert.match((await conn.readLine(limit)) ?? '', /^\+OK/);
    if (begin === 'in the middle') {
      await command('STLS');
      await conn.startTls(tls());
    }
    await command(`USER ${server.user}`);
    await command(`PASS ${server.password}`);
    const [, count] = /^\+OK (\d+)/.exec(await command('STAT')) ?? [];
    for (let number = Number(count); number > 0; number--) {
      await command(`RETR ${number}`);
      const mail = await lines();
      if (!mail.includes(`Subject: ${id}`)) continue;
      await command('QUIT');
      assert.equal(await conn.read(undefined, limit), null, 'close_notify');
      return [...mail.slice(mail.indexOf('') + 1), ''].join('\r\n');
    }
    throw new Error(`no mail with ${id}`);
  } finally {
    conn.abort();
  }
}

async function open(net: Net, host: string, port: number, begin: Begin): Promise<Conn> {
  const conn = await net.connect(host, port, begin === 'from the start' ? { tls: tls(), ...limit } : limit);
  assert.equal(conn.tlsState, begin === 'from the start' ? 'established' : 'none');
  return conn;
}

async function greeting(conn: Conn): Promise<void> {
  assert.match(await smtpReply(conn), /^220 /);
}

async function quit(conn: Conn): Promise<void> {
  await conn.writeLine('QUIT', limit);
  assert.match(await smtpReply(conn), /^221 /);
  assert.equal(await conn.read(undefined, limit), null, 'close_notify');
  await conn.close();
  assert.equal(conn.closeInfo?.truncated, false);
}

/** All lines of a reply: RFC 5321 §4.2.1. */
async function smtpReply(conn: Conn): Promise<string> {
  const lines: string[] = [];
  for (;;) {
    const line = await conn.readLine(limit);
    if (line === null) throw new Error(`the end after ${lines.join('\n')}`);
    lines.push(line);
    if (/^\d{3}( |$)/.test(line)) return lines.join('\n');
  }
}

/** A command and what comes back, which must end with OK. */
async function imap(conn: Conn, command: string): Promise<string> {
  await conn.writeLine(`t ${command}`, limit);
  return imapEnd(conn);
}

async function imapEnd(conn: Conn): Promise<string> {
  const lines: string[] = [];
  for (;;) {
    const line = await conn.readLine(limit);
    if (line === null) throw new Error(`the end after ${lines.join('\n')}`);
    lines.push(line);
    if (line.startsWith('t ')) break;
  }
  assert.match(lines.at(-1) ?? '', /^t OK/);
  return lines.join('\n');
}
