// Both sides of sd_notify(3), by which a service tells who started it how it is: datagrams of VARIABLE=VALUE lines to the Unix
// socket that NOTIFY_SOCKET names, some with descriptors to keep. The listener checks who sent them, as systemd does.
//
//   node build/examples/toolbox/sd-notify.js send READY=1 STATUS=running     to NOTIFY_SOCKET
//   node build/examples/toolbox/sd-notify.js watch COMMAND [ARGUMENT …]      starts a command and shows what it tells
//   node build/examples/toolbox/sd-notify.js watch systemd-notify --ready --status=running

import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { options, select, socket, type SocketError, socketPair } from 'berkeley/sync';

const [what, ...words] = process.argv.slice(2);
try {
  if (what === 'send' && words.length > 0) send(words);
  else if (what === 'watch' && words.length > 0) watch(words);
  else console.log('usage: sd-notify send VARIABLE=VALUE … | sd-notify watch COMMAND [ARGUMENT …]');
} catch (error) {
  const { message, hint } = error as SocketError;
  console.error(hint ? `${message}: ${hint}` : message);
  process.exitCode = 1;
}

function send(lines: readonly string[]): void {
  const where = process.env['NOTIFY_SOCKET'];
  if (where === undefined) throw new Error('NOTIFY_SOCKET is not set: nobody wants to know');
  using sender = socket('unix', 'dgram');
  // An abstract name begins with @ there and here.
  sender.sendTo(lines.join('\n'), `unix:${where}`, { timeout: '5s' });
  console.log(`told ${where}: ${lines.join(' ')}`);
}

function watch([command = '', ...given]: readonly string[]): void {
  using listener = socket('unix', 'dgram');
  const name = `@berkeley-notify-${process.pid}`;
  listener.bind(`unix:${name}`);
  listener.setOption(options.SO_PASSCRED, true);

  // The child holds the other end open for as long as it lives. Node's own news of it would come when we no longer block.
  const [life, theirs] = socketPair('stream');
  using _ = life;
  const env = { ...process.env, NOTIFY_SOCKET: name };
  const child = spawn(command, given, { env, stdio: ['inherit', 'inherit', 'inherit', theirs.fd] });
  child.once('error', (error) => console.error(`cannot start ${command}: ${error.message}`));
  theirs.close();

  for (;;) {
    // What is still in the queue when the child has ended comes first.
    const [ready] = select([
      [listener, { read: true }],
      [life, { read: true }],
    ]);
    if (ready?.index !== 0) break;
    const datagram = listener.recvMsg()!;
    const { credentials, fds = [] } = datagram.meta;
    const kept = fds.length > 0 ? ` with ${fds.length} descriptor${fds.length > 1 ? 's' : ''}` : '';
    for (const line of datagram.data.toString().split('\n').filter(Boolean))
      console.log(`${credentials?.pid === child.pid ? 'it' : `process ${credentials?.pid}`} says ${line}${kept}`);
    // With BARRIER=1 comes a pipe, and the sender waits until we close it: everything before was seen.
    for (const fd of fds) closeSync(fd);
  }
  console.log(`${command} has ended`);
}
