// In a network namespace of its own: sends to a peer whose network is gone, until the kernel gives it up.

import { spawnSync } from 'node:child_process';
import { options, TimeoutError } from 'berkeley';
import { colours, failureOf } from '../../real/colours.js';

const { net } = colours.find(({ name }) => name === process.argv[2])!;
const limit = { timeout: '20s' } as const;

link('up');
const listener = await net.listen('127.0.0.1:0');
const conn = await net.connect(listener.address, { ...limit, options: [[options.TCP_USER_TIMEOUT, 300]] });
const peer = await listener.accept(limit);
link('down');
await conn.write('into the void');
const failure = await failureOf(() => conn.read(10, limit));
await conn.close();
const { by, clean, error } = conn.closeInfo!;
const { code, errno } = failure;
console.log(JSON.stringify({ code, errno, limit: failure instanceof TimeoutError, by, clean, error: error?.code }));
peer.abort();
listener.close();

function link(state: 'up' | 'down'): void {
  const { status, stderr } = spawnSync('ip', ['link', 'set', 'lo', state]);
  if (status !== 0) throw new Error(String(stderr));
}
