// Its own protocol to its own child processes: handles, and nothing but TCP sockets, servers, pipes and UDP sockets.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { check, say } from '../kit.mjs';

if (process.send === undefined) {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect(server.address().port, '127.0.0.1');
  const [conn] = await once(server, 'connection');
  const child = fork(fileURLToPath(import.meta.url));
  child.send('a connection', conn);
  const words = await Promise.race([once(client, 'data'), new Promise((go) => setTimeout(go, 4000, null))]);
  child.kill();
  if (words === null) say('no', 'nothing arrives in a child process');
  check(words[0].toString() === 'from the child', 'from the child');
  say('partly', "`child.send(message, socket)`: sockets of `node:net` and `node:dgram`, to one's own child processes");
} else {
  const [, conn] = await once(process, 'message');
  conn?.end('from the child');
}
