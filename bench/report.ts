// The command behind `npm run bench:report -- FILE …`: writes what runs have recorded (`npm run bench -- --out FILE`) into
// docs/performance.md and README.md, between their markers, and draws the chart. Where two files have the same case, the last
// one counts.

import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { drawn, goals, machine, summary, tables } from './markdown.js';
import type { Run } from './result.js';

// This file runs as build/bench/report.js.
const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const files = process.argv.slice(2);
if (files.length === 0) {
  process.stderr.write(
    'Usage: npm run bench:report -- FILE …     FILE: what npm run bench -- --out FILE has written\n',
  );
  process.exit(2);
}
const runs = files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as Run);
await write('docs/performance.md', { machine: machine(runs), goals: goals(runs), tables: tables(runs) });
await write('README.md', { summary: summary(runs) });
writeFileSync(join(ROOT, 'docs', 'performance.svg'), drawn(runs));

/** Puts each part between the two markers that have its name. */
async function write(page: string, parts: Readonly<Record<string, string>>): Promise<void> {
  const path = join(ROOT, page);
  let text = readFileSync(path, 'utf8');
  for (const [name, part] of Object.entries(parts)) {
    const [begin, end] = [`<!-- bench:${name} -->`, `<!-- bench:${name} ends -->`];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`${page} has no markers for ${name}`);
    text = `${text.slice(0, from)}${begin}\n\n${part}\n\n${text.slice(to)}`;
  }
  const options = await resolveConfig(path);
  writeFileSync(path, await format(text, { ...options, parser: 'markdown' }));
}
