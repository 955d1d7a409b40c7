// Owns the comparison with other runtimes: runs the programs of probes/, and writes what they found into probes/results.json, and
// from there into README.md and docs/compared.md. It must not know what a program tries.
//
//   node scripts/probes.mjs [--check] [--pages] [COLUMN …] [--row=NAME]     COLUMN: berkeley, node, bun, deno, python
//
// --check     writes nothing, and fails where an answer is not the recorded one. Another version than the recorded one may
//             answer otherwise: that is said, and is no failure. What is not fetched (scripts/fetch-contenders.mjs) is left out.
// --pages     runs nothing, and writes the pages from what is recorded; with --check it fails where they say anything else
// --row=NAME  runs one row, says what its programs said, and records nothing

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, release } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { details, fill, table, versions } from '../probes/pages.mjs';
import { canTrace, cleanUp, fileOf, runProbe } from '../probes/run.mjs';
import { columns, rows } from '../probes/table.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const recordFile = join(root, 'probes', 'results.json');
const words = process.argv.slice(2);
const named = words.filter((word) => !word.startsWith('-'));
const unknown = named.filter((name) => !columns.some((column) => column.name === name));
if (unknown.length > 0) fail(`no such column: ${unknown.join(', ')}`);
const onlyRow = words.find((word) => word.startsWith('--row='))?.slice(6);
const complaints = [];

if (words.includes('--pages')) {
  await writePages(recorded());
} else {
  const found = await probe(
    columns.filter(({ name }) => named.length === 0 || named.includes(name)),
    rows.filter(({ name }) => onlyRow === undefined || name === onlyRow),
  );
  cleanUp();
  if (onlyRow !== undefined) console.log(JSON.stringify(found.rows[onlyRow], null, 2));
  else if (words.includes('--check')) compare(found, recorded());
  else if (complaints.length === 0) await record(found);
}
for (const complaint of complaints) console.error(complaint);
if (complaints.length > 0) process.exitCode = 1;

/** Runs every row in every column that is there. */
async function probe(wantedColumns, wantedRows) {
  const found = { system: `Linux ${/^\d+\.\d+/.exec(release())[0]}`, columns: {}, rows: {} };
  const jobs = [];
  for (const row of rows) found.rows[row.name] = {};
  for (const column of wantedColumns) {
    const runtime = runtimeOf(column.name);
    if (runtime === null) {
      console.log(`${column.name}: not here, left out`);
      continue;
    }
    found.columns[column.name] = { version: runtime.version };
    for (const row of wantedRows)
      jobs.push(async () => {
        if (row.traced !== undefined && !canTrace) return;
        const answer = await best(row, column, runtime.command);
        if (answer !== null) found.rows[row.name][column.name] = answer;
      });
  }
  const workers = Array.from({ length: availableParallelism() }, async () => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) await job();
  });
  await Promise.all(workers);
  return found;
}

/** The best answer of the programs that a column may try. Only the first folder's programs must work: the others are written for another runtime. */
async function best(row, column, command) {
  const order = ['no', 'partly', 'yes'];
  let result = null;
  for (const folder of column.folders) {
    const file = fileOf(folder, row);
    if (file === null) continue;
    const foreign = folder !== column.folders[0];
    const answer = await runProbe(row, command, file);
    if (answer.verdict === undefined && !foreign) {
      complaints.push(`${column.name}, ${row.name}: ${answer.error}`);
      continue;
    }
    if (answer.verdict === undefined && onlyRow !== undefined)
      console.log(`${column.name}, ${folder}: ${answer.error}`);
    const { verdict, why } =
      answer.verdict === undefined ? { verdict: 'no', why: 'the program for Node.js fails here' } : answer;
    if (result !== null && order.indexOf(verdict) <= order.indexOf(result.verdict)) continue;
    result = {
      verdict,
      why: foreign && verdict !== 'no' ? `as on Node.js: ${why}` : why,
      program: file.slice(join(root, 'probes').length + 1),
    };
  }
  if (result === null) complaints.push(`${column.name}, ${row.name}: no program has an answer`);
  return result;
}

function compare(found, record) {
  let same = 0;
  for (const row of rows)
    for (const [column, answer] of Object.entries(found.rows[row.name])) {
      const before = record.rows[row.name][column];
      if (before.verdict === answer.verdict) {
        same++;
        continue;
      }
      const now = found.columns[column].version;
      const then = record.columns[column].version;
      const text = `${column}, ${row.name}: recorded is ${before.verdict}, found is ${answer.verdict}: ${answer.why}`;
      if (column === 'berkeley' || now === then) complaints.push(text);
      else console.log(`${text} (recorded with ${then}, this is ${now})`);
    }
  const ran = Object.values(found.columns).map(({ version }) => version);
  console.log(`${same} answers of ${ran.join(', ')} are as recorded`);
}

async function record(found) {
  const before = existsSync(recordFile) ? recorded() : { columns: {}, rows: {} };
  const result = { system: found.system, columns: { ...before.columns, ...found.columns }, rows: {} };
  for (const { name } of rows) result.rows[name] = { ...before.rows[name], ...found.rows[name] };
  writeFileSync(recordFile, await pretty(recordFile, JSON.stringify(result), 'json'));
  await writePages(result);
}

async function writePages(results) {
  const parts = { table: table(results), versions: versions(results), details: details(results) };
  for (const [page, names] of [
    ['README.md', ['table', 'versions']],
    ['docs/compared.md', ['versions', 'details']],
  ]) {
    const path = join(root, page);
    const before = readFileSync(path, 'utf8');
    const wanted = Object.fromEntries(names.map((name) => [name, parts[name]]));
    const after = await pretty(path, fill(before, wanted), 'markdown');
    if (!words.includes('--check')) writeFileSync(path, after);
    else if (before !== after) complaints.push(`${page} is not what was recorded: node scripts/probes.mjs --pages`);
  }
}

async function pretty(path, text, parser) {
  return format(text, { ...(await resolveConfig(path)), parser });
}

function recorded() {
  return JSON.parse(readFileSync(recordFile, 'utf8'));
}

/** What runs a column's programs, and its version; null where it is not there. The newest Node that was fetched, or this one. */
function runtimeOf(name) {
  if (name === 'python') {
    const [, version] = /(\d+\.\d+\.\d+)/.exec(execFileSync('python3', ['--version'], { encoding: 'utf8' }));
    return { command: ['python3'], version: `Python ${version}` };
  }
  const fetched = name === 'bun' || name === 'deno' ? contender(name) : (contender('node-26') ?? process.execPath);
  if (fetched === null) return null;
  const said = execFileSync(fetched, ['--version'], { encoding: 'utf8' });
  const version = /\d+\.\d+\.\d+\S*/.exec(said)[0];
  if (name === 'berkeley') return { command: [fetched], version: `berkeley ${ownVersion()}` };
  if (name === 'node') return { command: [fetched], version: `Node.js ${version}` };
  if (name === 'bun') return { command: [fetched], version: `Bun ${version}` };
  const allowed = ['run', '--quiet', '--allow-all', '--no-check', '--unstable-net'];
  return { command: [fetched, ...allowed], version: `Deno ${version}` };
}

function contender(name) {
  const { package: packages, binary } = JSON.parse(readFileSync(join(root, 'scripts', 'contenders.json'), 'utf8'))[
    name
  ];
  const path = join(root, '.contenders', name, 'node_modules', packages[process.arch] ?? process.arch, binary);
  return existsSync(path) ? path : null;
}

function ownVersion() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
}

function fail(text) {
  console.error(text);
  process.exit(2);
}
