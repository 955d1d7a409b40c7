// Owns the sending and receiving of messages: by sockets that are no streams, SOCK_DGRAM for one. A message is sent and
// received whole.

import type { NumType } from '../../contract/codec.js';
import type { Socket } from '../../sync/index.js';
import { within } from './argument.js';
import { EVENT_PACKET_READ, EVENT_PACKET_SENT } from './constants.js';
import { QoreException } from './exception.js';
import { readFailure, remoteClosed, writeFailure } from './failure.js';
import type { Link } from './link.js';

/** The longest message of the Internet. */
const LONGEST = 65_536;

/** The open socket of a link that is no stream; null of others. */
export function messagesOf(link: Link): Socket<'sync'> | null {
  const { socket, conn, isOpen } = link;
  return isOpen && conn === null && socket?.kind !== 'stream' ? socket : null;
}

export function sendMessage(
  link: Link,
  socket: Socket<'sync'>,
  method: string,
  data: string | Uint8Array,
  charset: string,
): 0 | -1 {
  const bytes = typeof data === 'string' ? encode(data, charset) : data;
  try {
    socket.send(bytes);
  } catch (error) {
    const failure = writeFailure(link, method, error);
    if (failure !== null) throw failure;
    return -1;
  }
  link.post({ event: EVENT_PACKET_SENT, sent: bytes.length, total_sent: bytes.length, total_to_send: bytes.length });
  return 0;
}

/** What of a message is beyond `size` is lost, as it is in the system. */
export function receiveMessage(
  link: Link,
  socket: Socket<'sync'>,
  method: string,
  size: number,
  ms: number | null,
): Buffer {
  let bytes: Buffer | null;
  try {
    bytes = socket.recv(size > 0 ? size : LONGEST, within(ms));
  } catch (error) {
    throw readFailure(link, method, error, ms);
  }
  if (bytes === null) throw remoteClosed(method);
  const asked = size > 0 ? { total_to_read: size } : {};
  link.post({ event: EVENT_PACKET_READ, read: bytes.length, total_read: bytes.length, ...asked });
  return bytes;
}

/** The bytes of an integer. */
export function bytesOf(type: NumType, length: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  const cut = bytes.subarray(0, length);
  return type.endsWith('le') ? cut : cut.reverse();
}

/** The integer that a message begins with. */
export function numberOf(type: NumType, message: Buffer, length: number, method: string): number | bigint {
  if (message.length < length)
    throw new QoreException('SOCKET-RECV-ERROR', `the message has fewer bytes than Socket::${method}() needs`, message);
  const little = type.endsWith('le') ? message : Buffer.from(message).reverse();
  if (length === 8) return little.readBigInt64LE();
  return type.startsWith('u') ? little.readUIntLE(0, length) : little.readIntLE(0, length);
}

export function messageText(bytes: Buffer, charset: string): string {
  if (isLatin1(charset)) return bytes.toString('latin1');
  try {
    if (isUtf8(charset)) return utf8.decode(bytes);
  } catch {
    // As any other encoding that it is not.
  }
  throw new QoreException('ENCODING-CONVERSION-ERROR', `the message is no text in ${charset}`, bytes);
}

function encode(text: string, charset: string): Buffer {
  const bytes = Buffer.from(text, isLatin1(charset) ? 'latin1' : 'utf8');
  if ((isLatin1(charset) || isUtf8(charset)) && messageText(bytes, charset) === text) return bytes;
  throw new QoreException('ENCODING-CONVERSION-ERROR', `the text cannot be converted to ${charset}`, text);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const isUtf8 = (charset: string): boolean => /^utf-?8$/i.test(charset);
const isLatin1 = (charset: string): boolean => /^(iso-?8859-1|latin-?1)$/i.test(charset);
