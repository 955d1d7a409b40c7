// What the documents say of the project must be so: links lead somewhere, every code is explained, every dependency has
// its reason, every room and every script is described, the command's usage is the command's own.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import * as net from 'berkeley';
import { anchor, blocks, headings, pages, prose, root, textOf } from './pages.js';

interface Manifest {
  readonly scripts: Record<string, string>;
  readonly devDependencies: Record<string, string>;
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}
const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as Manifest;

test('every link inside the project leads to a file, and to a heading in it', () => {
  const broken: string[] = [];
  for (const page of pages()) {
    for (const [, link] of prose(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(link!)) continue;
      const [path, fragment] = link!.split('#') as [string, string?];
      const file = path === '' ? page : join(dirname(page), path);
      if (!existsSync(root + file)) broken.push(`${page}: ${link}`);
      else if (fragment !== undefined && !headings(file).some((heading) => anchor(heading) === fragment))
        broken.push(`${page}: ${link}: no such heading`);
    }
  }
  assert.deepEqual(broken, []);
});

test('docs/errors.md explains every code of the registry, in alphabetical order', () => {
  const source = readFileSync(`${root}src/error/codes.ts`, 'utf8');
  const codes = [...source.matchAll(/^ {2}([A-Z_0-9]+):/gm)].map(([, code]) => code!);
  assert.ok(codes.length >= 20);
  const explained = headings('docs/errors.md').filter((heading) => /^[A-Z][A-Z0-9_]+$/.test(heading));
  assert.deepEqual(explained, explained.toSorted());
  assert.deepEqual(
    codes.filter((code) => !explained.includes(code)),
    [],
  );
  for (const code of explained.filter((one) => one.startsWith('ERR_')))
    assert.ok(codes.includes(code), `${code} is not in the registry`);
});

test('every function of the entry points is in the guide', () => {
  const guide = readdirSync(`${root}docs/guide`)
    .map((name) => textOf(`docs/guide/${name}`))
    .join('\n');
  const missing = Object.keys(net).filter((name) => !new RegExp(`\\b${name}\\b`).test(guide));
  assert.deepEqual(missing, []);
});

test('every method of a connection, a listener and a socket is in the guide', () => {
  const guide = readdirSync(`${root}docs/guide`)
    .map((name) => textOf(`docs/guide/${name}`))
    .join('\n');
  const missing: string[] = [];
  for (const file of ['conn', 'listener', 'socket', 'udp']) {
    const source = readFileSync(`${root}src/contract/${file}.ts`, 'utf8').replace(/\/\*\*[^]*?\*\//g, '');
    for (const [, name] of source.matchAll(/^ {2}(?:readonly |get |set )?([a-z]\w+)[(?:<]/gm))
      if (!new RegExp(`\\b${name}\\b`).test(guide)) missing.push(`${file}: ${name}`);
  }
  assert.deepEqual(missing, []);
});

test('the list of option tokens in the guide is that of the code: level, unit, direction and manual', () => {
  const page = textOf('docs/guide/options.md');
  const list = page.slice(page.indexOf('## All tokens'), page.indexOf('## Before bind'));
  const cells: string[][] = [];
  let level = '';
  for (const line of list.split('\n')) {
    level = /^### (\w+)/.exec(line)?.[1] ?? level;
    const row = line.split(/ *(?<!\\)\| */).slice(1, -1);
    if (row[0]?.startsWith('`')) cells.push([level, row[0].slice(1, -1), ...row.slice(2)]);
  }
  assert.deepEqual(
    cells,
    Object.values(net.options as unknown as Record<string, net.SocketOption<unknown>>).map((option) => {
      const { levelName, label, unit, direction, manual } = option;
      return [levelName!, label, (unit ?? '').replaceAll('*', '\\*'), direction!, manual ?? ''];
    }),
  );
});

test('CONTRIBUTING.md gives every dependency its reason and every script its line', () => {
  const page = textOf('CONTRIBUTING.md');
  const { devDependencies, dependencies = {}, optionalDependencies = {} } = manifest;
  const names = Object.keys({ ...devDependencies, ...dependencies, ...optionalDependencies });
  for (const name of names) assert.ok(page.includes(`| \`${name}\``), `${name} is not in the table`);
  for (const name of Object.keys(manifest.scripts)) {
    const command = name === 'start' || name === 'test' ? `npm ${name}` : `npm run ${name}`;
    assert.ok(page.includes(`\`${command}\``) || page.includes(`\`${name}\``), `${command} is not explained`);
  }
});

test('what the documents have typed at a shell exists: scripts of package.json, files, subcommands', () => {
  const usage = execFileSync(process.execPath, [`${root}dist/cli/main.js`, '--help'], { encoding: 'utf8' });
  const wrong: string[] = [];
  let checked = 0;
  for (const { page, code } of pages()
    .flatMap(blocks)
    .filter(({ info }) => info === 'sh')) {
    for (const [, npm, file, subcommand] of code.matchAll(
      /\bnpm run ([\w:]+)|\bnode ((?:scripts|build\/examples)\/[\w./-]+)|\b(?:npx berkeley|npm start --) ([a-z]+)/g,
    )) {
      checked++;
      if (npm !== undefined && !(npm in manifest.scripts)) wrong.push(`${page}: npm run ${npm}`);
      if (file !== undefined && !existsSync(root + file)) wrong.push(`${page}: node ${file}`);
      if (subcommand !== undefined && !usage.includes(subcommand)) wrong.push(`${page}: berkeley ${subcommand}`);
    }
  }
  assert.ok(checked >= 20, `only ${checked} commands were found`);
  assert.deepEqual(wrong, []);
});

test('ARCHITECTURE.md describes every room', () => {
  const page = textOf('ARCHITECTURE.md');
  const rooms = readdirSync(`${root}src`, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  assert.ok(rooms.length >= 10);
  for (const { name } of rooms) assert.match(page, new RegExp(`^\\| \`${name}\` +\\|`, 'm'));
});

test('every file that the documents name exists', () => {
  const missing: string[] = [];
  for (const page of pages()) {
    for (const [, path] of prose(page).matchAll(
      /`((?:src|native|test|scripts|examples|docs|bench|probes)\/[\w./-]+)`/g,
    ))
      // The addons of the package are made by npm pack, and are not in a checkout.
      if (!path!.startsWith('native/prebuilt/') && !existsSync(root + path!)) missing.push(`${page}: ${path}`);
  }
  assert.deepEqual(missing, []);
});

test("docs/command.md shows the command's own usage", () => {
  const usage = execFileSync(process.execPath, [`${root}dist/cli/main.js`, '--help'], { encoding: 'utf8' });
  assert.ok(blocks('docs/command.md').some(({ code }) => code === usage.trimEnd()));
});
