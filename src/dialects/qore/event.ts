// Owns the shape of the hashes that a socket posts. It must not know when it posts them.

import type * as C from './constants.js';
import type { HttpHash } from './http-hash.js';

/** An event without the keys that all of them have. */
export type SocketEvent =
  | { event: typeof C.EVENT_PACKET_READ; read: number; total_read: number; total_to_read?: number }
  | { event: typeof C.EVENT_PACKET_SENT; sent: number; total_sent: number; total_to_send: number }
  | { event: typeof C.EVENT_CHANNEL_CLOSED }
  | { event: typeof C.EVENT_DELETED }
  | { event: typeof C.EVENT_HOSTNAME_LOOKUP; name?: string; service?: string }
  | { event: typeof C.EVENT_HOSTNAME_RESOLVED; address: string; port?: number }
  | { event: typeof C.EVENT_HTTP_SEND_MESSAGE; message: string; headers: Readonly<Record<string, unknown>> }
  | { event: typeof C.EVENT_HTTP_MESSAGE_RECEIVED; headers: HttpHash }
  | { event: typeof C.EVENT_CONNECTING; type: number; target: string; service?: string; port?: number }
  | { event: typeof C.EVENT_CONNECTED }
  | { event: typeof C.EVENT_START_SSL }
  | { event: typeof C.EVENT_SSL_ESTABLISHED; cipher: string; cipher_version: string };

/** What is found on the queue: `event` says which one, `source` that it is of a socket, `id` of which object. */
export type Event = SocketEvent & { source: typeof C.EVENT_SOURCE_SOCKET; id: number };
