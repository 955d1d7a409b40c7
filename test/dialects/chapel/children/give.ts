// Owns how a descriptor gets to the Python of `sharing`.

import { socket as openSocket } from 'berkeley/sync';

export function give(door: string, fd: number): void {
  const courier = openSocket('unix');
  courier.connect(`unix:${door}`);
  courier.sendMsg({ data: 'x', meta: { fds: [fd] } });
  courier.close();
}
