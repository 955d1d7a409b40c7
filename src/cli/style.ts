// Owns when and how text stands out. It must not know what the text is about.

import type { Writable } from 'node:stream';

const styles = { bold: '1', dim: '2', red: '31', green: '32', yellow: '33' } as const;

/** The text in a style, where the stream is a terminal that knows styles and NO_COLOR (https://no-color.org) does not forbid them. */
export function styled(stream: Writable & { isTTY?: boolean }, style: keyof typeof styles, text: string): string {
  return hasStyles(stream) ? `\u001b[${styles[style]}m${text}\u001b[0m` : text;
}

function hasStyles(stream: { isTTY?: boolean }): boolean {
  return stream.isTTY === true && (process.env.NO_COLOR ?? '') === '' && process.env.TERM !== 'dumb';
}
