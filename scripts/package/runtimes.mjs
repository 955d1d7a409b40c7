// Owns how the smoke program is run by a runtime, whichever it is, and what came of each of its parts. It must not know what the parts do.

import { Buffer } from 'node:buffer';
import { execFile } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A process that says nothing for so long has stopped. An emulated one is some thirty times slower. */
const patience = 60_000;
const emulatedPatience = 240_000;

/**
 * The runtime that a binary is: its name with the line, as in the table of docs/platforms.md, and the words that start a program with it.
 */
export async function runtimeOf(binary) {
  const emulated = machineOf(binary) === 183 && process.arch !== 'arm64';
  // Where Debian's compiler for arm64 has put its libc.
  const start = emulated ? ['qemu-aarch64-static', '-L', '/usr/aarch64-linux-gnu', binary] : [binary];
  const { stdout } = await run(start[0], [...start.slice(1), '--version'], { timeout: patience });
  const version = /\d+\.\d+\.\d+/.exec(stdout)[0];
  const [major, minor] = version.split('.');
  const time = emulated ? emulatedPatience : patience;
  if (stdout.startsWith('deno'))
    return { name: `Deno ${major}.${minor}`, version, start: [...start, 'run', '-A'], time };
  if (!stdout.startsWith('v')) return { name: `Bun ${major}.${minor}`, version, start, time };
  return { name: `Node.js ${major}${emulated ? ', arm64' : ''}`, version, start, time, isNode: true };
}

/** What the smoke program in `folder` says of each part, by its name: 'ok', or what went wrong. */
export async function smoke(runtime, folder, parts) {
  const outcomes = await attempt(runtime, folder, []);
  // A part that ends the process takes those behind it along; alone, each has its chance.
  for (const part of parts) {
    if (!outcomes.has(part))
      outcomes.set(part, (await attempt(runtime, folder, [part])).get(part) ?? 'ends the process');
  }
  return outcomes;
}

async function attempt({ start, time }, folder, parts) {
  const options = { cwd: folder, timeout: time, killSignal: 'SIGKILL' };
  const words = [...start.slice(1), 'smoke.mjs', ...parts];
  const { stdout } = await run(start[0], words, options).catch((error) => error);
  return new Map(
    stdout
      .split('\n')
      .filter((line) => line.includes(' '))
      .map((line) => splitOnce(line)),
  );
}

function splitOnce(line) {
  const at = line.indexOf(' ');
  return [line.slice(0, at), line.slice(at + 1)];
}

/** The number that an ELF file has for its processor: 62 is x86-64, 183 is arm64. */
function machineOf(binary) {
  const head = Buffer.alloc(20);
  const file = openSync(binary, 'r');
  readSync(file, head, 0, head.length, 0);
  closeSync(file);
  return head.readUInt16LE(18);
}
