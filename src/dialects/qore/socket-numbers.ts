// Owns the sending and receiving of integers by a Socket. What is sent is cut to its size, as in C.

import type { NumOf, NumType } from '../../contract/codec.js';
import { limitOf, softInt, within, type SoftInt, type Timeout } from './argument.js';
import { bytesOf, messagesOf, numberOf, receiveMessage, sendMessage } from './messages.js';
import { DataSocket } from './socket-data.js';
import { exactly, receiving, sending } from './transfer.js';

export class NumberSocket extends DataSocket {
  /** Sends the lowest byte of a number. 0, or -1 and errno(). @throws QoreException `SOCKET-NOT-OPEN`; `SOCKET-SSL-ERROR` */
  sendi1(i: SoftInt = 0): 0 | -1 {
    return this.#send('sendi1', 'i8', 8, i);
  }
  /** Sends the lowest two bytes, big-endian. @throws as sendi1 */
  sendi2(i: SoftInt = 0): 0 | -1 {
    return this.#send('sendi2', 'i16', 16, i);
  }
  /** Sends the lowest four bytes, big-endian. @throws as sendi1 */
  sendi4(i: SoftInt = 0): 0 | -1 {
    return this.#send('sendi4', 'i32', 32, i);
  }
  /** Sends eight bytes, big-endian. @throws as sendi1 */
  sendi8(i: SoftInt = 0): 0 | -1 {
    return this.#send('sendi8', 'i64', 64, i);
  }
  /** Sends the lowest two bytes, little-endian. @throws as sendi1 */
  sendi2LSB(i: SoftInt = 0): 0 | -1 {
    return this.#send('sendi2LSB', 'i16le', 16, i);
  }
  /** Sends the lowest four bytes, little-endian. @throws as sendi1 */
  sendi4LSB(i: SoftInt = 0): 0 | -1 {
    return this.#send('sendi4LSB', 'i32le', 32, i);
  }
  /** Sends eight bytes, little-endian. @throws as sendi1 */
  sendi8LSB(i: SoftInt = 0): 0 | -1 {
    return this.#send('sendi8LSB', 'i64le', 64, i);
  }

  /** Receives a signed byte. @throws QoreException as recv */
  recvi1(timeout_ms: Timeout = -1): number {
    return this.#recv('recvi1', 'i8', 1, timeout_ms);
  }
  /** Receives two bytes, signed, big-endian. @throws as recvi1 */
  recvi2(timeout_ms: Timeout = -1): number {
    return this.#recv('recvi2', 'i16', 2, timeout_ms);
  }
  /** Receives four bytes, signed, big-endian. @throws as recvi1 */
  recvi4(timeout_ms: Timeout = -1): number {
    return this.#recv('recvi4', 'i32', 4, timeout_ms);
  }
  /** Receives eight bytes, signed, big-endian. @throws as recvi1 */
  recvi8(timeout_ms: Timeout = -1): bigint {
    return this.#recv('recvi8', 'i64', 8, timeout_ms);
  }
  /** Receives two bytes, signed, little-endian. @throws as recvi1 */
  recvi2LSB(timeout_ms: Timeout = -1): number {
    return this.#recv('recvi2LSB', 'i16le', 2, timeout_ms);
  }
  /** Receives four bytes, signed, little-endian. @throws as recvi1 */
  recvi4LSB(timeout_ms: Timeout = -1): number {
    return this.#recv('recvi4LSB', 'i32le', 4, timeout_ms);
  }
  /** Receives eight bytes, signed, little-endian. @throws as recvi1 */
  recvi8LSB(timeout_ms: Timeout = -1): bigint {
    return this.#recv('recvi8LSB', 'i64le', 8, timeout_ms);
  }
  /** Receives an unsigned byte. @throws as recvi1 */
  recvu1(timeout_ms: Timeout = -1): number {
    return this.#recv('recvu1', 'u8', 1, timeout_ms);
  }
  /** Receives two bytes, unsigned, big-endian. @throws as recvi1 */
  recvu2(timeout_ms: Timeout = -1): number {
    return this.#recv('recvu2', 'u16', 2, timeout_ms);
  }
  /** Receives four bytes, unsigned, big-endian. @throws as recvi1 */
  recvu4(timeout_ms: Timeout = -1): number {
    return this.#recv('recvu4', 'u32', 4, timeout_ms);
  }
  /** Receives two bytes, unsigned, little-endian. @throws as recvi1 */
  recvu2LSB(timeout_ms: Timeout = -1): number {
    return this.#recv('recvu2LSB', 'u16le', 2, timeout_ms);
  }
  /** Receives four bytes, unsigned, little-endian. @throws as recvi1 */
  recvu4LSB(timeout_ms: Timeout = -1): number {
    return this.#recv('recvu4LSB', 'u32le', 4, timeout_ms);
  }

  #send(method: string, type: NumType, bits: number, i: SoftInt): 0 | -1 {
    const value = BigInt.asIntN(bits, softInt(method, 'the number', i));
    const messages = messagesOf(this.link);
    if (messages !== null) return sendMessage(this.link, messages, method, bytesOf(type, bits / 8, value), '');
    return sending(this.link, method, (conn) => conn.writeNum<NumType>(type, bits === 64 ? value : Number(value)));
  }

  #recv<T extends NumType>(method: string, type: T, length: number, timeout: Timeout) {
    const ms = limitOf(method, timeout);
    const messages = messagesOf(this.link);
    if (messages !== null)
      return numberOf(type, receiveMessage(this.link, messages, method, length, ms), length, method) as NumOf<T>;
    return receiving(this.link, method, ms, (conn) => ({
      value: exactly(conn, () => conn.readNum(type, within(ms))),
      length,
    }));
  }
}
