// Owns `berkeley connect`. It must not know how the connection comes about, nor how bytes are passed on.

import type { ConnectCommand } from './arguments.js';
import { Input } from './input.js';
import { open } from './open.js';
import { Output } from './output.js';
import { pipe } from './pipe.js';

export async function runConnect(command: ConnectCommand): Promise<void> {
  const conn = await open(command.target, command.timeout, command.tls);
  const input = new Input(process.stdin);
  try {
    await pipe(conn, input, new Output(process.stdout), { ...command, endsLate: command.tls !== null });
  } finally {
    input.close();
  }
}
