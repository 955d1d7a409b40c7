// Owns the line that tells how far a long transfer is. It must not know what is transferred.

import { fstatSync } from 'node:fs';

export interface Passed {
  readonly sent: number;
  readonly received: number;
}

/** A line on standard error, renewed while something is transferred. */
export class Progress {
  readonly #passed: () => Passed;
  /** How much there is to send, where that is known. */
  readonly #total: number | null;
  readonly #begun = performance.now();
  readonly #inPlace = process.stderr.isTTY;
  readonly #timer: NodeJS.Timeout | null;
  #shown = false;

  /** Shown in any case with `asked`; else only where a person looks and nothing else is shown there. */
  constructor(asked: boolean, passed: () => Passed) {
    this.#passed = passed;
    this.#total = sizeOfInput();
    const fits = process.stderr.isTTY && !process.stdout.isTTY && !process.stdin.isTTY;
    if (!asked && !fits) {
      this.#timer = null;
      return;
    }
    // On a terminal the line moves; elsewhere each one stays.
    this.#timer = setInterval(() => this.#show(), this.#inPlace ? 250 : 1000);
    this.#timer.unref();
  }

  /** The last figures, where there was a line before, or where one was asked for. */
  end(asked: boolean): void {
    if (this.#timer === null) return;
    clearInterval(this.#timer);
    if (!this.#shown && !asked) return;
    this.#write();
    if (this.#inPlace) process.stderr.write('\n');
  }

  #show(): void {
    if (this.#inPlace && performance.now() - this.#begun < quiet) return;
    this.#shown = true;
    this.#write();
  }

  #write(): void {
    const text = progressLine(this.#passed(), (performance.now() - this.#begun) / 1000, this.#total);
    process.stderr.write(this.#inPlace ? `\r${text.slice(0, process.stderr.columns - 1)}\u001b[K` : `${text}\n`);
  }
}

/** `sent 12.0 MiB of 24.0 MiB (50 %), received 0 B, 6.0 MiB/s, 0:02, 0:02 to go` */
export function progressLine({ sent, received }: Passed, seconds: number, total: number | null): string {
  const rate = (sent + received) / Math.max(seconds, 0.001);
  const parts = [
    total === null || total === 0
      ? `sent ${size(sent)}`
      : `sent ${size(sent)} of ${size(total)} (${Math.floor((Math.min(sent, total) / total) * 100)} %)`,
    `received ${size(received)}`,
    `${size(rate)}/s`,
    clock(seconds),
  ];
  if (total !== null && sent > 0 && sent < total) parts.push(`${clock((total - sent) / (sent / seconds))} to go`);
  return parts.join(', ');
}

export function size(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number): string => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** Null where standard input is no file. */
function sizeOfInput(): number | null {
  try {
    const stat = fstatSync(0);
    return stat.isFile() ? stat.size : null;
  } catch {
    return null;
  }
}

/** In milliseconds: what is over sooner needs no progress. */
const quiet = 1000;
