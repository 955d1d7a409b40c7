// Owns UTF-16 and UTF-32 in both byte orders, strictly: no halves of surrogate pairs, nothing above U+10FFFF.

import { isWellFormed, type Converter } from './converter.js';

const SWAPPED_MARK = '\ufffe';

/**
 * UTF-16. `guessed` is for the name that says no byte order: the text of a peer with the other order, which begins with
 * a mark the wrong way round, is then an error and not a mass of Chinese.
 */
export function utf16(littleEndian: boolean, guessed = false): Converter {
  return {
    unit: 2,
    lengthAt: () => 2,
    encode(text) {
      if (!isWellFormed(text)) return null;
      const bytes = Buffer.from(text, 'utf16le');
      return littleEndian ? bytes : bytes.swap16();
    },
    decode(bytes) {
      if (bytes.length % 2 !== 0) return null;
      const text = (littleEndian ? bytes : Buffer.from(bytes).swap16()).toString('utf16le');
      return isWellFormed(text) && !(guessed && text.startsWith(SWAPPED_MARK)) ? text : null;
    },
    whole(bytes) {
      const end = bytes.length - (bytes.length % 2);
      if (end === 0) return 0;
      const last = littleEndian ? bytes.readUInt16LE(end - 2) : bytes.readUInt16BE(end - 2);
      return isLead(last) ? end - 2 : end;
    },
  };
}

/** UTF-32. A byte order that is wrong shows by itself: its code points are too large. */
export function utf32(littleEndian: boolean): Converter {
  return {
    unit: 4,
    lengthAt: () => 4,
    encode(text) {
      if (!isWellFormed(text)) return null;
      const points = Array.from(text, (character) => character.codePointAt(0)!);
      const bytes = Buffer.allocUnsafe(points.length * 4);
      points.forEach((point, i) =>
        littleEndian ? bytes.writeUInt32LE(point, i * 4) : bytes.writeUInt32BE(point, i * 4),
      );
      return bytes;
    },
    decode(bytes) {
      if (bytes.length % 4 !== 0) return null;
      let text = '';
      for (let at = 0; at < bytes.length; at += 4) {
        const point = littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
        if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return null;
        text += String.fromCodePoint(point);
      }
      return text;
    },
    whole: (bytes) => bytes.length - (bytes.length % 4),
  };
}

function isLead(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
