// Owns which files of the repository are pages of the site, where they stand in it, and how the links between them are
// rewritten. It must not know what the pages say, nor what draws them.

import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, posix, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** The sidebar: titles, each with its pages as paths in the repository. A test holds it against the files. */
export const navigation = JSON.parse(read('site/navigation.json'));

/** The examples, as paths in the repository. */
export const examples = readdirSync(join(root, 'examples'), { recursive: true })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => `examples/${name}`)
  .sort();

/** Where a file of the repository stands in the site, or `null`: `docs/guide/tls.md` is `guide/tls.md`. */
export function placeOf(file) {
  if (/^examples(\/|$)/.test(file) && !/\.\w+$/.test(file)) return 'examples/index.md';
  if (file.startsWith('src/contract')) return 'reference/index.md';
  if (examples.includes(file)) return file.replace(/\.ts$/, '.md');
  const isPage = navigation.some(({ pages }) => pages.includes(file));
  // A folder is the page about it.
  if (!isPage) return file.endsWith('README.md') ? null : placeOf(posix.join(file, 'README.md'));
  if (!file.includes('/')) return `project/${file.replace(/\.md$/, '').toLowerCase()}.md`;
  if (file === 'bench/README.md') return 'project/measuring.md';
  return file.replace(/^docs\//, '').replace(/README\.md$/, 'index.md');
}

/** The first heading of a page. */
export function titleOf(file) {
  if (file === 'LICENSE') return 'Licence';
  const title = /^# (.+)$/m.exec(read(file))?.[1] ?? file;
  return file === 'README.md' ? 'README' : title.replaceAll('`', '');
}

/** A page of the repository as a page of the site: `{ text, files }`, where `files` are those that it shows, such as pictures. */
export function pageOf(file) {
  if (file === 'LICENSE') return { text: `# Licence\n\n\`\`\`text\n${read(file)}\n\`\`\`\n`, files: [] };
  const files = [];
  const text = outsideOfBlocks(read(file), (line) =>
    line
      .replace(/(!?)\]\(([^)\s]+)\)/g, (whole, _, target) => {
        if (/^([a-z]+:|#)/.test(target)) return whole;
        const [path, fragment] = target.split('#');
        const named = posix.normalize(posix.join(posix.dirname(file), path));
        const place = placeOf(named);
        if (place !== null) return `](${from(file, place)}${fragment === undefined ? '' : `#${fragment}`})`;
        if (!existsSync(join(root, named)) || statSync(join(root, named)).isDirectory())
          throw new Error(`${file}: ${target} leads nowhere in the site`);
        files.push(named);
        return whole;
      })
      // An example that is named is one that can be read.
      .replace(/(?<!\[)`(examples\/[\w/-]+\.ts)`/g, (whole, name) =>
        placeOf(name) === null ? whole : `[${whole}](${from(file, placeOf(name))})`,
      ),
  );
  return { text, files };
}

/** The anchor of a heading, as GitHub makes it, so that one link is right in the repository and in the site. */
export function anchor(heading) {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

export function read(file) {
  return readFileSync(join(root, file), 'utf8');
}

/** The link from the page of one file to a place in the site. */
function from(file, place) {
  const link = posix.relative(posix.dirname(placeOf(file)), place);
  return link.startsWith('.') ? link : `./${link}`;
}

/** Changes what is no code block, line by line. */
function outsideOfBlocks(text, change) {
  let fence = null;
  return text
    .split('\n')
    .map((line) => {
      const mark = /^ *(```+)/.exec(line)?.[1] ?? null;
      if (fence === null && mark === null) return change(line);
      if (mark !== null) fence = fence === null ? mark : mark === fence ? null : fence;
      return line;
    })
    .join('\n');
}
