// Owns the documents as data: the pages of the project, their headings, links and code blocks. It must not know what is
// right about them.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../../', import.meta.url));

export interface Block {
  readonly page: string;
  /** The line of its first code. */
  readonly line: number;
  /** What stands behind the fence: `ts`, `ts sync`, `sh` … */
  readonly info: string;
  readonly code: string;
}

/** Every Markdown page of the project, as a path from its root. */
export function pages(): string[] {
  const inDocs = readdirSync(`${root}docs`, { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`);
  return [...readdirSync(root), ...inDocs, 'bench/README.md', 'examples/toolbox/README.md', 'probes/README.md']
    .filter((name) => name.endsWith('.md'))
    .sort();
}

export function textOf(page: string): string {
  return readFileSync(root + page, 'utf8');
}

export function blocks(page: string): Block[] {
  const found: Block[] = [];
  const lines = textOf(page).split('\n');
  for (let at = 0; at < lines.length; at++) {
    const [, indent, info] = /^( *)```(\S.*)?$/.exec(lines[at]!) ?? [];
    if (indent === undefined) continue;
    const from = at + 1;
    do at++;
    while (at < lines.length && lines[at] !== `${indent}\`\`\``);
    const code = lines.slice(from, at).map((line) => line.slice(indent.length));
    found.push({ page, line: from + 1, info: info ?? '', code: code.join('\n') });
  }
  return found;
}

/** The examples in the comments of a file of the contract. */
export function examples(file: string): Block[] {
  const text = textOf(file);
  return [...text.matchAll(/@example\s([^]*?)(?=\n? *\*\/|\n \* @| @throws)/g)].map((found) => ({
    page: file,
    line: text.slice(0, found.index).split('\n').length,
    info: 'ts',
    code: found[1]!.replace(/^ *\* ?/gm, '').trim(),
  }));
}

/** The text of a page without its code blocks. */
export function prose(page: string): string {
  return textOf(page).replace(/^( *)```[^]*?^\1```$/gm, '');
}

export function headings(page: string): string[] {
  return [...prose(page).matchAll(/^#+ (.+)$/gm)].map(([, text]) => text!);
}

/** The anchor that GitHub gives a heading. */
export function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}
