// Owns what few waiting operations have, a limit and a signal above all: apart, so that all the others, of which thousands may wait, do
// without the memory for it. It is used again, and stays where it is in the heap of deadlines: the next call mostly has a later one.

import type { Registration } from '../core/registration.js';
import { removeAbortable, type Abortable } from './signals.js';
import { removeTimed, type Timed } from './timers.js';

const FIRST_PAUSE = 1;
/** So many rest at most: more than end before others begin, unless thousands end together. */
const SPARE = 256;

/** The operation. */
export interface Owner {
  ring(): void;
  aborted(): void;
}

export class Particulars implements Timed, Abortable {
  slot = -1;
  due = Infinity;
  hub: Abortable['hub'] = null;
  before: Abortable | null = null;
  after: Abortable | null = null;
  /** The earliest of the caller's limit and the moment the attempt asked to be stepped again. */
  deadline = Infinity;
  limit = Infinity;
  signal: AbortSignal | null = null;
  watched: Registration[] | null = null;
  pause = FIRST_PAUSE;
  /** Where the call was made, when leaks are traced: it may yet open sockets. */
  place: string | null = null;
  owner: Owner | null = null;

  ring(): void {
    this.owner!.ring();
  }

  aborted(): void {
    this.owner!.aborted();
  }
}

const spare: Particulars[] = [];

export function takeParticulars(owner: Owner): Particulars {
  const particulars = spare.pop() ?? new Particulars();
  particulars.owner = owner;
  return particulars;
}

/** The operation has ended. Nothing of it, nor of its signal, is held from here. */
export function giveBack(particulars: Particulars): void {
  removeAbortable(particulars);
  particulars.owner = null;
  particulars.deadline = Infinity;
  particulars.limit = Infinity;
  particulars.signal = null;
  particulars.watched = null;
  particulars.pause = FIRST_PAUSE;
  particulars.place = null;
  if (spare.length < SPARE) spare.push(particulars);
  else removeTimed(particulars);
}
