// Owns the manual page: the table as man(7) wants it. It must not know what is in the table.

import { commands } from './commands.js';
import { spelling, type Entry, type Flag } from './entry.js';
import { exitCodes } from './exit-codes.js';
import { sentence } from './help.js';
import { targets } from './targets.js';

/** When the words were last changed, as a manual page says it. */
const date = '2026-11-22';

/** The source of berkeley(1). */
export function manPage(version: string): string {
  const lines = [
    `.TH BERKELEY 1 ${date} "berkeley ${version}" "User Commands"`,
    '.SH NAME',
    'berkeley \\- TCP, Unix, UDP and TLS sockets from the shell',
    '.SH SYNOPSIS',
    '.B berkeley',
    '.I COMMAND',
    '[\\fIOPTION\\fR...]',
    '[\\fITARGET\\fR]',
    '.SH DESCRIPTION',
    ...text(targets),
    '.PP',
    ...text(
      'Without a command it is the tour. Errors are one line on standard error. Colours and other emphasis are for terminals only.',
    ),
    '.SH COMMANDS',
    ...commands.flatMap(section),
    '.SH "EXIT STATUS"',
    ...exitCodes.flatMap(([code, words]) => ['.TP', `.B ${code}`, ...text(sentence(`${words}.`))]),
    '.SH ENVIRONMENT',
    '.TP',
    '.B NO_COLOR',
    ...text('Not empty: no colours. They are off as well where the output is no terminal, or TERM is dumb.'),
    '.TP',
    '.B NODE_EXTRA_CA_CERTS',
    ...text('A file of authorities that are trusted besides the usual roots.'),
    '.SH "SEE ALSO"',
    '.BR socat (1),',
    '.BR ncat (1),',
    '.BR openssl-s_client (1)',
  ];
  return `${lines.join('\n')}\n`;
}

function section({ name, operands, summary, paragraphs, flags, examples }: Entry): string[] {
  const usage = [name, flags.length > 0 ? '[OPTION...]' : '', operands].filter(Boolean).join(' ');
  return [
    `.SS "${escaped(usage)}"`,
    ...text(`${sentence(summary)}.`),
    ...paragraphs.flatMap((paragraph) => ['.PP', ...text(paragraph)]),
    ...flags.flatMap(flagLines),
    ...(examples.length === 0
      ? []
      : ['.PP', 'Examples:', '.PP', '.EX', ...examples.map((one) => guarded(escaped(one))), '.EE']),
  ];
}

function flagLines(flag: Flag): string[] {
  const { value = '' } = flag;
  const head = escaped(
    spelling({ name: flag.name, words: '', ...(flag.short === undefined ? {} : { short: flag.short }) }),
  );
  return [
    '.TP',
    value === '' ? `\\fB${head}\\fR` : `\\fB${head}\\fR \\fI${escaped(value)}\\fR`,
    ...text(`${sentence(flag.words)}.`),
  ];
}

/** A line for each sentence, as roff likes it. */
function text(words: string): string[] {
  return words.split(/(?<=[.:;]) (?=[A-Z])/).map((line) => guarded(escaped(line)));
}

/** groff(7): a backslash begins an escape, and a bare minus is a hyphen that cannot be copied. */
function escaped(line: string): string {
  return line
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('"', '\\(dq')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replaceAll("'", '\\(aq');
}

/** A line that begins with a dot would be a request. */
function guarded(line: string): string {
  return /^[.']/.test(line) ? `\\&${line}` : line;
}
