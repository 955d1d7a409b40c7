// Owns the turn of the event loop: operations that succeed at once must not keep everybody else waiting. A socket that
// never has to wait, and a program that never does, give the loop a turn now and then.

import type { Registration } from '../core/registration.js';

/** Immediate successes in a row: of one socket, and of all together in one turn. */
const OF_ONE = 64;
const OF_ALL = 2048;

let spent = 0;
let deferred: (() => void)[] | null = null;

/** Whether one more operation may be tried right now. */
export function mayProceed(registration: Registration | null): boolean {
  if (++spent > OF_ALL) return false;
  return registration === null || ++registration.streak <= OF_ONE;
}

/** A wake-up of the reactor: the loop has turned. */
export function newTurn(): void {
  spent = 0;
}

/** Calls back when everybody else had their turn. */
export function afterTurn(callback: () => void): void {
  if (deferred !== null) {
    deferred.push(callback);
    return;
  }
  deferred = [callback];
  setImmediate(() => {
    const callbacks = deferred!;
    deferred = null;
    spent = 0;
    for (const each of callbacks) each();
  });
}
