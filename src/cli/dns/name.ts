// Owns the names in DNS messages (RFC 1035 §3.1, §4.1.4): bytes to text and back. Pure.

/** What is no answer to the question. */
export class NoAnswer extends Error {}

/** @throws RangeError for what cannot be a name */
export function nameBytes(name: string): Buffer {
  const labels = name === '.' ? [] : name.replace(/\.$/, '').toLowerCase().split('.');
  const parts = labels.flatMap((label) => {
    const bytes = Buffer.from(label);
    if (bytes.length === 0 || bytes.length > 63) throw new RangeError(`'${name}' has a part that is empty or too long`);
    return [Buffer.from([bytes.length]), bytes];
  });
  const whole = Buffer.concat([...parts, Buffer.from([0])]);
  if (whole.length > 255) throw new RangeError(`'${name}' is too long for a name`);
  return whole;
}

/** The name that begins there, with its full stop; what is special in a label is escaped. */
export function readName(bytes: Buffer, at: { offset: number }): string {
  let name = '';
  let here = at.offset;
  let least = here;
  let jumped = false;
  for (;;) {
    const length = bytes[here];
    if (length === undefined) throw new NoAnswer('the answer is cut off');
    if (length >= 0xc0) {
      const to = ((length & 63) << 8) | (bytes[here + 1] ?? 0xff);
      if (!jumped) at.offset = here + 2;
      jumped = true;
      // Only backwards, so that it comes to an end.
      if (to >= least) throw new NoAnswer('a name in the answer runs in a circle');
      least = here = to;
      continue;
    }
    if (length > 63 || here + 1 + length > bytes.length || name.length > 1024)
      throw new NoAnswer('a name in the answer is none');
    if (length === 0) {
      if (!jumped) at.offset = here + 1;
      return name === '' ? '.' : name;
    }
    name += `${label(bytes.subarray(here + 1, here + 1 + length))}.`;
    here += 1 + length;
  }
}

/** RFC 1035 §5.1: `\X` and `\DDD`. */
function label(bytes: Buffer): string {
  return [...bytes]
    .map((byte) => {
      if (byte <= 32 || byte >= 127) return `\\${String(byte).padStart(3, '0')}`;
      const sign = String.fromCharCode(byte);
      return /[.\\"();@$]/.test(sign) ? `\\${sign}` : sign;
    })
    .join('');
}
