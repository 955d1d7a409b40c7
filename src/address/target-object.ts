// Owns targets that are objects: { host, port }, { path }, { family, raw } and addresses. Unknown keys are ignored.

import { invalidType, invalidValue } from '../error/invalid.js';
import type { Endpoint } from './endpoint.js';
import type { Host } from './host.js';
import { parseHost } from './host.js';
import { parseService } from './service.js';
import { parseNetlink } from './netlink.js';
import { parsePacket } from './packet.js';
import { familyOf } from './sockaddr-bytes.js';
import { SocketAddress } from './socket-address.js';
import { missingPort, parseTargetHost } from './target-text.js';
import { checkUnixPath } from './unix-path.js';
import { parseVsock } from './vsock.js';

/** Every property that some form has; nothing is known of their values yet. */
interface Fields {
  readonly host?: unknown;
  readonly port?: unknown;
  readonly path?: unknown;
  readonly family?: unknown;
  readonly raw?: unknown;
  readonly address?: unknown;
  readonly scope?: unknown;
}

type Known = 'ipv4' | 'ipv6' | 'unix' | keyof typeof others;

/** These need an object: no text of a target is theirs. */
const others = { packet: parsePacket, netlink: parseNetlink, vsock: parseVsock };

/** The AF_* numbers of Linux. A pure room cannot ask the system; where they differ, names still work. */
const known = new Map<unknown, Known>([
  ['unix', 'unix'],
  ['ipv4', 'ipv4'],
  ['ipv6', 'ipv6'],
  [1, 'unix'],
  [2, 'ipv4'],
  [10, 'ipv6'],
  ['netlink', 'netlink'],
  ['packet', 'packet'],
  ['vsock', 'vsock'],
  [16, 'netlink'],
  [17, 'packet'],
  [40, 'vsock'],
]);

const longestRaw = 128; // sizeof(struct sockaddr_storage)

export function parseTargetObject(argument: string, target: object): Endpoint {
  const fields: Fields = target;
  if (fields.raw !== undefined) return parseRaw(argument, fields);
  if (target instanceof SocketAddress) return fromSocketAddress(argument, target);
  // Addresses of another copy of the library, or sent through structuredClone.
  if (typeof fields.address === 'string') return parseAddress(argument, fields, fields.address);
  const { host, port, path } = fields;
  const family = parseFamily(argument, fields.family);
  if (isOther(family)) {
    if (path !== undefined) throw invalidValue(argument, `has a path and the family "${family}"`, target);
    return { kind: 'other', parts: others[family](argument, host, port) };
  }
  if (path !== undefined) {
    if (host !== undefined || port !== undefined) {
      throw invalidValue(argument, 'must not have a path beside a host or a port', target);
    }
    if (family !== null && family !== 'unix')
      throw invalidValue(argument, `has a path and the family "${family}"`, target);
    return { kind: 'unix', path: checkUnixPath(`${argument}.path`, path) };
  }
  if (host === undefined && port === undefined) {
    throw invalidValue(argument, 'names nothing: it needs a host and a port, or a path', target);
  }
  if (port === undefined || port === '') throw missingPort(argument, target);
  if (family === 'unix') throw invalidValue(argument, 'has the family "unix" and no path', target);
  return fromHostPort(argument, host, port, family);
}

function fromHostPort(argument: string, hostValue: unknown, port: unknown, asked: 'ipv4' | 'ipv6' | null): Endpoint {
  const service = parseService(`${argument}.port`, port);
  if (hostValue === undefined) return { kind: 'inet', host: null, service, family: asked, scheme: null };
  if (typeof hostValue !== 'string') throw invalidType(`${argument}.host`, 'a host name or an IP address', hostValue);
  const { host, family } = parseTargetHost(`${argument}.host`, hostValue);
  const has = host.kind === 'name' ? family : host.kind;
  if (asked !== null && has !== null && asked !== has) {
    throw invalidValue(`${argument}.host`, `is ${has}, and the family asked for is ${asked}`, hostValue);
  }
  return { kind: 'inet', host, service, family: asked ?? family, scheme: null };
}

/** What this library made needs no second check. */
function fromSocketAddress(argument: string, address: SocketAddress): Endpoint {
  const { family, port } = address;
  if (family === 'unix') {
    if (address.path === undefined) throw unnamed(argument, address);
    return { kind: 'unix', path: address.path };
  }
  if ((family !== 'ipv4' && family !== 'ipv6') || port === undefined)
    return parseAddress(argument, address, address.address);
  return {
    kind: 'inet',
    host: literal(family, address.address, address.scope),
    service: port,
    family: null,
    scheme: null,
  };
}

function literal(kind: 'ipv4' | 'ipv6', address: string, scope: string | undefined): Host {
  if (kind === 'ipv4') return { kind, address };
  return scope === undefined ? { kind, address } : { kind, address, scope };
}

function parseAddress(argument: string, fields: Fields, text: string): Endpoint {
  const family = parseFamily(argument, fields.family);
  if (family === null) throw invalidValue(argument, 'is an address without a family', fields);
  if (family === 'unix') {
    if (fields.path === undefined) throw unnamed(argument, fields);
    return { kind: 'unix', path: checkUnixPath(`${argument}.path`, fields.path) };
  }
  if (isOther(family))
    throw invalidValue(argument, `is an address of the family "${family}" without its bytes`, fields);
  const { scope } = fields;
  if (scope !== undefined && typeof scope !== 'string') throw invalidType(`${argument}.scope`, 'a string', scope);
  const host = parseHost(`${argument}.address`, scope === undefined ? text : `${text}%${scope}`);
  if (host.kind !== family) throw invalidValue(`${argument}.address`, `is not an ${family} address`, text);
  if (fields.port === undefined) throw missingPort(argument, fields);
  return { kind: 'inet', host, service: parseService(`${argument}.port`, fields.port), family: null, scheme: null };
}

function parseRaw(argument: string, { family, raw }: Fields): Endpoint {
  if (!(raw instanceof Uint8Array)) throw invalidType(`${argument}.raw`, 'a Uint8Array', raw);
  if (raw.length < 2 || raw.length > longestRaw) {
    throw invalidValue(`${argument}.raw`, `must be the 2 to ${longestRaw} bytes of a sockaddr`, raw);
  }
  const own = familyOf(raw);
  // An address names its family in words where it has them; its bytes have the number.
  if (typeof family !== 'number' && typeof family !== 'string') {
    throw invalidType(`${argument}.family`, 'the number of an address family', family);
  }
  if (typeof family === 'number' && family !== own) {
    throw invalidValue(`${argument}.raw`, `begins with the family ${own}, which is not the family ${family}`, raw);
  }
  return { kind: 'raw', family: own, raw: new Uint8Array(raw) };
}

/** Null where none is asked for: undefined, or AF_UNSPEC. */
function parseFamily(argument: string, value: unknown): Known | null {
  if (value === undefined || value === 0) return null;
  const family = known.get(value);
  if (family !== undefined) return family;
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw invalidType(`${argument}.family`, 'the name or the number of an address family', value);
  }
  throw invalidValue(
    `${argument}.family`,
    'must be "ipv4", "ipv6", "unix", "packet", "netlink" or "vsock"; any other needs the bytes in "raw"',
    value,
  );
}

function isOther(family: Known | null): family is keyof typeof others {
  return family !== null && Object.hasOwn(others, family);
}

function unnamed(argument: string, address: unknown): TypeError {
  return invalidValue(argument, 'is an unnamed Unix socket, which nothing can reach', address);
}
