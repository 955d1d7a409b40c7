// Owns the reading of connect's and listen's arguments.

import type { ConnectOptions } from '../contract/net.js';
import type { ListenOptions } from '../contract/listener.js';
import type { Mode } from '../contract/mode.js';
import type { Target } from '../contract/address.js';
import { parseTarget, type Endpoint, type InetEndpoint } from '../address/target.js';
import type { SocketAddress } from '../address/socket-address.js';
import type { DialOptions } from '../core/dial/dial.js';
import { isNumeric, Resolution } from '../core/dial/resolution.js';
import type { ListenPlan } from '../core/listen.js';
import { familyNumber, kindNumber } from '../core/names.js';
import { SOMAXCONN } from '../core/numbers.js';
import { checkSettings } from '../core/option/settings.js';
import { isWant } from '../core/want.js';
import { invalidType, invalidValue, wholeNumber } from '../error/invalid.js';
import { durationOf } from '../wait/limit.js';
import { checkMode } from './check.js';

export type AnyConnect<M extends Mode> = ConnectOptions<M>;

const ATTEMPT_DELAY = 250;

/** `connect(target, options)` and `connect(host, service, options)`. */
export function connectArguments<M extends Mode>(given: readonly unknown[]): { endpoint: Endpoint; o: AnyConnect<M> } {
  const [first, second, third] = given;
  const split = typeof second === 'number' || typeof second === 'string';
  const o = (split ? third : second) ?? {};
  if (typeof o !== 'object') throw invalidType('options', 'an object', o);
  const endpoint = split ? parseTarget({ host: hostText(first), port: second }, 'to') : parseTarget(first, 'to');
  const { scheme } = endpoint.kind === 'inet' ? endpoint : { scheme: null };
  if (scheme === 'udp') throw invalidValue('to', 'is a datagram target, and connect makes streams', first);
  if (scheme === 'tls') throw invalidValue('to', 'asks for TLS, which this version does not have yet', first);
  return { endpoint, o };
}

export function dialOptions(o: AnyConnect<Mode>): DialOptions {
  const kind = kindNumber('kind', o.kind ?? 'stream');
  if (kind !== kindNumber('kind', 'stream'))
    throw invalidValue('kind', "must be 'stream'; socket() makes the other kinds", o.kind);
  return {
    family: o.family === undefined ? 0 : familyNumber('family', o.family),
    kind,
    protocol: wholeNumber('protocol', o.protocol ?? 0, 0, 0x7fffffff),
    local: o.local === undefined ? null : localAddress(o.local),
    noDelay: flag('noDelay', o.noDelay, true),
    settings: checkSettings(o.options),
    attemptDelay: o.attemptDelay === undefined ? ATTEMPT_DELAY : durationOf('attemptDelay', o.attemptDelay),
    attemptTimeout: o.attemptTimeout === undefined ? Infinity : durationOf('attemptTimeout', o.attemptTimeout),
  };
}

export function listenPlan(o: ListenOptions): ListenPlan {
  if (typeof o !== 'object' || o === null) throw invalidType('options', 'an object', o);
  return {
    backlog: wholeNumber('backlog', o.backlog ?? SOMAXCONN, 0, 0x7fffffff),
    reuseAddress: flag('reuseAddress', o.reuseAddress, true),
    replaceDead: o.reuseAddress === true,
    reusePort: flag('reusePort', o.reusePort, false),
    ipv6Only: o.ipv6Only === undefined ? null : flag('ipv6Only', o.ipv6Only, false),
    mode: checkMode(o.mode),
    noDelay: flag('noDelay', o.noDelay, true),
    settings: checkSettings(o.options),
  };
}

/** What a resolver is asked for. */
export function resolverEndpoint(endpoint: InetEndpoint): { host: string; service: string | number } {
  const { host, service } = endpoint;
  return {
    host: host === null ? 'localhost' : host.kind === 'name' ? host.name : host.address,
    service: service ?? 0,
  };
}

function hostText(host: unknown): string {
  if (typeof host !== 'string') throw invalidType('host', 'a string', host);
  return host;
}

function localAddress(local: Target): SocketAddress {
  const endpoint = parseTarget(
    typeof local === 'string' && !/[:/]/.test(local) ? { host: local, port: 0 } : local,
    'local',
  );
  if (endpoint.kind === 'fd' || !isNumeric(endpoint)) throw invalidValue('local', 'must be a numeric address', local);
  const addresses = new Resolution(endpoint, { family: 0, kind: kindNumber('kind', 'stream'), passive: true }).step();
  if (isWant(addresses)) throw invalidValue('local', 'must be a numeric address', local);
  return addresses[0]!;
}

function flag(argument: string, value: unknown, usual: boolean): boolean {
  if (value === undefined) return usual;
  if (typeof value !== 'boolean') throw invalidType(argument, 'a boolean', value);
  return value;
}
