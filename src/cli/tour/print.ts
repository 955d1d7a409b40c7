// Owns how the tour looks: 80 columns of plain text, with a little emphasis on a terminal. It must not know the steps.

import { rounded } from '../ping/statistics.js';
import { styled } from '../style.js';
import type { Tour } from './tour-step.js';

const width = 78;
const titleWidth = 15;
const timeWidth = 10;

export interface Row {
  readonly tour: Tour;
  readonly steps: number;
  readonly failed: number;
}

export class Printer {
  readonly #json: boolean;

  /** With `json` only steps are printed, and the end: an object each. */
  constructor(json: boolean) {
    this.#json = json;
  }

  line(text = ''): void {
    if (!this.#json) process.stdout.write(`${text}\n`);
  }

  heading(text: string): void {
    this.line();
    this.line(this.#style('bold', text));
  }

  done(tour: Tour, title: string, words: string, ms: number): void {
    this.#object({ event: 'step', ...place(tour), title, outcome: 'verified', words, milliseconds: rounded(ms) });
    const time = `${ms.toFixed(ms < 100 ? 2 : 0)} ms`;
    const room = width - titleWidth - 2 - timeWidth;
    const text = words.length > room ? `${words.slice(0, room - 3)}...` : words;
    this.line(`  ${title.padEnd(titleWidth)}${text.padEnd(room)}${this.#style('dim', time.padStart(timeWidth))}`);
  }

  skipped(tour: Tour, title: string, why: string): void {
    this.#object({ event: 'step', ...place(tour), title, outcome: 'skipped', words: why });
    this.line(`  ${title.padEnd(titleWidth)}skipped: ${why}`);
  }

  failed(tour: Tour, title: string, why: string): void {
    this.#object({ event: 'step', ...place(tour), title, outcome: 'failed', words: why });
    this.line(`  ${title.padEnd(titleWidth)}${this.#style('red', 'FAILED')}: ${why}`);
  }

  /** The last word. */
  end(steps: number, failed: number, good: boolean): void {
    this.#object({ event: 'end', steps, failed, good });
  }

  table(rows: readonly Row[]): void {
    const columns = ['transport', 'colour', 'steps', 'bytes verified', 'round trips/s'];
    const cells = rows.map(({ tour, steps, failed }) => [
      tour.transport,
      tour.colour,
      failed === 0 ? String(steps) : `${steps - failed} of ${steps}`,
      tour.verified.toLocaleString('en-US'),
      Math.round(tour.roundTrips).toLocaleString('en-US'),
    ]);
    const widths = columns.map((name, at) => Math.max(name.length, ...cells.map((row) => (row[at] ?? '').length)));
    const format = (row: readonly string[]): string =>
      `  ${row.map((cell, at) => (at < 2 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('   ')}`;
    this.line();
    this.line(this.#style('bold', format(columns)));
    for (const row of cells) this.line(format(row));
    this.line();
  }

  #style(style: 'bold' | 'dim' | 'red', text: string): string {
    return styled(process.stdout, style, text);
  }

  #object(value: object): void {
    if (this.#json) process.stdout.write(`${JSON.stringify(value)}\n`);
  }
}

function place({ transport, colour }: Tour): object {
  return { transport, colour };
}
