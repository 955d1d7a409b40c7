// Owns what a target means once it is read: the shapes that the parsers make and that dialling and binding take.

import type { Host } from './host.js';
import type { AddressParts } from './socket-address.js';

export type Scheme = 'tcp' | 'tls' | 'udp';

export interface InetEndpoint {
  readonly kind: 'inet';
  /** Null for `':80'`: every local address when binding, this host when connecting. */
  readonly host: Host | null;
  /** A port or a service name. The parsers always find one; null is for callers that make an endpoint without. */
  readonly service: number | string | null;
  /** The family that the caller asked for; the family of a literal address is `host.kind`. */
  readonly family: 'ipv4' | 'ipv6' | null;
  readonly scheme: Scheme | null;
}

export type Endpoint =
  | InetEndpoint
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'fd'; readonly fd: number }
  /** An address of a packet, netlink or vsock socket. */
  | { readonly kind: 'other'; readonly parts: AddressParts }
  /** sockaddr bytes, `sa_family` included. */
  | { readonly kind: 'raw'; readonly family: number; readonly raw: Uint8Array };
