// Owns sendmsg(2) of one message.

import type { Target } from '../../contract/address.js';
import type { Data } from '../../contract/mode.js';
import type { Message, Meta } from '../../contract/message.js';
import { toBytes } from '../../codec/bytes.js';
import { invalidType, invalidValue } from '../../error/invalid.js';
import { refusal } from '../../error/make.js';
import * as C from '../../native/constants.js';
import { native } from '../../native/load.js';
import type { Attempt, Interest } from '../attempt.js';
import { Sending } from '../direction.js';
import type { Resolution } from '../dial/resolution.js';
import type { Handle } from '../handle.js';
import { passOn } from '../passing.js';
import { sockaddrOf } from '../sockaddr.js';
import { isWant, Want } from '../want.js';
import { destinationOf, knownDestination } from './destination.js';
import { checkMeta, encodeMeta } from './encode.js';
import { sendError } from './failure.js';

/** IOV_MAX: what one call takes. */
const MOST_PIECES = 1024;

/** What the parts of a message are called in errors. */
export interface Names {
  readonly data: string;
  readonly to: string;
  readonly meta: string;
}

const messageNames: Names = { data: 'message.data', to: 'message.to', meta: 'message.meta' };

/** Checks the shape of a message. Its target is read when it is sent. */
export function checkMessage(argument: string, value: unknown): Message {
  if (typeof value !== 'object' || value === null) throw invalidType(argument, 'an object { data, to, meta }', value);
  const message = value as Message;
  dataOf(`${argument}.data`, message.data);
  if (message.meta !== undefined) checkMeta(`${argument}.meta`, message.meta);
  return message;
}

/** The bytes of a message: one piece, or several that the kernel puts together. */
export function dataOf(argument: string, data: Data | readonly Data[]): Uint8Array | readonly Uint8Array[] {
  if (!Array.isArray(data)) return toBytes(argument, data as Data, 'utf-8');
  const pieces = (data as readonly Data[]).map((piece, i) => toBytes(`${argument}[${i}]`, piece, 'utf-8'));
  return pieces.length === 1 ? pieces[0]! : pieces.length <= MOST_PIECES ? pieces : Buffer.concat(pieces);
}

export function lengthOf(data: Uint8Array | readonly Uint8Array[]): number {
  return data instanceof Uint8Array ? data.length : data.reduce((sum, piece) => sum + piece.length, 0);
}

/** The kernel sends descriptors over a stream only beside data, and says nothing when there is none. */
export function checkAccompanied(argument: string, meta: Meta | undefined, length: number, handle: Handle): void {
  if (length === 0 && handle.kind === C.SOCK_STREAM && handle.family === C.AF_UNIX && (meta?.fds?.length ?? 0) > 0)
    throw invalidValue(argument, 'must hold at least one byte: descriptors travel beside data on a stream', '');
}

/** One message. The result is the number of bytes; only a stream takes fewer than there are. */
export class SendMessage extends Sending implements Attempt<number> {
  readonly #flags: number;
  readonly #data: Uint8Array | readonly Uint8Array[];
  readonly #length: number;
  readonly #control: Uint8Array | null;
  readonly #fds: readonly number[] | null;
  #name: Uint8Array | null = null;
  #resolution: Resolution | null = null;

  constructor(handle: Handle, message: Message, flags = 0, names: Names = messageNames) {
    super(handle);
    const { to, meta } = message;
    this.#data = dataOf(names.data, message.data);
    this.#length = lengthOf(this.#data);
    this.#control = meta === undefined ? null : encodeMeta(names.meta, meta, handle.family);
    this.#fds = meta?.fds === undefined ? null : [...meta.fds];
    checkAccompanied(names.data, meta, this.#length, handle);
    handle.check('write');
    this.#flags = flags;
    if (to !== undefined) {
      const destination = destinationOf(names.to, to, handle);
      if (destination instanceof Uint8Array) this.#name = destination;
      else this.#resolution = destination;
    }
  }

  interests(): readonly Interest[] {
    const interest = this.#resolution?.interest ?? null;
    return interest === null ? [] : [interest];
  }

  step(): number {
    const handle = this.handle;
    if (this.#resolution !== null) {
      const addresses = this.#resolution.step();
      if (isWant(addresses)) return addresses;
      this.#name = sockaddrOf(addresses[0]!);
      this.#resolution = null;
    }
    const { registration } = handle;
    if (!registration.writable) return Want.Write;
    // The caller's memory may have been detached or resized while we waited.
    if (lengthOf(this.#data) !== this.#length)
      throw refusal('ERR_BUFFER_DETACHED', 'write', 'the data was detached or resized during the call');
    if (this.#fds !== null) passOn(this.#fds);
    const n = native.sendmsg(registration.fd, this.#data, this.#name, this.#control, this.#flags);
    if (n >= 0) return n;
    if (n === C.EAGAIN) return whenFull(handle, this.#name !== null);
    throw sendError(handle, n, 'sendmsg', this.#name);
  }

  abandon(): void {
    this.#resolution?.release();
  }
}

/** One datagram to where one went before, tried without an attempt: null when there is more to it, and it was not sent. */
export function sendAtOnce(handle: Handle, data: Uint8Array, to: Target | undefined): number | null {
  const { registration } = handle;
  if (handle.closing || handle.firstWrite !== null || !registration.writable) return null;
  const name = to === undefined ? null : knownDestination(to, handle);
  if (to !== undefined && name === null) return null;
  const n = native.sendmsg(registration.fd, data, name, null, 0);
  if (n >= 0) return n;
  if (n === C.EAGAIN) return null;
  throw sendError(handle, n, 'sendmsg', name);
}

/**
 * What to wait for when the kernel takes no more. A Unix datagram socket that sends to an address other than its peer's is
 * told nothing when that receiver's queue has room again (unix(7), poll(2)), so it looks now and then.
 */
export function whenFull(handle: Handle, named: boolean): Want {
  if (named && handle.family === C.AF_UNIX && handle.kind === C.SOCK_DGRAM) return Want.Pause;
  handle.registration.writable = false;
  return Want.Write;
}
