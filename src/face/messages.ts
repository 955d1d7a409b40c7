// Owns the reading of the arguments of a socket's message methods.

import type { Message } from '../contract/message.js';
import type { Target } from '../contract/address.js';
import type { Data, Op } from '../contract/mode.js';
import type { Handle } from '../core/handle.js';
import {
  checkMessage,
  RecvMany,
  RecvMessage,
  RecvMessageFully,
  SendMany,
  SendMessage,
} from '../core/message/message.js';
import { MSG_WAITALL } from '../core/numbers.js';
import { invalidType, wholeNumber } from '../error/invalid.js';
import { admit } from '../wait/limit.js';

export type Flags = Op & { flags?: number };
export type MessageRoom = Flags & { size?: number; control?: number };

/** What a receive has room for unless told. */
export const RECV = 64 * 1024;
const CONTROL = 4096;
const MOST = 0x7ffff000;
const MOST_CONTROL = 0x100000;

export function recvFrom(handle: Handle, max: number, o: Flags | undefined): RecvMessage | RecvMessageFully {
  return receive(handle, wholeNumber('max', max, 1, MOST), 0, flagsOf(o));
}

export function recvMsg(handle: Handle, o: MessageRoom | undefined): RecvMessage | RecvMessageFully {
  const size = o?.size === undefined ? RECV : wholeNumber('size', o.size, 1, MOST);
  const control = o?.control === undefined ? CONTROL : wholeNumber('control', o.control, 0, MOST_CONTROL);
  return receive(handle, size, control, flagsOf(o));
}

function receive(handle: Handle, size: number, control: number, flags: number): RecvMessage | RecvMessageFully {
  return flags & MSG_WAITALL && handle.isStream
    ? new RecvMessageFully(handle, { size, control, flags })
    : new RecvMessage(handle, { size, control, flags });
}

export function recvMany(handle: Handle, max: number, o: (Op & { size?: number }) | undefined): RecvMany {
  return new RecvMany(handle, wholeNumber('max', max, 1, 0x7fffffff), {
    size: o?.size === undefined ? RECV : wholeNumber('size', o.size, 1, MOST),
  });
}

export function sendTo(handle: Handle, data: Data, to: Target, o: Flags | undefined): SendMessage {
  admit(o, 'write');
  return new SendMessage(handle, { data, to }, flagsOf(o), { data: 'data', to: 'to', meta: 'meta' });
}

export function sendMsg(handle: Handle, message: Message, o: Flags | undefined): SendMessage {
  admit(o, 'write');
  return new SendMessage(handle, checkMessage('message', message), flagsOf(o));
}

export function sendWhole(handle: Handle, data: Data | Data[], flags: number): SendMessage {
  return new SendMessage(handle, { data }, flags, { data: 'data', to: 'to', meta: 'meta' });
}

export function sendMany(handle: Handle, messages: readonly Message[], o: Op | undefined): SendMany {
  if (!Array.isArray(messages)) throw invalidType('messages', 'an array of messages', messages);
  admit(o, 'write');
  return new SendMany(handle, messages);
}

export function flagsOf(o: Flags | undefined): number {
  return o?.flags === undefined ? 0 : wholeNumber('flags', o.flags, 0, 0x7fffffff);
}
