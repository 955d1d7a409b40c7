// Owns how the documentation becomes a site: the pages of the repository, the reference and the examples are written to
// build/site/pages, and drawn from there to build/site/html. It must not know what the pages say.
//
//   node scripts/site.mjs [--base=/FOLDER/] [--serve]
//
// --base    where the site will stand on its server, with a slash at both ends
// --serve   shows the site at a port of this machine until it is interrupted
//
// Nothing is fetched. A link that leads nowhere is an error, be it to a page or to a heading.

import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build, serve } from 'vitepress';
import { brokenLinks } from '../site/broken-links.mjs';
import { examplePages } from '../site/examples.mjs';
import { navigation, pageOf, placeOf, read, root } from '../site/pages.mjs';
import { referencePages } from '../site/reference.mjs';

const words = process.argv.slice(2);
const base = words.find((word) => word.startsWith('--base='))?.slice('--base='.length) ?? '/';
const pages = join(root, 'build', 'site', 'pages');
const html = join(root, 'build', 'site', 'html');

rmSync(dirname(pages), { recursive: true, force: true });
write('index.md', read('site/index.md'));
for (const file of navigation.flatMap((group) => group.pages)) {
  const { text, files } = pageOf(file);
  write(placeOf(file), text);
  for (const one of files) {
    const place = join(dirname(placeOf(file)), basename(one));
    // A picture becomes a part of the page; anything else is there to be fetched, under its own name.
    copy(one, /\.(svg|png)$/.test(one) ? place : join('public', place));
  }
}
for (const [place, text] of [...referencePages(), ...examplePages()]) write(place, text);
await build(join(root, 'site'), { base });

const broken = brokenLinks(html, base);
for (const one of broken) console.error(one);
if (broken.length > 0) process.exitCode = 1;
else if (words.includes('--serve')) await serve({ root: join(root, 'site'), base });

function write(place, text) {
  mkdirSync(dirname(join(pages, place)), { recursive: true });
  writeFileSync(join(pages, place), text);
}

function copy(file, place) {
  mkdirSync(dirname(join(pages, place)), { recursive: true });
  copyFileSync(join(root, file), join(pages, place));
}
