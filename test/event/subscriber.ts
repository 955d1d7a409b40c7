// Owns a subscriber to every diagnostics channel that knows the library by their names alone: it does not import it.

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { SocketEvent } from 'berkeley';
import { names } from './kit.js';

let heard: { name: string; message: SocketEvent }[] = [];

function listener(message: unknown, name: string | symbol): void {
  heard.push({ name: String(name), message: message as SocketEvent });
}

export function listenElsewhere(): void {
  for (const name of names) subscribe(`berkeley:${name}`, listener);
}

export function stopElsewhere(): void {
  for (const name of names) unsubscribe(`berkeley:${name}`, listener);
}

/** What it has heard since it was asked last. */
export function heardElsewhere(): { name: string; message: SocketEvent }[] {
  const before = heard;
  heard = [];
  return before;
}
