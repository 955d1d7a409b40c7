// Owns the conversation with a DNS server: a question by UDP, again after a second, and by TCP where the answer did not fit. It
// must not know what is asked for.

import { randomInt } from 'node:crypto';
import type { Address } from '../../contract/address.js';
import type { UdpSocket } from '../../contract/udp.js';
import { TimeoutError } from '../../error/socket-error.js';
import { connect, udp } from '../../promises/index.js';
import { rounded } from '../ping/statistics.js';
import { answer, query, type Answer, type Question } from './message.js';
import { NoAnswer } from './name.js';

export interface Asked extends Answer {
  readonly by: 'udp' | 'tcp';
  readonly milliseconds: number;
}

/** `until` is a moment of performance.now(). @throws TimeoutError when the server does not answer */
export async function ask(server: Address, name: string, type: number, tcp: boolean, until: number): Promise<Asked> {
  const question = { id: randomInt(65_536), name, type };
  const begun = performance.now();
  const done = (found: Answer, by: 'udp' | 'tcp'): Asked => ({
    ...found,
    by,
    milliseconds: rounded(performance.now() - begun),
  });
  if (!tcp) {
    const found = await byUdp(server, question, until);
    if (!found.truncated) return done(found, 'udp');
  }
  return done(await byTcp(server, question, until), 'tcp');
}

async function byUdp(server: Address, question: Question, until: number): Promise<Answer> {
  // Connected, so that nobody else can answer, and a refusal is heard of.
  const socket = await udp(undefined, { connect: server });
  try {
    for (;;) {
      await socket.send(query(question));
      const again = performance.now() + AGAIN;
      try {
        return await heard(socket, question, Math.min(again, until));
      } catch (error) {
        if (!(error instanceof TimeoutError) || again >= until) throw error;
      }
    }
  } finally {
    socket.close();
  }
}

/** The answer to the question; what else comes is passed over. */
async function heard(socket: UdpSocket<'async'>, question: Question, until: number): Promise<Answer> {
  for (;;) {
    const { data } = await socket.recv({ timeout: left(until) });
    try {
      return answer(data, question);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
    }
  }
}

/** RFC 1035 §4.2.2: two bytes of length before each message. */
async function byTcp(server: Address, question: Question, until: number): Promise<Answer> {
  const conn = await connect(server, { timeout: left(until) });
  try {
    const bytes = query(question);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(bytes.length);
    await conn.write(Buffer.concat([length, bytes]), { timeout: left(until) });
    const size = (await conn.readExact(2, { timeout: left(until) })).readUInt16BE();
    return answer(await conn.readExact(size, { timeout: left(until) }), question);
  } finally {
    conn[Symbol.dispose]();
  }
}

/** A limit of 0 would refuse to connect at all. */
function left(until: number): number {
  return Math.max(1, until - performance.now());
}

/** RFC 1035 §4.2.1 has 2 to 5 seconds, which was long ago. */
const AGAIN = 1000;
