// What an address looks like, and every form in which a caller may name one.

/** An address family by name, or by its `AF_*` number. */
export type Family = 'ipv4' | 'ipv6' | 'unix' | 'vsock' | 'packet' | 'netlink' | number;

/** A socket type by name, or by its `SOCK_*` number. */
export type Kind = 'stream' | 'dgram' | 'seqpacket' | 'raw' | 'rdm' | number;

/** One end of a socket. Immutable. */
export interface Address {
  readonly family: Family;
  /**
   * `'127.0.0.1'`, `'::1'` without its zone, a Unix path, or `''` for an unnamed Unix socket. Of packet sockets the hardware
   * address (`'02:00:00:00:00:01'`, or `''`), of netlink sockets `'port:groups'`, of vsock the context id (`'2'`, or `'any'`).
   */
  readonly address: string;
  /** IPv4 and IPv6: 0 to 65535. vsock: 32 bits. Packet sockets: the EtherType, as `sll_protocol` has it. */
  readonly port?: number;
  /** The zone of an IPv6 address, or the interface of a packet socket: its name, or its number where it has no name. */
  readonly scope?: string;
  /** Unix sockets: the path; an abstract name reads `'@name'`. Absent for an unnamed socket. */
  readonly path?: string;
  /** The sockaddr bytes, for a family that has no form of its own here, and for packet, netlink and vsock addresses. */
  readonly raw?: Uint8Array;
  /** The canonical name, when a lookup was asked for it. */
  readonly canonicalName?: string;
  /** True when both name the same end: same family, bytes, port and zone. */
  equals(other: Address): boolean;
  /**
   * `'127.0.0.1:80'`, `'[::1]:80'`, `'[fe80::1%eth0]:80'`, `'unix:/p'`, `'unix:@name'`: a valid `Target`, but for an unnamed Unix
   * socket, which reads `'unix:'`. Other families have a text for people only: `'vsock:2:1024'`, `'netlink:0:1'`, `'packet:eth0:0x0800'`.
   */
  toString(): string;
}

/**
 * A place to connect or to bind to.
 *
 * - `'host:443'`, `'host:https'`, `'127.0.0.1:80'`, `'[::1]:80'`, `'[fe80::1%eth0]:80'`
 * - `'[localhost]:80'`: a bracketed name is looked up as IPv6 only
 * - `':80'`: every local address when binding, this host when connecting
 * - `'unix:/run/x.sock'`, `'/run/x.sock'`, `'unix:@abstract'`
 * - `'fd:3'`: a descriptor that this process already has
 * - with a scheme where it fits: `'tcp://host:80'`, `'tls://host:443'`, `'udp://host:53'`, `'unix:///run/x.sock'`
 * - an object with `host` and `port`, or with `path`; an `Address`; or raw sockaddr bytes of any family
 * - `{ family: 'vsock', host: '2', port: 1024 }`, `{ family: 'netlink', host: '0:1' }`, `{ family: 'packet', host: 'eth0' }`
 *
 * Parsing is strict: ports are 0 to 65535 in decimal, names hold no blanks or control characters, old IPv4 spellings
 * such as `127.1` or `0x7f.0.0.1` are refused, a Unix path has at most 107 bytes (unix(7)). Internationalised names go out
 * as punycode (UTS 46). What is wrong is a `TypeError` or `RangeError` that names the argument. docs/guide/addresses.md has
 * every form.
 */
export type Target =
  | string
  | {
      host?: string | undefined;
      port?: number | string | undefined;
      path?: string | undefined;
      family?: Family | undefined;
    }
  | { family: number; raw: Uint8Array }
  | Address;

/** Turns names into addresses. Both colours of the library are resolvers themselves. */
export interface LookupOptions {
  /** Only addresses of this family; without it both IPv4 and IPv6. */
  family?: Family | undefined;
  /** The kind of socket a service name is meant for; `'stream'` unless told. */
  kind?: Kind | undefined;
}
