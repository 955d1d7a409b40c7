// A read cannot be given up. What can be done: stop waiting, keep its promise, and wait for that one first the next time.
import { check, pause, peer, say } from '../kit.mjs';

const conn = await Deno.connect({ hostname: peer.host, port: peer.port });
const all = new Uint8Array(10);
let length = 0;
let pending = null;
check(!(await fill(pause(100))), 'it was early');
await conn.write(new TextEncoder().encode('g'));
check(await fill(new Promise(() => undefined)), 'all ten');
check(new TextDecoder().decode(all) === '1234567890', 'what came');
say('partly', 'a loop of your own around `conn.read(buffer)`, which keeps the promise of the read that goes on');

async function fill(limit) {
  while (length < all.length) {
    pending ??= conn.read(all.subarray(length)).then((count) => {
      length += count;
      pending = null;
      return true;
    });
    if ((await Promise.race([pending, limit])) !== true) return false;
  }
  return true;
}
