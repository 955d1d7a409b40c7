// Sends a mail, blocking, over SMTP with STARTTLS (RFC 3207): the conversation begins in plain text and goes on under TLS,
// or not at all.
//
//   node build/examples/smtp-send.js TARGET FROM TO TEXT [CA-FILE]
//   node build/examples/smtp-send.js mail.example.org:587 me@example.org you@example.net 'See you at eight'

import { connect, type SyncConn } from 'berkeley/sync';

const [target, from, to, text, ca] = process.argv.slice(2);
if (target === undefined || from === undefined || to === undefined || text === undefined) {
  console.log('usage: smtp-send TARGET FROM TO TEXT [CA-FILE]');
  process.exit();
}

const limit = { timeout: '30s' } as const;
const conn = connect(target, limit);
expect(conn, '220');
say('EHLO localhost');
if (!expect(conn, '250').some((line) => /^STARTTLS$/i.test(line))) throw new Error('the server offers no STARTTLS');
say('STARTTLS');
expect(conn, '220');

// Bytes that somebody slipped in behind that answer would be refused here, and so would a wrong certificate. The name to
// check is the host of the target.
const { version, cipher } = conn.startTls({ ...(ca === undefined ? {} : { ca: { file: ca } }), ...limit });
console.log(`${version}, ${cipher}`);

// RFC 3207 §4.2: what was learned in plain text is forgotten.
say('EHLO localhost');
expect(conn, '250');
say(`MAIL FROM:<${from}>`);
expect(conn, '250');
say(`RCPT TO:<${to}>`);
expect(conn, '250');
say('DATA');
expect(conn, '354');
for (const line of [`From: <${from}>`, `To: <${to}>`, 'Subject: hello', '', ...text.split('\n')]) {
  // RFC 5321 §4.5.2: a line of one dot would end the mail.
  say(line.startsWith('.') ? `.${line}` : line);
}
say('.');
console.log(expect(conn, '250').join(' '));
say('QUIT');
expect(conn, '221');
conn.close();

/** `writeLine` refuses text with a line end in it, so nobody can smuggle a command in. */
function say(line: string): void {
  conn.writeLine(line, limit);
}

/** Reads a reply, `250-…` and at last `250 …`, and returns the texts of its lines. */
function expect(server: SyncConn, code: string): string[] {
  const lines: string[] = [];
  for (;;) {
    const line = server.readLine(limit) ?? 'the end of the connection';
    if (!line.startsWith(code)) throw new Error(`${code} was to come: ${line}`);
    lines.push(line.slice(4));
    if (line[3] !== '-') return lines;
  }
}
