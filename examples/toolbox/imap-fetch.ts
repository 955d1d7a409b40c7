// Fetches mail over IMAP and TLS (RFC 9051, RFC 8314): lists who wrote and about what, and prints the text of the newest one. The
// mails stay unread.
//
//   IMAP_PASSWORD=… node build/examples/toolbox/imap-fetch.js HOST:PORT USER [COUNT] [CA-FILE]     the last ten unless told
//   IMAP_PASSWORD=… node build/examples/toolbox/imap-fetch.js imap.example.org:993 me

import { connect, type SocketError, type SyncConn } from 'berkeley/sync';

const limit = { timeout: '30s' } as const;
const [target, user, count = '10', ca] = process.argv.slice(2);
if (target === undefined || user === undefined) console.log('usage: imap-fetch HOST:PORT USER [COUNT] [CA-FILE]');
else {
  try {
    using conn = connect(target, { tls: ca === undefined ? true : { ca: { file: ca } }, ...limit });
    fetch(conn, user, process.env['IMAP_PASSWORD'] ?? '', Number(count));
    conn.close();
  } catch (error) {
    const { message, hint } = error as SocketError;
    console.error(hint ? `${message}: ${hint}` : message);
    process.exitCode = 1;
  }
}

function fetch(conn: SyncConn, name: string, password: string, most: number): void {
  const greeting = answer(conn).text;
  if (!greeting.startsWith('* OK')) throw new Error(`the server says ${greeting}`);
  command(conn, `LOGIN ${quote(name)} ${quote(password)}`);
  const box = command(conn, 'SELECT INBOX').map(({ text }) => text);
  const last = Number(box.map((line) => /^\* (\d+) EXISTS/.exec(line)?.[1]).find(Boolean) ?? 0);
  console.log(`${last} mails`);
  if (last > 0) {
    const from = Math.max(1, last - most + 1);
    // PEEK leaves the mark that says whether it was read.
    for (const { text, literals } of command(conn, `FETCH ${from}:${last} BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)]`))
      console.log(`${text.split(' ')[1]!.padStart(5)}  ${literals.join('').trim().split('\r\n').sort().join('  ')}`);
    const [newest] = command(conn, `FETCH ${last} BODY.PEEK[TEXT]`);
    console.log(`\n${newest?.literals[0]?.toString().trimEnd() ?? ''}`);
  }
  command(conn, 'LOGOUT');
}

/** A quoted string: RFC 9051 §4.3. `writeLine` refuses CR and LF, so nobody can smuggle a command in. */
function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

interface Answer {
  readonly text: string;
  readonly literals: Buffer[];
}

/** Everything that the server says to a command, up to the line that begins with our tag. */
function command(conn: SyncConn, words: string): Answer[] {
  conn.writeLine(`a ${words}`, limit);
  for (const answers: Answer[] = []; ;) {
    const next = answer(conn);
    if (next.text.startsWith('a OK')) return answers;
    if (next.text.startsWith('a ')) throw new Error(`the server says ${next.text.slice(2)}`);
    answers.push(next);
  }
}

/** A line; where it ends with a length in braces, so many bytes follow, and then the line goes on. */
function answer(conn: SyncConn): Answer {
  const literals: Buffer[] = [];
  for (let text = ''; ;) {
    const line = conn.readLine(limit);
    if (line === null) throw new Error('the server has closed the connection');
    text += line;
    const length = /\{(\d+)\}$/.exec(line)?.[1];
    if (length === undefined) return { text, literals };
    literals.push(conn.readExact(Number(length), limit));
  }
}
