// Owns the sending and receiving of data by a Socket.

import { data, limitOf, softNumber, type SoftInt, type Timeout } from './argument.js';
import { InfoSocket } from './socket-info.js';
import { messagesOf, messageText, receiveMessage, sendMessage } from './messages.js';
import { receiveBytes, receiveText, receiving, sending } from './transfer.js';

/** The largest size that a read may be asked for. */
const MOST = 0x7fffffff;

export class DataSocket extends InfoSocket {
  /**
   * Sends everything; text in the encoding of the socket. 0, or -1 and errno().
   *
   * @throws QoreException `SOCKET-NOT-OPEN`; `ENCODING-CONVERSION-ERROR` for text that the encoding has not, with nothing sent;
   * `SOCKET-SSL-ERROR` for everything that goes wrong with TLS
   */
  send(value: string | Uint8Array): 0 | -1 {
    const given = data('send', value);
    const messages = messagesOf(this.link);
    if (messages !== null) return sendMessage(this.link, messages, 'send', given, this.link.charset);
    return sending(this.link, 'send', (conn) => {
      if (given.length === 0) return;
      if (typeof given === 'string') conn.encoding = this.link.charset;
      conn.write(given);
    });
  }

  /** Sends everything as it is; text in UTF-8, whatever the encoding of the socket. 0, or -1 and errno(). @throws as send */
  sendBinary(value: string | Uint8Array): 0 | -1 {
    const given = data('sendBinary', value);
    const messages = messagesOf(this.link);
    if (messages !== null) return sendMessage(this.link, messages, 'sendBinary', given, 'UTF-8');
    return sending(this.link, 'sendBinary', (conn) => {
      if (given.length > 0) conn.write(Buffer.from(given as string));
    });
  }

  /**
   * Receives text: `size` bytes of it, all to the end of the stream for a size below 0, what is there for 0. The limit is for the whole
   * call. A character whose end is not among the bytes stays for the next call.
   *
   * @throws QoreException `SOCKET-NOT-OPEN`; `SOCKET-CLOSED`, where what had come can still be read and is `arg`; `SOCKET-TIMEOUT`,
   * `SOCKET-RECV-ERROR`, `SOCKET-SSL-ERROR`; `ENCODING-CONVERSION-ERROR` for bytes that are no text, which can still be read
   */
  recv(size: SoftInt = 0, timeout_ms: Timeout = -1): string {
    const bytes = softNumber('recv', 'the size', size, -MOST, MOST);
    const ms = limitOf('recv', timeout_ms);
    const messages = messagesOf(this.link);
    if (messages !== null)
      return messageText(receiveMessage(this.link, messages, 'recv', bytes, ms), this.link.charset);
    return receiving(
      this.link,
      'recv',
      ms,
      (conn) => receiveText(this.link, conn, bytes, ms),
      bytes > 0 ? bytes : undefined,
    );
  }

  /** Receives bytes, as recv receives text. @throws as recv */
  recvBinary(size: SoftInt = 0, timeout_ms: Timeout = -1): Buffer {
    const bytes = softNumber('recvBinary', 'the size', size, -MOST, MOST);
    const ms = limitOf('recvBinary', timeout_ms);
    const messages = messagesOf(this.link);
    if (messages !== null) return receiveMessage(this.link, messages, 'recvBinary', bytes, ms);
    return receiving(
      this.link,
      'recvBinary',
      ms,
      (conn) => {
        const value = receiveBytes(conn, 'recvBinary', bytes, ms);
        return { value, length: value.length };
      },
      bytes > 0 ? bytes : undefined,
    );
  }
}
