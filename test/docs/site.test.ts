// Owns what the site must have: every page of the documents in its sidebar, every export of the library in its reference, and
// no link that leads nowhere. It is not built here: `npm run docs` builds it, and checks the links of what it has built.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import test from 'node:test';
import * as net from 'berkeley';
import * as streams from 'berkeley/streams';
import * as sync from 'berkeley/sync';
import { anchor, headings, pages, root, textOf } from './pages.js';

interface Pages {
  readonly navigation: readonly { readonly title: string; readonly pages: readonly string[] }[];
  placeOf(this: void, file: string): string | null;
  pageOf(this: void, file: string): { text: string };
  anchor(this: void, heading: string): string;
}
interface Reference {
  referencePages(this: void): [place: string, text: string][];
}
const { navigation, placeOf, pageOf, anchor: anchorOfSite } = (await import(`${root}site/pages.mjs`)) as Pages;
const { referencePages } = (await import(`${root}site/reference.mjs`)) as Reference;
const listed = navigation.flatMap((section) => section.pages);

test('every page of the documents is in the sidebar of the site, once', () => {
  assert.deepEqual(
    pages().filter((page) => !listed.includes(page)),
    [],
    'site/navigation.json lacks them',
  );
  assert.deepEqual(listed, [...new Set(listed)]);
});

test('every page of the site has a place of its own and can be made', () => {
  const places = listed.map((page) => placeOf(page));
  assert.deepEqual(places, [...new Set(places)]);
  for (const page of listed) assert.ok(pageOf(page).text.length > 100, page);
});

test('every export of the entry points is in the reference', () => {
  const made = referencePages();
  const index = made.find(([place]) => place === 'reference/index.md')![1];
  for (const name of Object.keys({ ...net, ...sync, ...streams }))
    assert.match(index, new RegExp(`^- \\[\`${name}\``, 'm'), name);
  for (const file of readdirSync(`${root}src/contract`).filter((name) => name !== 'index.ts'))
    for (const [, name] of textOf(`src/contract/${file}`).matchAll(/^export (?:interface|type) (\w+)/gm))
      // The methods of these two are what is exported.
      if (name !== 'Net' && name !== 'Streams') assert.ok(index.includes(`- [\`${name!}\`]`), name);
});

test('the reference has every member with its comment, and its examples as code', () => {
  const connections = referencePages().find(([place]) => place === 'reference/connections.md')![1];
  assert.match(connections, /^### readExact \{#ConnBase-readExact\}$/m);
  assert.match(connections, /Reads exactly `n` bytes/);
  assert.match(connections, /\*\*Throws\*\* \[EndOfStreamError\]\(.*#EndOfStreamError\) \[`ERR_UNEXPECTED_EOF`\]/);
  assert.match(connections, /```ts\nconst length = \(await conn\.readExact\(4\)\)\.readUInt32BE\(\);\n```/);
  assert.doesNotMatch(connections, /\* @|this: void/);
  for (const [place, text] of referencePages())
    for (const { index, 0: code } of text.matchAll(/```ts\n[^]*?\n```/g))
      assert.doesNotMatch(code, /^ *\* /m, `${place} at ${index}`);
});

test('the anchors of the site are those of the repository', () => {
  const all = pages().flatMap(headings);
  assert.ok(all.length > 300);
  for (const heading of all) assert.equal(anchorOfSite(heading), anchor(heading));
});
