// Owns `berkeley connect`. It must not know how the connection comes about, nor how bytes are passed on.

import type { ConnectCommand } from './arguments.js';
import { Input } from './input.js';
import { open } from './open.js';
import { Output } from './output.js';
import { pipe } from './pipe.js';
import { Progress } from './progress.js';
import { Timeline } from './timeline.js';
import { visibleJson } from './visible.js';

/** The exit code. */
export async function runConnect(command: ConnectCommand): Promise<number> {
  const timeline = new Timeline(command);
  const conn = await open(command.target, command.timeout, command.tls, timeline.on);
  const address = conn.remoteAddr.toString();
  const input = new Input(process.stdin);
  const progress = new Progress(command.progress, () => ({ sent: conn.bytesWritten, received: conn.bytesRead }));
  try {
    await pipe(conn, input, new Output(process.stdout), { ...command, endsLate: command.tls !== null });
  } finally {
    input.close();
    progress.end(command.progress);
  }
  if (command.json) {
    const { target } = command;
    const bytes = { sent: conn.bytesWritten, received: conn.bytesRead };
    const milliseconds = { ...timeline.milestones, total: timeline.now };
    // Behind what the connection tells of its end.
    await new Promise((resolve) => setImmediate(resolve));
    process.stderr.write(`${visibleJson({ event: 'end', target, address, milliseconds, bytes, exitCode: 0 })}\n`);
  }
  return 0;
}
