// What a member of these tests runs, in a worker or in a process of its own.

import { parentPort, workerData } from 'node:worker_threads';
import { colours, type Net } from '../real/colours.js';

export interface Task {
  readonly colour: string;
  /** share: listens on `at` with reusePort. inherit: accepts from the descriptor `fd`. dealt: serves the connections that come in messages over `fd`. hold: takes nothing from there. */
  readonly role: 'share' | 'inherit' | 'dealt' | 'hold';
  readonly name: string;
  readonly at?: string;
  readonly fd?: number;
}

const task = (parentPort === null ? JSON.parse(process.argv[2]!) : workerData) as Task;
const { net } = colours.find(({ name }) => name === task.colour)!;
const roles = { share, inherit, dealt, hold };
await roles[task.role](net);

function say(what: unknown): void {
  if (parentPort === null) process.send!(what);
  else parentPort.postMessage(what);
}

/** Each client is told who serves it. */
async function share({ listen }: Net): Promise<void> {
  const listener = await listen(task.at!, { reusePort: true });
  say(listener.address.toString());
  for await (const conn of listener) {
    await conn.write(task.name);
    await conn.close();
  }
}

async function inherit({ listen }: Net): Promise<void> {
  const listener = await listen(`fd:${task.fd}`);
  say(listener.address.toString());
  for await (const conn of listener) {
    await conn.write(task.name);
    await conn.close();
  }
}

/** A message is what was read of the connection already, behind one byte, since an empty one would be the end. */
async function dealt({ adopt, conn: toConn }: Net): Promise<void> {
  const channel = adopt(task.fd!);
  say('ready');
  for (let message; (message = await channel.recvMsg()) !== null;) {
    for (const fd of message.meta.fds ?? []) {
      const conn = toConn(adopt(fd));
      conn.unread(message.data.subarray(1));
      const line = await conn.readLine();
      await conn.write(`${task.name} ${line}`);
      await conn.close();
    }
  }
  channel.close();
  parentPort?.close();
  if (parentPort === null) process.disconnect();
}

async function hold({ adopt }: Net): Promise<void> {
  const channel = adopt(task.fd!);
  say('ready');
  await channel.poll({ read: true });
  say('something is there');
  await new Promise(() => setInterval(() => channel.fd, 1000));
}
