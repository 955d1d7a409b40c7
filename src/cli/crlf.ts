// Owns the turn of LF into CR LF for the protocols that ask for it. Pure.

const LF = 10;
const CR = 13;
const CRLF = Buffer.from('\r\n');

/** Turns each LF that has no CR before it into CR LF. It remembers a CR at the end of a piece, so one is needed for each stream. */
export function crlf(): (piece: Buffer) => Buffer {
  let afterCr = false;
  return (piece) => {
    const parts: Buffer[] = [];
    let from = 0;
    for (let at = piece.indexOf(LF); at !== -1; at = piece.indexOf(LF, at + 1)) {
      if (at === 0 ? afterCr : piece[at - 1] === CR) continue;
      parts.push(piece.subarray(from, at), CRLF);
      from = at + 1;
    }
    if (piece.length > 0) afterCr = piece[piece.length - 1] === CR;
    return from === 0 ? piece : Buffer.concat([...parts, piece.subarray(from)]);
  };
}
