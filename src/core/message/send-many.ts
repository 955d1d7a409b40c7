// Owns sendmmsg(2): several messages in one call. Data, names and control messages of a batch are gathered in one arena, so
// that it crosses into native code with a fixed number of arguments: a small copy costs less than a Node-API call.

import type { Message, Meta } from '../../contract/message.js';
import { refusal } from '../../error/make.js';
import type { ErrorFacts } from '../../error/socket-error.js';
import { EAGAIN } from '../../native/constants.js';
import { native } from '../../native/load.js';
import type { Attempt, Interest } from '../attempt.js';
import { Sending } from '../direction.js';
import { Resolution } from '../dial/resolution.js';
import type { Handle } from '../handle.js';
import { passOn } from '../passing.js';
import { sockaddrOf } from '../sockaddr.js';
import { isWant, Want } from '../want.js';
import { WORD } from './control.js';
import { destinationOf, knownDestination } from './destination.js';
import { encodeMeta } from './encode.js';
import { sendError } from './failure.js';
import { checkAccompanied, checkMessage, dataOf, lengthOf, whenFull } from './send-message.js';

const BATCH = 256;
const ARENA = 128 * 1024;
/** Data of more bytes stays where it is. */
const COPIED = 4096;
const ROW = 6;

const table = new Int32Array(BATCH * ROW);
let arena: Buffer | null = null;
/** The data that stays where it is, for the call at hand. */
const apart: Uint8Array[] = [];

/** The result is the number of messages that were sent: all of them, or those before one that failed. */
export class SendMany extends Sending implements Attempt<number> {
  readonly #argument: string;
  readonly #messages: readonly Message[];
  /** How long each one was when the call was made. */
  readonly #lengths: number[] = [];
  /** Where each one goes, once it is known. */
  readonly #names: (Uint8Array | null)[] = [];
  /** Lookups of messages whose target has a name in it. */
  #lookups: Map<number, Resolution> | null = null;
  #sent = 0;
  /** How much of the next message is sent already: a stream may take a part of it. */
  #part = 0;

  constructor(handle: Handle, messages: readonly Message[], argument = 'messages') {
    super(handle);
    this.#argument = argument;
    this.#messages = messages.slice();
    for (let i = 0; i < messages.length; i++) this.#check(i);
    handle.check('write');
    try {
      for (let i = 0; i < messages.length; i++) this.#aim(i);
    } catch (error) {
      this.abandon();
      throw error;
    }
  }

  interests(): readonly Interest[] {
    return [...(this.#lookups?.values() ?? [])].map(({ interest }) => interest).filter((interest) => interest !== null);
  }

  step(): number {
    const handle = this.handle;
    const want = this.#lookUp();
    if (want !== null) return want;
    while (this.#sent < this.#messages.length) {
      if (!handle.registration.writable) return Want.Write;
      // sendmmsg(2) does not tell a caller in how far a stream has taken the last message.
      const rows = handle.isStream ? 0 : this.#gather();
      const n = rows > 0 ? native.sendmmsg(handle.fd, arena!, table, 0, rows, apart, 0) : this.#sendOne();
      if (n === EAGAIN) return whenFull(handle, this.#messages[this.#sent]!.to !== undefined);
      if (n < 0) {
        if (this.#sent > 0 && this.#part === 0) break;
        throw sendError(this.handle, n, 'sendmmsg', this.#names[this.#sent]!, this.facts());
      }
      this.#sent += n;
    }
    return this.#sent;
  }

  expired(): { value: number } | null {
    return this.#sent > 0 && this.#part === 0 ? { value: this.#sent } : null;
  }

  facts(): Partial<ErrorFacts> {
    return { bytesDone: this.#lengths.slice(0, this.#sent).reduce((sum, length) => sum + length, this.#part) };
  }

  abandon(): void {
    for (const lookup of this.#lookups?.values() ?? []) lookup.release();
    this.#lookups = null;
  }

  // What an argument is called is put together only where it is needed: it costs as much as the rest.
  #check(i: number): void {
    const message: unknown = this.#messages[i];
    // The usual one first: bytes, and nothing to convert or to send with them.
    if (typeof message === 'object' && message !== null) {
      const { data, meta } = message as Message;
      if (data instanceof Uint8Array && meta === undefined) {
        this.#lengths.push(data.length);
        return;
      }
    }
    this.#checkClosely(`${this.#argument}[${i}]`, message);
  }

  #checkClosely(name: string, value: unknown): void {
    const message = checkMessage(name, value);
    const length = lengthOf(dataOf(`${name}.data`, message.data));
    if (message.meta !== undefined) {
      encodeMeta(`${name}.meta`, message.meta, this.handle.family);
      checkAccompanied(`${name}.data`, message.meta, length, this.handle);
    }
    this.#lengths.push(length);
  }

  #aim(i: number): void {
    const { to } = this.#messages[i]!;
    const destination =
      to === undefined
        ? null
        : (knownDestination(to, this.handle) ?? destinationOf(`${this.#argument}[${i}].to`, to, this.handle));
    if (!(destination instanceof Resolution)) {
      this.#names.push(destination);
      return;
    }
    this.#names.push(null);
    (this.#lookups ??= new Map()).set(i, destination);
  }

  #lookUp(): Want | null {
    if (this.#lookups === null) return null;
    for (const [i, lookup] of this.#lookups) {
      const addresses = lookup.step();
      if (isWant(addresses)) return addresses;
      this.#names[i] = sockaddrOf(addresses[0]!);
      this.#lookups.delete(i);
    }
    this.#lookups = null;
    return null;
  }

  /** Puts messages into the arena, from the first that is not sent on, until it is full. How many; 0 if the first is too large. */
  #gather(): number {
    arena ??= Buffer.allocUnsafeSlow(ARENA);
    apart.length = 0;
    let used = 0;
    let rows = 0;
    // What one message has in common with the one before it is written once.
    let name: Uint8Array | null = null;
    let nameAt = 0;
    let meta: Meta | undefined;
    let control: Uint8Array | null = null;
    let controlAt = 0;
    const most = Math.min(BATCH, this.#messages.length - this.#sent);
    for (; rows < most; rows++) {
      const i = this.#sent + rows;
      const message = this.#messages[i]!;
      const data = this.#dataOf(i);
      const to = this.#names[i]!;
      if (message.meta !== meta) {
        meta = message.meta;
        control = meta === undefined ? null : encodeMeta(`${this.#argument}[${i}].meta`, meta, this.handle.family);
        controlAt = -1;
      }
      const copied = data.length <= COPIED;
      const needs = (copied ? data.length : 0) + (to?.length ?? 0) + (control?.length ?? 0) + WORD;
      if (used + needs > ARENA) break;
      if (meta?.fds !== undefined) passOn(meta.fds);
      const row = rows * ROW;
      table[row] = copied ? used : -apart.push(data);
      table[row + 1] = data.length;
      if (copied) {
        arena.set(data, used);
        used += data.length;
      }
      if (to !== null && to !== name) {
        name = to;
        nameAt = used;
        arena.set(to, used);
        used += to.length;
      }
      table[row + 2] = nameAt;
      table[row + 3] = to?.length ?? 0;
      if (control !== null && controlAt < 0) {
        used = (used + WORD - 1) & ~(WORD - 1);
        controlAt = used;
        arena.set(control, used);
        used += control.length;
      }
      table[row + 4] = control === null ? 0 : controlAt;
      table[row + 5] = control?.length ?? 0;
    }
    return rows;
  }

  /** One message: of a stream, or one whose control messages do not fit into the arena. How many are sent by it: 1 or 0. */
  #sendOne(): number {
    const i = this.#sent;
    const { meta } = this.#messages[i]!;
    const data = this.#dataOf(i);
    const first = this.#part === 0;
    // What travels beside the data went out with its first part.
    const control =
      meta === undefined || !first ? null : encodeMeta(`${this.#argument}[${i}].meta`, meta, this.handle.family);
    if (meta?.fds !== undefined) passOn(meta.fds);
    const n = native.sendmsg(this.handle.fd, first ? data : data.subarray(this.#part), this.#names[i]!, control, 0);
    if (n < 0) return n;
    this.#part += n;
    if (this.#part < data.length) return 0;
    this.#part = 0;
    return 1;
  }

  #dataOf(i: number): Uint8Array {
    const { data } = this.#messages[i]!;
    const bytes = data instanceof Uint8Array ? data : this.#convert(i, data);
    if (bytes.length !== this.#lengths[i])
      throw refusal('ERR_BUFFER_DETACHED', 'write', 'the data was detached or resized during the call', this.facts());
    return bytes;
  }

  #convert(i: number, given: Message['data']): Uint8Array {
    const data = dataOf(`${this.#argument}[${i}].data`, given);
    return data instanceof Uint8Array ? data : Buffer.concat(data);
  }
}
