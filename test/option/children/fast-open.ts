// In a network namespace of its own, where servers may take data with the first packet: connects with TCP_FASTOPEN_CONNECT, first
// for a cookie, then with it. Prints what each connection saw.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { options } from 'berkeley';
import { colours, failure } from '../../net/kit.js';
import { startPuppet } from '../../support/python.js';

const [, net] = colours.find(([name]) => name === process.argv[2])!;
execFileSync('ip', ['link', 'set', 'lo', 'up']);
writeFileSync('/proc/sys/net/ipv4/tcp_fastopen', '3');
const cleanups: (() => unknown)[] = [];
const t = { after: (cleanup: () => unknown) => void cleanups.push(cleanup) };
const peer = startPuppet(
  t as never,
  `listener = socket.socket()
listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 16)
listener.setsockopt(socket.IPPROTO_TCP, 27, 1)
listener.bind(('127.0.0.1', 0)); listener.listen()`,
);
const port = Number(await peer.value('listener.getsockname()[1]'));

for (let i = 0; i < 3; i++) {
  const conn = await net.connect(`127.0.0.1:${port}`, {
    options: [[options.TCP_FASTOPEN_CONNECT, true]],
    timeout: 5000,
  });
  const before = conn.socket.tcpInfo().state;
  const written = await conn.write('with the first packet', { timeout: 5000 });
  await peer.run(
    `c, _ = listener.accept(); c.settimeout(5); got = exactly(c, ${written}).decode()
syn = c.getsockopt(socket.IPPROTO_TCP, 28, 512); c.sendall(b'answer'); c.shutdown(socket.SHUT_WR)`,
  );
  const answer = (await conn.readAll({ timeout: 5000 })).toString();
  const { family, address } = conn.remoteAddr;
  // The flag of the kernel's own that the data of the SYN was acknowledged: TCPI_OPT_SYN_DATA.
  const inSyn = (conn.socket.tcpInfo().raw[5]! & 32) !== 0;
  console.log(
    JSON.stringify({
      before,
      written,
      got: await peer.value('got'),
      answer,
      inSyn,
      family,
      address,
      port: conn.remoteAddr.port === port,
    }),
  );
  await conn.close();
}
await peer.run('listener.close()');
const conn = await net.connect(`127.0.0.1:${port}`, { options: [[options.TCP_FASTOPEN_CONNECT, true]], timeout: 5000 });
const codes: string[] = [];
// The first write is with the kernel before it knows; what comes then is told to whoever asks next.
await conn.write('x');
codes.push((await failure(() => conn.read(1, { timeout: 5000 }))).code);
conn.abort();
console.log(JSON.stringify({ codes }));
for (const cleanup of cleanups) await cleanup();
