// Owns the way from standard input to datagrams. It must not know where they go.

import type { Input } from '../input.js';

const LF = 10;

/** Each line with its line end, or all of it. The last line may lack its end; an empty input is nothing. */
export async function* payloads(input: Input, whole: boolean): AsyncGenerator<Buffer, void> {
  let rest: Buffer[] = [];
  for (;;) {
    const piece = await input.peek();
    if (piece === null) break;
    input.drop();
    let from = 0;
    for (let at = piece.indexOf(LF); at !== -1 && !whole; at = piece.indexOf(LF, from)) {
      yield Buffer.concat([...rest, piece.subarray(from, at + 1)]);
      rest = [];
      from = at + 1;
    }
    if (from < piece.length) rest.push(piece.subarray(from));
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}
