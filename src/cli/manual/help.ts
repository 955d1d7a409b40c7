// Owns the text of --help: of all commands, and of one. It must not know what is in the table.

import { spelling, type Entry } from './entry.js';
import { commands } from './commands.js';
import { exitCodes } from './exit-codes.js';
import { targets } from './targets.js';
import { beside, wrap } from './wrap.js';

const width = 80;

/** What `berkeley --help` prints. */
export function overview(): string {
  const lines = ['Usage: berkeley COMMAND [OPTION...] [TARGET]', ''];
  for (const { name, operands, summary } of commands)
    lines.push(...beside(`  ${name} ${operands}`.trimEnd(), summary, 23, width));
  lines.push(
    '',
    ...wrap('berkeley COMMAND --help explains a command. Without a command it is the tour.', width),
    '',
    ...wrap(targets, width),
    '',
    'Exit codes:',
    ...exitCodes.flatMap(([code, words]) => beside(`  ${code}`, words, 5, width)),
  );
  return `${lines.join('\n')}\n`;
}

/** What `berkeley COMMAND --help` prints. */
export function helpOf({ name, operands, summary, paragraphs, flags, examples }: Entry): string {
  const lines = [
    `Usage: berkeley ${[name, flags.length > 0 ? '[OPTION...]' : '', operands].filter(Boolean).join(' ')}`,
  ];
  lines.push('', ...wrap(`${sentence(summary)}.`, width));
  for (const paragraph of paragraphs) lines.push('', ...wrap(paragraph, width));
  if (flags.length > 0)
    lines.push('', ...flags.flatMap((flag) => beside(`  ${spelling(flag)}`, flag.words, 19, width)));
  if (examples.length > 0) lines.push('', 'Examples:', ...examples.map((example) => `  ${example}`));
  return `${lines.join('\n')}\n`;
}

export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
