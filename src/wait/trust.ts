// Owns the overruling of hints: the hints about readiness are for those who wait for edges. Who cannot wait for one, or has
// no loop to hear of it, really tries.

import type { Attempt } from '../core/attempt.js';

/** Makes the next step ask the kernel. */
export function trust(attempt: Attempt<unknown>): void {
  const { registration } = attempt;
  if (registration !== null) {
    registration.readable = true;
    registration.writable = true;
  }
  if (registration !== null || attempt.interests === undefined) return;
  for (const interest of attempt.interests()) {
    interest.registration.readable = true;
    interest.registration.writable = true;
  }
}
