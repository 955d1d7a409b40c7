// Owns the reading of udp's arguments, before anything is opened or looked up.

import type { UdpOpenOptions } from '../contract/udp.js';
import { parseListenTarget, parseTarget, type Endpoint } from '../address/target.js';
import { familyNumber } from '../core/names.js';
import { AF_INET, AF_INET6, AF_UNSPEC } from '../core/numbers.js';
import { checkSettings } from '../core/option/option.js';
import { checkMetaNames, type UdpPlan } from '../core/udp/udp.js';
import { invalidType, invalidValue } from '../error/invalid.js';
import { flag } from './arguments.js';

export function udpPlan(at: unknown, o: UdpOpenOptions): UdpPlan {
  if (typeof o !== 'object' || o === null) throw invalidType('options', 'an object', o);
  return {
    at: at === undefined ? null : internet('at', parseListenTarget(at as number, 'at'), at),
    connect: o.connect === undefined ? null : udpPeer('connect', o.connect),
    family: udpFamily(o.family),
    reuseAddress: flag('reuseAddress', o.reuseAddress, false),
    reusePort: flag('reusePort', o.reusePort, false),
    ipv6Only: flag('ipv6Only', o.ipv6Only, false),
    settings: checkSettings(o.options),
    meta: checkMetaNames(o.meta),
  };
}

/** Somebody to send to. */
export function udpPeer(argument: string, target: unknown): Endpoint {
  const endpoint = internet(argument, parseTarget(target, argument), target);
  if (endpoint.kind === 'fd') throw invalidValue(argument, 'is a descriptor, and must be an address', target);
  return endpoint;
}

function internet(argument: string, endpoint: Endpoint, target: unknown): Endpoint {
  if (endpoint.kind === 'unix')
    throw invalidValue(argument, "is a Unix path: socket('unix', 'dgram') has datagrams for those", target);
  if (endpoint.kind === 'inet' && endpoint.scheme !== null && endpoint.scheme !== 'udp')
    throw invalidValue(argument, 'is a stream target, and udp makes datagrams', target);
  if (endpoint.kind === 'raw' && endpoint.family !== AF_INET && endpoint.family !== AF_INET6)
    throw invalidValue(argument, 'must be an address of IPv4 or IPv6', target);
  return endpoint;
}

function udpFamily(family: unknown): number {
  if (family === undefined) return AF_UNSPEC;
  const number = familyNumber('family', family);
  if (number !== AF_INET && number !== AF_INET6) throw invalidValue('family', "must be 'ipv4' or 'ipv6'", family);
  return number;
}
