// Owns what is said in plain text before TLS begins, for each protocol that begins so. It must not know TLS: each
// dialogue ends where the ClientHello belongs.

import type { AsyncConn } from '../contract/conn.js';
import type { Op } from '../contract/mode.js';
import { visible } from './visible.js';

export type StarttlsProtocol = 'smtp' | 'imap' | 'pop3' | 'postgres';

/** The server does not do it, or says something else. */
export class StarttlsError extends Error {}

/** Brings a fresh connection to where TLS begins. What the server sends beyond its answer stays in the read buffer, where `startTls` finds and refuses it. */
export async function askForTls(conn: AsyncConn, protocol: StarttlsProtocol, limit: Op): Promise<void> {
  const { encoding } = conn;
  // Servers greet in any encoding, and only the first few ASCII characters matter.
  conn.encoding = 'latin1';
  await dialogues[protocol](conn, limit);
  conn.encoding = encoding;
}

const dialogues: Record<StarttlsProtocol, (conn: AsyncConn, limit: Op) => Promise<void>> = {
  /** RFC 3207. */
  async smtp(conn, limit) {
    await smtpReply(conn, '220', 'greet', limit);
    await conn.writeLine(`EHLO ${addressLiteral(conn)}`, limit);
    const offers = await smtpReply(conn, '250', 'take EHLO', limit);
    if (!offers.some((offer) => /^STARTTLS\b/i.test(offer))) throw new StarttlsError('the server offers no STARTTLS');
    await conn.writeLine('STARTTLS', limit);
    await smtpReply(conn, '220', 'start TLS', limit);
  },

  /** RFC 9051 §6.2.1. */
  async imap(conn, limit) {
    const greeting = await line(conn, limit);
    // RFC 9051 §7.1.4: who is logged in already cannot start TLS any more.
    if (!/^\* OK\b/i.test(greeting)) throw refused('greet', greeting);
    await conn.writeLine('a1 STARTTLS', limit);
    for (;;) {
      const answer = await line(conn, limit);
      if (answer.startsWith('* ')) continue;
      if (!/^a1 OK\b/i.test(answer)) throw refused('start TLS', answer);
      return;
    }
  },

  /** RFC 2595 §4. */
  async pop3(conn, limit) {
    const greeting = await line(conn, limit);
    if (!/^\+OK\b/i.test(greeting)) throw refused('greet', greeting);
    await conn.writeLine('STLS', limit);
    const answer = await line(conn, limit);
    if (!/^\+OK\b/i.test(answer)) throw refused('start TLS', answer);
  },

  /** PostgreSQL's SSLRequest: a length of 8, a version that there never was, and one letter as the answer. */
  async postgres(conn, limit) {
    await conn.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]), limit);
    const answer = (await conn.readExact(1, limit)).toString('latin1');
    if (answer === 'N') throw new StarttlsError('the server has TLS switched off');
    if (answer !== 'S') throw refused('start TLS', answer);
  },
};

/** Reads a reply of SMTP, `250-…` and at last `250 …`, and returns the text of its lines. */
async function smtpReply(conn: AsyncConn, code: string, deed: string, limit: Op): Promise<string[]> {
  const texts: string[] = [];
  for (;;) {
    const answer = await line(conn, limit);
    const [, found, sign, text = ''] = /^(\d{3})([ -]|$)(.*)$/.exec(answer) ?? [];
    if (found !== code || texts.length === mostLines) throw refused(deed, answer);
    texts.push(text);
    if (sign !== '-') return texts;
  }
}

async function line(conn: AsyncConn, limit: Op): Promise<string> {
  const text = await conn.readLine({ max: 8192, ...limit });
  if (text === null) throw new StarttlsError('the server has ended the connection before TLS');
  return text;
}

function refused(deed: string, answer: string): StarttlsError {
  return new StarttlsError(`the server does not ${deed}: ${visible(answer).slice(0, 200)}`);
}

/** RFC 5321 §4.1.3: how a client without a name calls itself. */
function addressLiteral(conn: AsyncConn): string {
  const { family, address } = conn.localAddr;
  if (family === 'ipv4') return `[${address}]`;
  return family === 'ipv6' ? `[IPv6:${address}]` : 'localhost';
}

/** A server that never comes to the end of its reply has no patience of ours. */
const mostLines = 100;
