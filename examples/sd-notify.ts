// Both sides of sd_notify(3), by which a service tells who started it how it is: datagrams of VARIABLE=VALUE lines to the Unix
// socket that NOTIFY_SOCKET names, some with descriptors to keep. The listener checks who sent them, as systemd does.
//
//   node build/examples/sd-notify.js send READY=1 STATUS=running     to NOTIFY_SOCKET
//   node build/examples/sd-notify.js watch COMMAND [ARGUMENT …]      starts a command and shows what it tells
//   node build/examples/sd-notify.js watch systemd-notify --ready --status=running

import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { constants, socket, type Datagram } from 'berkeley';

const [what, ...words] = process.argv.slice(2);

if (what === 'send' && words.length > 0) {
  const where = process.env['NOTIFY_SOCKET'];
  if (where === undefined) throw new Error('NOTIFY_SOCKET is not set: nobody wants to know');
  const sender = socket('unix', 'dgram');
  // An abstract name begins with @ there and here.
  await sender.sendTo(words.join('\n'), `unix:${where}`, { timeout: '5s' });
  console.log(`told ${where}: ${words.join(' ')}`);
  sender.close();
} else if (what === 'watch' && words.length > 0) {
  await watch(words);
} else {
  console.log('usage: sd-notify send VARIABLE=VALUE … | sd-notify watch COMMAND [ARGUMENT …]');
}

async function watch([command = '', ...given]: readonly string[]): Promise<void> {
  const listener = socket('unix', 'dgram');
  const name = `@berkeley-notify-${process.pid}`;
  await listener.bind(`unix:${name}`);
  listener.setsockopt(constants['SOL_SOCKET']!, constants['SO_PASSCRED']!, 1);

  const child = spawn(command, given, { env: { ...process.env, NOTIFY_SOCKET: name }, stdio: 'inherit' });
  const over = new AbortController();
  child.once('error', (error) => console.log(`cannot start ${command}: ${error.message}`));
  child.once('close', () => over.abort());

  for (;;) {
    let datagram: Datagram | null;
    try {
      datagram = await listener.recvMsg({ signal: over.signal });
    } catch (error) {
      if (over.signal.aborted) break;
      throw error;
    }
    const { credentials, fds = [] } = datagram!.meta;
    const kept = fds.length > 0 ? ` with ${fds.length} descriptor${fds.length > 1 ? 's' : ''}` : '';
    for (const line of datagram!.data.toString().split('\n').filter(Boolean))
      console.log(`${credentials?.pid === child.pid ? 'it' : `process ${credentials?.pid}`} says ${line}${kept}`);
    // With BARRIER=1 comes a pipe, and the sender waits until we close it: everything before was seen.
    for (const fd of fds) closeSync(fd);
  }
  console.log(`${command} has ended`);
  listener.close();
}
