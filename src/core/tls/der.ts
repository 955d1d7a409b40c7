// Owns the outline of DER: tags and lengths, enough to tell a key from a certificate. What is inside is OpenSSL's matter.

export const tags = { integer: 0x02, bitString: 0x03, octetString: 0x04, sequence: 0x30 } as const;

export interface Element {
  readonly tag: number;
  /** Where its contents begin and end. */
  readonly start: number;
  readonly end: number;
}

/** The element that begins at `at`, or null where there is none, or not a whole one. */
function elementAt(bytes: Uint8Array, at: number): Element | null {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) return null;
  let start = at + 2;
  let length = first;
  if (first >= 0x80) {
    const size = first & 0x7f;
    if (size === 0 || size > 4 || start + size > bytes.length) return null;
    length = 0;
    for (let i = 0; i < size; i++) length = length * 256 + bytes[start + i]!;
    start += size;
  }
  return start + length > bytes.length ? null : { tag, start, end: start + length };
}

/** The first element of the bytes, if it is a SEQUENCE, with its header and without what follows. */
export function sequenceOf(bytes: Uint8Array): Buffer | null {
  const whole = elementAt(bytes, 0);
  if (whole?.tag !== tags.sequence) return null;
  return Buffer.from(bytes.buffer, bytes.byteOffset, whole.end);
}

/** The tags of the elements inside a SEQUENCE that fills the bytes; null if that is not what they are. */
export function innerTags(bytes: Uint8Array): number[] | null {
  const whole = elementAt(bytes, 0);
  if (whole?.tag !== tags.sequence || whole.end !== bytes.length) return null;
  const found: number[] = [];
  for (let at = whole.start; at < whole.end;) {
    const inner = elementAt(bytes, at);
    if (inner === null || inner.end > whole.end) return null;
    found.push(inner.tag);
    at = inner.end;
  }
  return found;
}
