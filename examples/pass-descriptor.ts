// Hands open files to another process over a Unix socket (SCM_RIGHTS). Who receives them needs no right to open them, and not even
// a file system where they are.
//
//   node build/examples/pass-descriptor.js receive PATH          shows the first line of what it is given, and ends
//   node build/examples/pass-descriptor.js send PATH FILE …      opens the files and hands them over

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { socket } from 'berkeley/sync';

const [what, path, ...files] = process.argv.slice(2);

if (what === 'send' && path !== undefined && files.length > 0) {
  // A seqpacket keeps messages apart, as a datagram, and has a connection, as a stream.
  const conn = socket('unix', 'seqpacket');
  conn.connect(`unix:${path}`, { timeout: '5s' });
  const fds = files.map((file) => openSync(file, 'r'));
  conn.sendMsg({ data: files.join('\n'), meta: { fds } });
  for (const fd of fds) closeSync(fd);
  console.log(`handed over: ${files.join(', ')}`);
  conn.close();
} else if (what === 'receive' && path !== undefined) {
  const listener = socket('unix', 'seqpacket');
  listener.bind(`unix:${path}`);
  listener.listen();
  console.log(`listening on unix:${path}`);
  const conn = listener.accept({ timeout: '30s' });
  const message = conn.recvMsg({ timeout: '5s' });
  const names = message?.data.toString().split('\n') ?? [];
  for (const [i, fd] of (message?.meta.fds ?? []).entries()) {
    const start = Buffer.alloc(200);
    const [line] = start.toString('utf8', 0, readSync(fd, start)).split('\n');
    console.log(`${names[i]}, ${fstatSync(fd).size} bytes: ${line}`);
    closeSync(fd);
  }
  conn.close();
  listener.close();
} else {
  console.log('usage: pass-descriptor receive PATH | pass-descriptor send PATH FILE …');
}
