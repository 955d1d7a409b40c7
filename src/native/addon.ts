// Owns how an addon file gets into this process. It must not know which there are.

import { fileURLToPath } from 'node:url';

/**
 * What the addon at `place` exports, which is relative to this room. Without `require`, whose way to a file takes three
 * milliseconds and more than a megabyte.
 *
 * @throws Error what dlopen(3) says
 */
export function loadAddon(place: string): unknown {
  const module = { exports: {} };
  process.dlopen(module, fileURLToPath(new URL(place, import.meta.url)));
  return module.exports;
}
