// Owns the file that binding a Unix socket makes: its mode, and its removal if it is still the same file.

import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { resolve } from 'node:path';

export class UnixFile {
  readonly #path: string;
  readonly #dev: bigint;
  readonly #ino: bigint;

  /** To be made right after bind, with the path as it was bound. */
  constructor(path: string) {
    this.#path = resolve(path);
    const { dev, ino } = lstatSync(this.#path, { bigint: true });
    this.#dev = dev;
    this.#ino = ino;
  }

  setMode(mode: number): void {
    chmodSync(this.#path, mode);
  }

  /** Removes the file unless another has taken its place. */
  remove(): void {
    try {
      const { dev, ino } = lstatSync(this.#path, { bigint: true });
      if (dev === this.#dev && ino === this.#ino) unlinkSync(this.#path);
    } catch {
      // Gone already, or not ours to remove: closing goes on.
    }
  }
}

/** Removes the file of a Unix socket that nobody listens on; true if it did. What is no socket is left alone. */
export function removeDeadFile(path: string | undefined, isDead: () => boolean): boolean {
  if (path === undefined || path.startsWith('@')) return false;
  const before = lstatSync(path, { bigint: true });
  if (!before.isSocket() || !isDead()) return false;
  const after = lstatSync(path, { bigint: true });
  if (after.ino !== before.ino || after.dev !== before.dev) return false;
  unlinkSync(path);
  return true;
}
