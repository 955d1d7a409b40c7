// The file that servers of the benchmark give: 64 MiB, without a name, in the page cache.

import { mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const FILE_BYTES = 64 * 1024 * 1024;

export function openFile(): number {
  const folder = mkdtempSync(join(tmpdir(), 'berkeley-bench-'));
  const fd = openSync(join(folder, 'file'), 'w+');
  rmSync(folder, { recursive: true });
  const piece = Buffer.alloc(1024 * 1024, 'x');
  for (let at = 0; at < FILE_BYTES; at += piece.length) writeSync(fd, piece, 0, piece.length, at);
  return fd;
}
