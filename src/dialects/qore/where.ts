// Owns the two forms of `dest` and `bind_to`: `host:port` and the path of a UNIX domain socket.

/** A port of a host; the family is 0 for any, and AF_INET6 where the text says so. */
export interface Port {
  readonly host: string;
  readonly service: string;
  readonly isIpv6: boolean;
}

/** What a text means. The last colon divides; without one it is a path. Null for a port without a host. */
export function whereOf(given: string): Port | { readonly path: string } | null {
  const colon = given.lastIndexOf(':');
  if (colon < 0) return given === '' ? null : { path: given };
  const before = given.slice(0, colon);
  const service = given.slice(colon + 1);
  const [, inside] = /^\[(.*)\]$/.exec(before) ?? [];
  const host = inside ?? before;
  if (host === '' || service === '') return null;
  return { host, service, isIpv6: inside !== undefined || host.includes(':') };
}
