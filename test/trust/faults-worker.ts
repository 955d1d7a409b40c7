// Owns what a worker does while its system calls fail: it opens sockets in both colours, and says what that came to.

import { parentPort, workerData } from 'node:worker_threads';
import * as promises from 'berkeley';
import * as blocking from 'berkeley/sync';

try {
  const limit = { timeout: 10_000 };
  const one = await promises.connect(workerData as string, limit);
  await one.write('there', limit);
  const there = String(await one.readExact(5, limit));
  one.abort();
  const other = blocking.connect(workerData as string, limit);
  other.write('back', limit);
  const back = String(other.readExact(4, limit));
  other.abort();
  parentPort!.postMessage({ said: `${there} ${back}` });
} catch (error) {
  const { message, code, syscall } = error as promises.SocketError;
  parentPort!.postMessage({ failed: { message, code, syscall, known: error instanceof promises.SocketError } });
}
