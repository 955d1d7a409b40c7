// Tunes a connection by its options, sends something over it, and shows what the kernel then knows: settings, round-trip time, queues.
// Without a target the other end is this program itself.
//
//   node build/examples/connection-facts.js [HOST:PORT]

import { connect, listen, options, type OptionSetting } from 'berkeley';

const [target] = process.argv.slice(2);
const here = target === undefined ? await listen('127.0.0.1:0') : null;

// Set before the connection is made, so that they count from its first packet.
const settings: OptionSetting[] = [
  [options.SO_RCVBUF, 64 * 1024],
  [options.TCP_USER_TIMEOUT, 10_000],
  [options.IP_TOS, 0x28],
];
const conn = await connect(target ?? here!.address, { options: settings, timeout: '5s' });
const peer = await here?.accept({ timeout: '5s' });
conn.keepAlive = { idle: '30s', interval: '5s', count: 3 };

if (peer !== undefined) {
  await conn.write('x'.repeat(10_000));
  console.log(`${peer.socket.queued().in} bytes wait at the other end`);
  await peer.readExact(10_000);
}

const { socket } = conn;
for (const option of [options.SO_RCVBUF, options.TCP_USER_TIMEOUT, options.TCP_KEEPIDLE, options.IP_TOS])
  console.log(`${option.label} = ${socket.getOption(option)} ${option.unit ?? ''}`.trimEnd());
console.log(`TCP_CONGESTION = ${socket.getOption(options.TCP_CONGESTION)}`);

const { state, rtt, mss, cwnd, retransmits } = socket.tcpInfo();
console.log(`${state}, round trip ${rtt / 1000} ms, segments of ${mss} bytes, ${cwnd} in flight at most`);
console.log(`${retransmits} retransmissions, ${socket.queued().out} bytes not acknowledged`);

await peer?.close();
await conn.close();
here?.close();
