// Owns what is written of the command's table: the manual page, and the help texts in docs/command.md. It must not know what is in the
// table (src/cli/manual/).
//
//   node scripts/manual.mjs     after npx tsc -b; a test finds what was forgotten

import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commands } from '../compiled/cli/manual/commands.js';
import { helpOf, overview } from '../compiled/cli/manual/help.js';
import { manPage } from '../compiled/cli/manual/man-page.js';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

writeFileSync(join(root, 'man', 'berkeley.1'), manPage(version));
let page = readFileSync(join(root, 'docs', 'command.md'), 'utf8');
page = filled(page, 'help', overview());
for (const entry of commands) page = filled(page, `help:${entry.name}`, helpOf(entry));
writeFileSync(join(root, 'docs', 'command.md'), page);

/** The page with the text in a block behind its mark, in place of the block that stands there. */
function filled(page, mark, text) {
  const place = new RegExp(`<!-- ${mark} -->\\n(\\n\`\`\`text\\n[^]*?\\n\`\`\`\\n)?`);
  return page.replace(place, () => `<!-- ${mark} -->\n\n\`\`\`text\n${text.trimEnd()}\n\`\`\`\n`);
}
