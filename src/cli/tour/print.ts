// Owns how the tour looks: 80 columns of plain text, with a little emphasis on a terminal. It must not know the steps.

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
  readonly #emphasis: boolean;

  constructor() {
    this.#emphasis = process.stdout.isTTY && (process.env.NO_COLOR ?? '') === '' && process.env.TERM !== 'dumb';
  }

  line(text = ''): void {
    process.stdout.write(`${text}\n`);
  }

  heading(text: string): void {
    this.line();
    this.line(this.#style('1', text));
  }

  done(title: string, words: string, ms: number): void {
    const time = `${ms.toFixed(ms < 100 ? 2 : 0)} ms`;
    const room = width - titleWidth - 2 - timeWidth;
    const text = words.length > room ? `${words.slice(0, room - 3)}...` : words;
    this.line(`  ${title.padEnd(titleWidth)}${text.padEnd(room)}${this.#style('2', time.padStart(timeWidth))}`);
  }

  skipped(title: string, why: string): void {
    this.line(`  ${title.padEnd(titleWidth)}skipped: ${why}`);
  }

  failed(title: string, why: string): void {
    this.line(`  ${title.padEnd(titleWidth)}${this.#style('31', 'FAILED')}: ${why}`);
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
    this.line(this.#style('1', format(columns)));
    for (const row of cells) this.line(format(row));
    this.line();
  }

  #style(code: string, text: string): string {
    return this.#emphasis ? `\u001b[${code}m${text}\u001b[0m` : text;
  }
}
