// node:readline takes the whole stream over, so the line is cut out by hand, and what follows is put back.
import { once } from 'node:events';
import { connect } from 'node:net';
import { check, peer, say } from '../kit.mjs';

const socket = connect(peer.port, peer.host);
check((await readLine()) === 'a line', 'the line');
check((await readExact(5)).toString() === '12345', 'the bytes');
say('partly', 'loops of your own around `readable.read()` and `unshift()`; `node:readline` takes the whole stream');

async function readLine() {
  let line = Buffer.alloc(0);
  for (;;) {
    const data = socket.read();
    if (data === null) {
      await once(socket, 'readable');
      continue;
    }
    line = Buffer.concat([line, data]);
    const end = line.indexOf('\n');
    if (end < 0) continue;
    socket.unshift(line.subarray(end + 1));
    return line.subarray(0, end).toString().replace(/\r$/, '');
  }
}

async function readExact(length) {
  for (;;) {
    const data = socket.read(length);
    if (data !== null) return data;
    await once(socket, 'readable');
  }
}
