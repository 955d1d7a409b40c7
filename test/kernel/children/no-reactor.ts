// Runs with few descriptors and takes all of them before anything has waited, so that the reactor cannot be started; frees
// them, and waits again.

import { closeSync, openSync } from 'node:fs';
import { pair, SocketError } from 'berkeley';

const [one, other] = pair();
const taken: number[] = [];
try {
  for (;;) taken.push(openSync('/dev/null', 'r'));
} catch (error) {
  if ((error as { code: string }).code !== 'EMFILE') throw error;
}

say(await failureOf(one.read()));
say(await failureOf(one.write(Buffer.alloc(16 << 20))));
say(await failureOf(other.read(1, { timeout: '10s' }).then(() => other.readExact(32 << 20))));

for (const fd of taken) closeSync(fd);
const reading = one.readLine({ timeout: '10s' });
await other.write('still here\n');
say(await reading);
say(other.bytesRead === one.bytesWritten);
one.abort();
other.abort();

async function failureOf(call: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof SocketError)) throw error;
    const { code, syscall, phase, bytesDone } = error;
    return { code, syscall, phase, some: bytesDone > 0 };
  }
  throw new Error('nothing failed');
}

function say(found: unknown): void {
  console.log(JSON.stringify(found));
}
