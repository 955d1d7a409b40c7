// Owns a local black hole: a listener of Python whose queue is full, so that the kernel drops every further SYN.

import type { TestContext } from 'node:test';
import { startPuppet, type Puppet } from '../support/python.js';

export interface BlackHole {
  readonly host: string;
  readonly port: number;
  readonly address: string;
  readonly python: Puppet;
  /** Empties the queue and goes on accepting; what still tries gets through when its SYN is sent again, after a second. */
  open(): Promise<void>;
}

/** listen(2) with a backlog of 0 admits one connection that nobody has accepted yet. A few more make sure of it. */
export async function blackHole(t: TestContext, host = '127.0.0.1', port = 0): Promise<BlackHole> {
  const python = startPuppet(
    t,
    `
listener = socket.socket()
listener.bind(('${host}', ${port}))
listener.listen(0)
fillers = []
for i in range(3):
    filler = socket.socket()
    filler.setblocking(False)
    filler.connect_ex(listener.getsockname())
    fillers.append(filler)
select.select([listener], [], [])`,
  );
  const bound = (await python.value('listener.getsockname()[1]')) as number;
  return {
    host,
    port: bound,
    address: `${host}:${bound}`,
    python,
    open: () =>
      python.run(`
for filler in fillers: filler.close()
import threading
def drain():
    while True: keep.append(listener.accept()[0])
keep = []
listener.listen(64)
threading.Thread(target=drain, daemon=True).start()`),
  };
}
