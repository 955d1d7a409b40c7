// Shares a port with node:net: by `reusePort`, or by node:cluster, where the first process accepts for all.
//
// Arguments: PORT [PROCESSES], the second for node:cluster. Prints the port, serves until its standard input ends.

import cluster from 'node:cluster';
import { once } from 'node:events';
import { createServer, type AddressInfo, type ListenOptions } from 'node:net';

const [port, processes] = process.argv.slice(2).map(Number) as [number, number?];
if (processes !== undefined && cluster.isPrimary) {
  for (let i = 0; i < processes; i++) cluster.fork();
  let address: AddressInfo | undefined;
  for (let i = 0; i < processes; i++) [, address] = (await once(cluster, 'listening')) as [unknown, AddressInfo];
  process.stdout.write(`${address!.port}\n`);
} else {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('data', (piece) => socket.write(piece)).on('error', () => socket.destroy());
  });
  // Newer than the oldest line, whose types the project compiles against.
  const shared = processes === undefined ? { reusePort: true } : {};
  const options: ListenOptions & { reusePort?: boolean } = { port, host: '127.0.0.1', ...shared };
  server.listen(options, () => {
    if (!cluster.isWorker) process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
  });
}
if (!cluster.isWorker) process.stdin.on('end', () => process.exit(0)).resume();
else process.on('disconnect', () => process.exit(0));
