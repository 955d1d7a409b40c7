// Owns the check of the built site: every link inside of it leads to a file, and to an element of it that has the name. What
// lies outside is not fetched.

import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/** One line for each link that leads nowhere. */
export function brokenLinks(folder, base = '/') {
  const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.html'));
  if (files.length === 0) throw new Error(`there are no pages in ${folder}`);
  const names = new Map();
  const broken = [];
  for (const file of files) {
    const text = readFileSync(join(folder, file), 'utf8');
    const here = new URL(file, `http://site${base}`);
    for (const [, link] of text.matchAll(/\s(?:href|src)="([^"]*)"/g)) {
      const to = new URL(link.replaceAll('&amp;', '&'), here);
      if (to.host !== 'site') continue;
      const target = fileOf(decodeURI(to.pathname));
      if (target === null) broken.push(`${file}: ${link}`);
      else if (to.hash.length > 1 && !namesOf(target).has(decodeURIComponent(to.hash.slice(1))))
        broken.push(`${file}: ${link}: no such heading`);
    }
  }
  return [...new Set(broken)];

  function fileOf(path) {
    if (!path.startsWith(base)) return null;
    const name = join(folder, path.slice(base.length));
    if (!existsSync(name)) return null;
    return statSync(name).isDirectory() ? join(name, 'index.html') : name;
  }

  function namesOf(file) {
    const name = relative(folder, file);
    if (!names.has(name))
      names.set(name, new Set([...readFileSync(file, 'utf8').matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id)));
    return names.get(name);
  }
}
