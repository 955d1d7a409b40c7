// Owns the list of what children/veth.ts tests, in its order, so that none of it can be left out.

export const titles = [
  'what is sent to a group arrives while it is joined, by name or by number, IPv4 and IPv6',
  'a group that names a zone is joined there',
  'a source-specific membership takes what its source sends, and nothing else',
  'a member twice is EADDRINUSE, and leaving what was not joined EADDRNOTAVAIL',
  'what we send to a group has multicast.ttl and goes out on multicast.interface',
  'multicast.loopback decides whether members here get it, too',
  'a broadcast arrives, both ways',
  'meta tells the local address and the interface, IPv4, IPv6 and dual stack',
  'meta.local and meta.ifindex choose where a datagram comes from',
  'connect from one network to another takes the local address that fits',
  'the zone of a link-local address is kept both ways',
  'meta.segment: what is sent in one piece arrives as single datagrams (GSO)',
  "meta: ['segment'] hands out in one piece what came as many (GRO)",
  'ttl, tos and ecn of one datagram, both ways, IPv4, IPv6 and dual stack',
  'the timestamp of the kernel lies between sending and now',
] as const;
