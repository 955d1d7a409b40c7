// Owns byte strings: text with one character for each byte (latin1), which is what strings are in the languages that some of
// the dialects come from. It must not know any of them.

/** The text that has a character for each byte. */
export function textOfBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** The bytes of a byte string; null for text that is none, because it has a character above 255. */
export function bytesOfText(text: string): Buffer | null {
  return isByteString(text) ? Buffer.from(text, 'latin1') : null;
}

/** What to say to somebody whose text is no byte string. */
export const NO_BYTE_STRING =
  'a string has one character per byte, and this one has a character above 255: pass a Buffer';

function isByteString(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- every byte there is
  return !/[^\x00-\xff]/.test(text);
}
