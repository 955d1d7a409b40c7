// Owns the links that nobody writes by hand: from a name in a comment to its place in the reference, from an error code to
// its paragraph, from a manual page and an RFC to themselves.

import { read } from './pages.mjs';

const codes = new Set([...read('docs/errors.md').matchAll(/^## ([A-Z][A-Z0-9_]+)$/gm)].map(([, code]) => code));

/** The text of a comment, as Markdown. `places` says where each name stands. */
export function linked(text, places) {
  return text
    .split(/(```[^]*?```|`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? span(part, places) : plain(part, places)))
    .join('');
}

/** A signature or a type, as HTML: every name in it that has a place leads there. */
export function linkedType(text, places) {
  return text
    .split(/('[^']*'|`[^`]*`)/)
    .map((part) =>
      /^['`]/.test(part)
        ? escaped(part)
        : escaped(part).replace(/(?<![\w.])[A-Z]\w*\b(?!\()/g, (name) =>
            places.has(name) ? `<a href="${places.get(name)}">${name}</a>` : name,
          ),
    )
    .join('');
}

function span(part, places) {
  const name = part.slice(1, -1);
  if (codes.has(name)) return `[${part}](../errors.md#${name.toLowerCase()})`;
  return places.has(name) ? `[${part}](${places.get(name)})` : part;
}

function plain(part, places) {
  return part
    .replace(/[<>]/g, (sign) => (sign === '<' ? '&lt;' : '&gt;'))
    .replace(
      /\b([a-z_][a-z0-9_]*)\((\d)\)/g,
      (whole, name, at) => `[${whole}](https://man7.org/linux/man-pages/man${at}/${name}.${at}.html)`,
    )
    .replace(
      /\bRFC (\d+)(?: §([\d.]+\d))?/g,
      (whole, number, at) =>
        `[${whole}](https://www.rfc-editor.org/rfc/rfc${number}${at === undefined ? '' : `#section-${at}`})`,
    )
    .replace(/(?<![\w[./-])[A-Z][a-z]+(?:[A-Z][a-z]+)*(?:Error|Info|Options)\b/g, (name) =>
      places.has(name) ? `[${name}](${places.get(name)})` : name,
    );
}

function escaped(text) {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
