// Owns what a test says to the fault injector, where it runs under one (scripts/faults.mjs). It must not know which faults there are.

import { closeSync, openSync, writeSync } from 'node:fs';

const control = process.env['BERKELEY_FAULT_CONTROL'];
/** Where `exact` stands in struct control of test/support/fault/fault.h. */
const EXACT = 7 * 4;

/**
 * Runs a body that knows what the kernel has at a moment, say because the peer has told. Under it transfers are neither cut nor put
 * off, since a kernel that has three bytes does not hand out two of them. Signals still come.
 */
export async function exactly<T>(body: () => Promise<T>): Promise<T> {
  if (control === undefined) return body();
  say(control, 1);
  try {
    return await body();
  } finally {
    say(control, 0);
  }
}

function say(path: string, exact: number): void {
  const fd = openSync(path, 'r+');
  writeSync(fd, Buffer.from(Int32Array.of(exact).buffer), 0, 4, EXACT);
  closeSync(fd);
}
