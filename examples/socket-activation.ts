// A server that systemd starts with its listening socket already open (sd_listen_fds(3)): descriptor 3. The unit's
// [Socket] part says where it listens; the program needs no port and no right to bind one. Without such a socket it says so.
//
//   systemd-socket-activate -l 7000 node build/examples/socket-activation.js

import { listen } from 'berkeley';

/** SD_LISTEN_FDS_START: the first of the descriptors that are handed over. */
const first = 3;

const count = Number(process.env['LISTEN_FDS'] ?? 0);
if (count === 0) {
  console.log('usage: socket-activation, started by systemd or systemd-socket-activate (LISTEN_FDS is not set)');
  process.exit();
}
// The variables are for this process; a child must not take them for its own.
delete process.env['LISTEN_FDS'];
delete process.env['LISTEN_PID'];

const listener = await listen(Array.from({ length: count }, (_, i) => `fd:${first + i}`));
console.log(`took over ${listener.addresses.join(', ')}`);

// systemd starts the service again when the next client comes, so it can end when it has been idle for a while.
for (;;) {
  const conn = await listener.tryAccept('1s');
  if (conn === null) break;
  const name = await conn.readLine({ timeout: '10s' });
  await conn.writeLine(`Hello, ${name ?? 'whoever you are'}!`);
  await conn.close({ timeout: '1s' });
}
console.log('nobody came for a second');
listener.close();
