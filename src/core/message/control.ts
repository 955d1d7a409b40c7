// Owns the layout of control messages: cmsg(3), bytes ↔ level, type and data. It must not know what any of them means.

/** sizeof(size_t) of this system, to which control messages are aligned. */
export const WORD = ['arm', 'ia32', 'mips', 'mipsel'].includes(process.arch) ? 4 : 8;
/** struct cmsghdr: its length as a size_t, level and type as int. */
const HEADER = WORD + 8;
const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** One control message among others; `data` is a part of their memory. */
export interface ControlMessage {
  readonly level: number;
  readonly type: number;
  readonly data: Uint8Array;
}

/** CMSG_SPACE(3): how many bytes a control message with so many bytes of data takes. */
export function controlSpace(length: number): number {
  return align(HEADER + length);
}

/** Writes one control message at `at`, and returns where the next one begins. */
export function writeControl(memory: Uint8Array, at: number, level: number, type: number, data: Uint8Array): number {
  const view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
  const length = HEADER + data.length;
  const end = at + align(length);
  if (WORD === 8) view.setBigUint64(at, BigInt(length), littleEndian);
  else view.setUint32(at, length, littleEndian);
  view.setInt32(at + WORD, level, littleEndian);
  view.setInt32(at + WORD + 4, type, littleEndian);
  memory.set(data, at + HEADER);
  memory.fill(0, at + length, end);
  return end;
}

/** Every control message there is. One that was cut off ends where the memory ends. */
export function readControl(memory: Uint8Array): ControlMessage[] {
  const view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
  const found: ControlMessage[] = [];
  for (let at = 0; at + HEADER <= memory.length;) {
    const length = readWord(view, at);
    if (length < HEADER) break;
    const whole = length <= memory.length - at;
    found.push({
      level: view.getInt32(at + WORD, littleEndian),
      type: view.getInt32(at + WORD + 4, littleEndian),
      data: memory.subarray(at + HEADER, whole ? at + length : memory.length),
    });
    // Not by its length, which may be more than align can count.
    if (!whole) break;
    at += align(length);
  }
  return found;
}

/** A C int at the start of some data, or a byte where there is no more than that. */
export function readInt(data: Uint8Array): number {
  if (data.length < 4) return data[0] ?? 0;
  return new DataView(data.buffer, data.byteOffset).getInt32(0, littleEndian);
}

/** Two words of `size` bytes each: struct timespec and struct timeval. */
export function readPair(data: Uint8Array, at: number, size: 4 | 8): [bigint, bigint] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return size === 8
    ? [view.getBigInt64(at, littleEndian), view.getBigInt64(at + 8, littleEndian)]
    : [BigInt(view.getInt32(at, littleEndian)), BigInt(view.getInt32(at + 4, littleEndian))];
}

/** C ints, one after the other. */
export function intsOf(values: readonly number[]): Uint8Array {
  return new Uint8Array(Int32Array.from(values).buffer);
}

export function readInts(data: Uint8Array): number[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Array.from({ length: data.length >> 2 }, (_, i) => view.getInt32(4 * i, littleEndian));
}

/** A size_t. One that is too large for a number is too large for any memory as well. */
function readWord(view: DataView, at: number): number {
  if (WORD === 4) return view.getUint32(at, littleEndian);
  const low = view.getUint32(littleEndian ? at : at + 4, littleEndian);
  const high = view.getUint32(littleEndian ? at + 4 : at, littleEndian);
  return high * 0x100000000 + low;
}

function align(length: number): number {
  return (length + WORD - 1) & ~(WORD - 1);
}
