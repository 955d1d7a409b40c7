// Owns the table of docs/platforms.md: what of the smoke program works where. It is written by the check itself, and the check fails when it is
// not so any more. It must not know how the program is run.

import { readFileSync, writeFileSync } from 'node:fs';

const begins = '<!-- smoke -->';
const ends = '<!-- smoke ends -->';

/** Lines that say in what the page and the run differ. What was not run, and what the page has no row for, is not compared. */
export function differences(page, results) {
  const told = read(page);
  const found = [];
  for (const [runtime, outcomes] of results)
    for (const [part, outcome] of outcomes) {
      const expected = told.get(runtime)?.get(part);
      if (expected !== undefined && expected !== cell(outcome))
        found.push(`${runtime}: ${part}: ${outcome}, where the page says '${expected}'`);
    }
  return found;
}

/** Writes the results into the page; what was not run stays as it was. */
export function write(page, results) {
  const told = read(page);
  for (const [runtime, outcomes] of results)
    told.set(runtime, new Map([...outcomes].map(([part, outcome]) => [part, cell(outcome)])));
  const runtimes = [...told.keys()].sort(byLine);
  const parts = [...new Set(runtimes.flatMap((name) => [...told.get(name).keys()]))];
  const rows = parts.map((part) => [part, ...runtimes.map((name) => told.get(name).get(part) ?? '')]);
  const lines = aligned([['', ...runtimes], ...rows]);
  const text = readFileSync(page, 'utf8');
  const [front, rest] = [text.slice(0, text.indexOf(begins)), text.slice(text.indexOf(ends))];
  writeFileSync(page, `${front}${begins}\n\n${lines.join('\n')}\n\n${rest}`);
}

/** As prettier would have it. */
function aligned(rows) {
  const widths = rows[0].map((_, i) => Math.max(3, ...rows.map((row) => row[i].length)));
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const padded = rows.map((row) => line(row.map((one, i) => one.padEnd(widths[i]))));
  return [padded[0], line(widths.map((width) => '-'.repeat(width))), ...padded.slice(1)];
}

/** Node first, then by name; 20 before 100. */
function byLine(a, b) {
  const key = (name) => (name.startsWith('Node.js') ? ` ${name.includes(',') ? 'b' : 'a'}${name}` : name);
  return key(a).localeCompare(key(b), 'en', { numeric: true });
}

function cell(outcome) {
  return outcome === 'ok' ? 'yes' : 'no';
}

/** Runtime → part → cell. */
function read(page) {
  const text = readFileSync(page, 'utf8');
  const table = text.slice(text.indexOf(begins) + begins.length, text.indexOf(ends));
  const [head = [], , ...rows] = table
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((one) => one.trim()),
    );
  return new Map(head.slice(1).map((name, i) => [name, new Map(rows.map((row) => [row[0], row[i + 1]]))]));
}
