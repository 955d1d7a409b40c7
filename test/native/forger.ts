// Owns records of TLS 1.3 that no library would send, made with the keys of a real connection. It must not know what they
// are good for.

import assert from 'node:assert/strict';
import { createCipheriv, createHmac } from 'node:crypto';

const handshake = 22;
export const suite = 'TLS_AES_128_GCM_SHA256';

/** One direction of a connection with `suite`, from its first record behind the handshake on. */
export class Forger {
  #secret: Buffer;
  #sequence = 0n;

  /** The key log of the connection, and whose direction it is. */
  constructor(keylog: readonly string[], whose: 'CLIENT' | 'SERVER') {
    const line = keylog.find((one) => one.startsWith(`${whose}_TRAFFIC_SECRET_0 `));
    assert.ok(line !== undefined);
    this.#secret = Buffer.from(line.split(' ')[2]!, 'hex');
  }

  /** RFC 8446 §5.2. */
  record(content: Uint8Array, type = handshake): Buffer {
    const header = Buffer.from([23, 3, 3, 0, 0]);
    header.writeUInt16BE(content.length + 17, 3);
    const nonce = expand(this.#secret, 'iv', 12);
    nonce.writeBigUInt64BE(nonce.readBigUInt64BE(4) ^ this.#sequence++, 4);
    const cipher = createCipheriv('aes-128-gcm', expand(this.#secret, 'key', 16), nonce);
    cipher.setAAD(header);
    const body = [cipher.update(content), cipher.update(Buffer.from([type])), cipher.final()];
    return Buffer.concat([header, ...body, cipher.getAuthTag()]);
  }

  /** RFC 8446 §4.6.3. Everything behind it is made with the next key. */
  keyUpdate(requested: boolean): Buffer {
    const record = this.record(Buffer.from([24, 0, 0, 1, requested ? 1 : 0]));
    this.#secret = expand(this.#secret, 'traffic upd', 32);
    this.#sequence = 0n;
    return record;
  }
}

/** RFC 8446 §4.6.1: a NewSessionTicket with a ticket of so many bytes. */
export function newSessionTicket(length: number): Buffer {
  const message = Buffer.alloc(4 + 4 + 4 + 2 + 2 + length + 2);
  message[0] = 4;
  message.writeUIntBE(message.length - 4, 1, 3);
  message.writeUInt32BE(7200, 4);
  message.writeUInt8(1, 12);
  message.writeUInt16BE(length, 14);
  return message;
}

/** HKDF-Expand-Label of RFC 8446 §7.1 with an empty context, for at most 32 bytes. */
function expand(secret: Buffer, label: string, length: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([Buffer.from([0, length, name.length]), name, Buffer.from([0, 1])]);
  return createHmac('sha256', secret).update(info).digest().subarray(0, length);
}
