// Owns what a test says to the fault injector, where it runs under one (scripts/faults.mjs). It must not know which faults there are.

import { closeSync, openSync, writeSync } from 'node:fs';

const control = process.env['BERKELEY_FAULT_CONTROL'];
/** Where these stand in struct control of test/support/fault/fault.h. */
const EXACT = 7;
const SEED = 8;

/**
 * Runs a body that knows what the kernel has at a moment, say because the peer has told. Under it transfers are neither cut nor put
 * off, since a kernel that has three bytes does not hand out two of them. Signals still come.
 */
export async function exactly<T>(body: () => Promise<T>): Promise<T> {
  if (control === undefined) return body();
  say(control, EXACT, 1);
  try {
    return await body();
  } finally {
    say(control, EXACT, 0);
  }
}

/** The faults of this seed come from here on. */
export function chooseSeed(seed: number): void {
  if (control !== undefined) say(control, SEED, seed);
}

/** A measure that a test needs to judge time, and the one that is enough where only faults are looked for. */
export function sized(whole: number, underFaults: number): number {
  return control === undefined ? whole : underFaults;
}

function say(path: string, at: number, value: number): void {
  const fd = openSync(path, 'r+');
  writeSync(fd, Buffer.from(Int32Array.of(value).buffer), 0, 4, at * 4);
  closeSync(fd);
}
