// Owns how text becomes lines of a screen. Pure.

/** The lines of a text, none longer than `width` unless a word is. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** A term and its explanation beside it, or below it where the term is long. */
export function beside(term: string, text: string, column: number, width: number): string[] {
  const [first = '', ...rest] = wrap(text, width - column);
  const indent = ' '.repeat(column);
  if (term.length + 1 > column) return [term, ...[first, ...rest].map((line) => indent + line)];
  return [term.padEnd(column) + first, ...rest.map((line) => indent + line)];
}
