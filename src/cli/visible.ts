// Owns how text of strangers is shown on a terminal. Pure.

/** Nothing that moves a cursor, changes a colour, ends the line or turns the direction of writing: what others put into certificates and answers is shown, not obeyed. */
export function visible(text: string): string {
  return text.replace(special, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** JSON in one line that means the same, and in which nothing of that kind stands as itself. */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value).replace(special, (character) =>
    [...Array(character.length).keys()].map((i) => escape(character.charCodeAt(i))).join(''),
  );
}

function escape(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}

const special = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;
