// Owns `berkeley options`: every option of a socket that is connected to a target, or of new ones. It must not know which
// options there are.

import { connect, socket, udp, type Mode, type Socket, type SocketOption } from '../promises/index.js';
import type { Duration } from '../contract/mode.js';
import { Output } from './output.js';
import { optionLines, optionTable } from './option-lines.js';

export interface OptionsCommand {
  readonly name: 'options';
  /** Null: new sockets, one that fits each level. */
  readonly target: string | null;
  readonly timeout: Duration;
  readonly json: boolean;
}

export async function runOptions({ target, timeout, json }: OptionsCommand): Promise<number> {
  const opened: Disposable[] = [];
  try {
    const look = target === null ? newSockets(opened) : await connected(target, timeout, opened);
    const lines = optionLines(look);
    const text = json ? `${JSON.stringify({ target, options: lines })}\n` : optionTable(lines, width());
    await new Output(process.stdout).write(Buffer.from(text));
  } finally {
    for (const one of opened) one[Symbol.dispose]();
  }
  return 0;
}

/** What everything is looked at on: the one socket. `udp://` before the target asks for a datagram socket. */
async function connected(target: string, timeout: Duration, opened: Disposable[]): Promise<() => Socket<Mode>> {
  const made = /^udp:/.test(target) ? await udp(undefined, { connect: target }) : await connect(target, { timeout });
  opened.push(made);
  return () => made.socket;
}

/** A new socket for each level, made when it is first needed; null where the machine lacks the family. */
function newSockets(opened: Disposable[]): (option: SocketOption<unknown>) => Socket<Mode> | null {
  const made = new Map<string, Socket<Mode> | null>();
  return ({ levelName = '' }) => {
    if (!made.has(levelName)) made.set(levelName, open(levelName, opened));
    return made.get(levelName) ?? null;
  };
}

function open(level: string, opened: Disposable[]): Socket<Mode> | null {
  try {
    const family = level === 'IPPROTO_IPV6' ? 'ipv6' : 'ipv4';
    const one = socket(family, level === 'IPPROTO_TCP' || level === 'SOL_SOCKET' ? 'stream' : 'dgram');
    opened.push(one);
    return one;
  } catch (error) {
    if (level === 'IPPROTO_IPV6') return null;
    throw error;
  }
}

function width(): number {
  return process.stdout.isTTY ? process.stdout.columns : Infinity;
}
