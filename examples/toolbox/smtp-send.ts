// Sends a mail over SMTP with STARTTLS (RFC 3207): the conversation begins in plain text and goes on under TLS, or not at all.
//
//   node build/examples/toolbox/smtp-send.js TARGET FROM TO TEXT [CA-FILE]
//   node build/examples/toolbox/smtp-send.js mail.example.org:587 me@example.org you@example.net 'See you at eight'

import { connect, type SocketError, type SyncConn } from 'berkeley/sync';

const limit = { timeout: '30s' } as const;
const [target, from, to, text, ca] = process.argv.slice(2);
if (target === undefined || from === undefined || to === undefined || text === undefined)
  console.log('usage: smtp-send TARGET FROM TO TEXT [CA-FILE]');
else {
  try {
    using conn = connect(target, limit);
    begin(conn);
    mail(conn, from, to, text);
    command(conn, 'QUIT', '221');
    conn.close();
  } catch (error) {
    const { message, hint } = error as SocketError;
    console.error(hint ? `${message}: ${hint}` : message);
    process.exitCode = 1;
  }
}

function begin(conn: SyncConn): void {
  expect(conn, '220');
  const offers = command(conn, 'EHLO localhost', '250');
  if (!offers.some((line) => /^STARTTLS$/i.test(line))) throw new Error('the server offers no STARTTLS');
  command(conn, 'STARTTLS', '220');
  // Bytes that somebody slipped in behind that answer would be refused here, and so would a wrong certificate. The name to
  // check is the host of the target.
  const { version, cipher } = conn.startTls({ ...(ca && { ca: { file: ca } }), ...limit });
  console.log(`${version}, ${cipher}`);
  // RFC 3207 §4.2: what was learned in plain text is forgotten.
  command(conn, 'EHLO localhost', '250');
}

function mail(conn: SyncConn, sender: string, recipient: string, body: string): void {
  command(conn, `MAIL FROM:<${sender}>`, '250');
  command(conn, `RCPT TO:<${recipient}>`, '250');
  command(conn, 'DATA', '354');
  for (const line of [`From: <${sender}>`, `To: <${recipient}>`, 'Subject: hello', '', ...body.split('\n')]) {
    // RFC 5321 §4.5.2: a line of one dot would end the mail.
    conn.writeLine(line.startsWith('.') ? `.${line}` : line, limit);
  }
  console.log(command(conn, '.', '250').join(' '));
}

/** `writeLine` refuses text with a line end in it, so nobody can smuggle a command in. */
function command(conn: SyncConn, line: string, code: string): string[] {
  conn.writeLine(line, limit);
  return expect(conn, code);
}

/** Reads a reply, `250-…` and at last `250 …`, and returns the texts of its lines. */
function expect(conn: SyncConn, code: string): string[] {
  const lines: string[] = [];
  for (;;) {
    const line = conn.readLine(limit) ?? 'the end of the connection';
    if (!line.startsWith(code)) throw new Error(`${code} was to come: ${line}`);
    lines.push(line.slice(4));
    if (line[3] !== '-') return lines;
  }
}
