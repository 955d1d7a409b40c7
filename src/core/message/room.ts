// Owns the memory that names and control messages are received into: slots, as the addon's recvmsg functions fill them.

export const NAME = 16;
export const CONTROL = NAME + 128;

/** Slots of one size; what was received is read out of them before the next call. */
export class Room {
  readonly bytes: Buffer;
  readonly words: Int32Array;
  /** How many bytes of control messages a slot has room for. */
  readonly control: number;
  /** From one slot to the next, in int32s. */
  readonly stride: number;

  constructor(slots: number, control: number) {
    // Multiples of 16, so that the integers of every slot and its control messages are aligned.
    this.control = (control + 15) & ~15;
    const size = CONTROL + this.control;
    this.bytes = Buffer.alloc(slots * size);
    this.words = new Int32Array(this.bytes.buffer, this.bytes.byteOffset, (slots * size) >> 2);
    this.stride = size >> 2;
  }
}

const rooms: Room[] = [];

/** A room of one slot for messages with so many bytes of control messages. Made once. */
export function roomFor(control: number): Room {
  for (const room of rooms) if (room.control === ((control + 15) & ~15)) return room;
  const room = new Room(1, control);
  // Sizes are a choice of the program and few; one that varies must not fill the memory.
  if (rooms.length === 4) rooms.shift();
  rooms.push(room);
  return room;
}
