// Owns what is measured of a process at a quiet moment: descriptors, memory, handles, listeners, threads, and the kernel's
// sockets. It must not know what it did.

import { getEventListeners } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Sizes are bytes. */
export interface Sample {
  readonly descriptors: number;
  readonly heap: number;
  /** Memory that hangs on the heap: external and array buffers. */
  readonly external: number;
  readonly rss: number;
  readonly handles: number;
  readonly listeners: number;
  readonly threads: number;
  /** TCP sockets of the kernel on one of the ports that are watched, without those that only wait for their time. */
  readonly sockets: number;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Collects, and lets run what follows from it. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 4; i++) {
    collect();
    await setImmediate();
  }
}

/** Takes one, after `settle`. */
export function sample(signal: AbortSignal, ports: Watched): Sample {
  const { heapUsed, external, rss } = process.memoryUsage();
  return {
    descriptors: readdirSync('/proc/self/fd').length,
    heap: heapUsed,
    external,
    rss,
    handles: process.getActiveResourcesInfo().length,
    listeners: getEventListeners(signal, 'abort').length + listenersOfProcess(),
    threads: readdirSync('/proc/self/task').length,
    sockets: socketsOn(ports).length,
  };
}

function listenersOfProcess(): number {
  return process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
}

const TIME_WAIT = '06';
const LISTEN = '0A';

/** The ports of a peer by family. A number may be somebody else's port in the other one, and in UDP. */
export interface Watched {
  readonly tcp: number;
  readonly tcp6: number;
}

/** Lines of proc(5): `sl local_address rem_address st tx_queue:rx_queue tr:tm->when …`, hexadecimal. */
export function socketsOn(ports: Watched): string[] {
  const found: string[] = [];
  for (const table of ['tcp', 'tcp6'] as const) {
    for (const line of readFileSync(`/proc/self/net/${table}`, 'latin1').split('\n').slice(1)) {
      const [, local, remote, state] = line.trim().split(/\s+/);
      if (remote === undefined || state === TIME_WAIT || state === LISTEN) continue;
      if ([local!, remote].some((address) => parseInt(address.split(':')[1]!, 16) === ports[table]))
        found.push(line.trim());
    }
  }
  return found;
}
