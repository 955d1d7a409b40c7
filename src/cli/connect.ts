// Owns `berkeley connect`. It must not know how bytes are passed on.

import { connect } from '../promises/index.js';
import type { ConnectCommand } from './arguments.js';
import { Input } from './input.js';
import { Output } from './output.js';
import { pipe } from './pipe.js';

export async function runConnect(command: ConnectCommand): Promise<void> {
  const conn = await connect(command.target, { timeout: command.timeout });
  const input = new Input(process.stdin);
  try {
    await pipe(conn, input, new Output(process.stdout), command);
  } finally {
    input.close();
  }
}
