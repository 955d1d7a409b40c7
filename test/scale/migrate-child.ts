// Runs in a network namespace of its own: how many of 40 connections, which two listeners share, are left to one of them when
// the other is closed, without and with net.ipv4.tcp_migrate_req.

import { writeFileSync } from 'node:fs';
import { colours } from '../real/colours.js';

const { net } = colours.find(({ name }) => name === process.argv[2])!;

const accepted: number[] = [];
for (const setting of ['0', '1']) accepted.push(await left(setting));
console.log(JSON.stringify({ accepted }));

async function left(setting: string): Promise<number> {
  try {
    writeFileSync('/proc/sys/net/ipv4/tcp_migrate_req', setting);
  } catch {
    console.log('null');
    process.exit(0);
  }
  const one = await net.listen('127.0.0.1:0', { reusePort: true });
  const two = await net.listen(one.address, { reusePort: true });
  const clients = [];
  for (let i = 0; i < 40; i++) clients.push(await net.connect(one.address, { timeout: 5000 }));
  two.close();
  let count = 0;
  for (let conn; (conn = await one.tryAccept()) !== null; count++) conn.abort();
  one.close();
  for (const client of clients) client.abort();
  return count;
}
