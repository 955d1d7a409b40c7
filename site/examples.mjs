// Owns the pages of the examples: each is its own program, with the comment it opens with as prose. It must not know what
// the programs do.

import { examples, placeOf, read } from './pages.mjs';

const titles = { '': 'Programs', toolbox: 'The toolbox', dialects: 'Programs in the dialects' };

/** The pages, as `[place, text]`. */
export function examplePages() {
  return [['examples/index.md', index()], ...examples.map((file) => [placeOf(file), page(file)])];
}

function index() {
  const lines = [
    '# Examples',
    '',
    'Small whole programs. Each runs without arguments and ends by itself: in a checkout, `npm run build`, then `node build/examples/NAME.js`.',
  ];
  const folders = [...new Set([...Object.keys(titles), ...examples.map(folderOf)])];
  for (const folder of folders.filter((one) => examples.some((name) => folderOf(name) === one))) {
    lines.push('', `## ${titles[folder] ?? folder}`, '', '| program | what it does |', '| --- | --- |');
    for (const file of examples.filter((name) => folderOf(name) === folder))
      lines.push(
        `| [${nameOf(file)}](./${placeOf(file).slice('examples/'.length)}) | ${parts(file).what.replaceAll('|', '\\|')} |`,
      );
  }
  return `${lines.join('\n')}\n`;
}

function page(file) {
  const { what, usage, code } = parts(file);
  const shell = usage.length === 0 ? '' : `\n\`\`\`sh\n${usage.join('\n')}\n\`\`\`\n`;
  return `# ${nameOf(file)}\n\n${what}\n${shell}\n\`\`\`ts\n${code.trim()}\n\`\`\`\n`;
}

/** The comment at the top: prose, and the lines that are indented, which say how it is started. */
function parts(file) {
  const lines = read(file).split('\n');
  const end = lines.findIndex((line) => !line.startsWith('//'));
  const comment = lines.slice(0, end).map((line) => line.slice(3));
  const usage = comment.filter((line) => line.startsWith('  ')).map((line) => line.trim());
  const what = comment
    .filter((line) => !line.startsWith('  '))
    .join(' ')
    .trim();
  return { what, usage, code: lines.slice(end).join('\n') };
}

function nameOf(file) {
  return file.split('/').at(-1).replace(/\.ts$/, '');
}

function folderOf(file) {
  return file.split('/').slice(1, -1).join('/');
}
