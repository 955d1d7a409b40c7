// Owns what becomes of answers: the table of README.md between its markers, and docs/compared.md. It must not know how a probe
// is run.

import { columns, rows } from './table.mjs';

/** The table of README.md. */
export function table(results) {
  const shown = columns.filter(({ name }) => results.columns[name] !== undefined);
  return [
    `|  | ${shown.map(({ title }) => title).join(' | ')} |`,
    `| --- |${shown.map(() => ' --- |').join('')}`,
    ...rows.map(
      (row) => `| ${row.title} | ${shown.map(({ name }) => results.rows[row.name][name].verdict).join(' | ')} |`,
    ),
  ].join('\n');
}

/** What ran, in one line. */
export function versions(results) {
  const named = columns
    .filter(({ name }) => results.columns[name] !== undefined)
    .map(({ name }) => results.columns[name].version);
  return `${named.slice(0, -1).join(', ')} and ${named.at(-1)}, on ${results.system}`;
}

/** Everything that was found, row by row. */
export function details(results) {
  return rows
    .map((row) => {
      const lines = columns
        .filter(({ name }) => results.rows[row.name][name] !== undefined)
        .map(({ name, title }) => {
          const { verdict, why, program } = results.rows[row.name][name];
          return `| ${title} | ${verdict} | ${why} | \`probes/${program}\` |`;
        });
      return [
        `### ${row.title.replaceAll('`', '')}`,
        '',
        row.question,
        '',
        '|  |  | how, or why not |  |',
        '| --- | --- | --- | --- |',
        ...lines,
      ].join('\n');
    })
    .join('\n\n');
}

/** A page with each part between the two markers that have its name. */
export function fill(text, parts) {
  for (const [name, part] of Object.entries(parts)) {
    const [begin, end] = [`<!-- probes:${name} -->`, `<!-- probes:${name} ends -->`];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`there are no markers for ${name}`);
    text = `${text.slice(0, from)}${begin}\n\n${part}\n\n${text.slice(to)}`;
  }
  return text;
}
