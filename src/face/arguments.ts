// Owns the reading of connect's and listen's arguments, before anything is opened or looked up.

import type { ConnectOptions, Resolver } from '../contract/net.js';
import type { ListenOptions } from '../contract/listener.js';
import type { Mode } from '../contract/mode.js';
import { parseTarget, type Endpoint } from '../address/target.js';
import { encodingOf, type Encoding } from '../codec/text.js';
import type { SocketAddress } from '../address/socket-address.js';
import type { DialOptions } from '../core/dial/dial.js';
import { Report } from '../core/dial/report.js';
import { isNumeric, Resolution } from '../core/dial/resolution.js';
import type { ListenPlan } from '../core/listen.js';
import { familyNumber, kindNumber } from '../core/names.js';
import { SOMAXCONN } from '../core/numbers.js';
import { isWant } from '../core/want.js';
import { clientPlan, type SessionPlan } from '../core/tls/tls.js';
import { checkSettings } from '../core/option/option.js';
import { hidden, invalidType, invalidValue, outOfRange, wholeNumber } from '../error/invalid.js';
import { newId, tapOf } from '../event/tap.js';
import { admit, durationOf, refuseZero, spanOf } from '../wait/limit.js';
import { checkMode } from './check.js';

/** What connect was asked to do, checked: nothing was opened or looked up yet. */
export interface ConnectPlan<M extends Mode> {
  readonly endpoint: Endpoint;
  readonly o: ConnectOptions<M>;
  readonly options: DialOptions;
  /** Who hears of it, under the id that the connection will have. */
  readonly report: Report;
  readonly encoding: Encoding;
  readonly resolver: Resolver<M> | null;
  /** Null without TLS. */
  readonly tls: SessionPlan | null;
  /** The host that was asked for; null where there is none. */
  readonly host: string | null;
  /** The limit of the whole call in ms, from now on. */
  readonly span: number;
}

const ATTEMPT_DELAY = 250;

export function connectPlan<M extends Mode>(given: readonly unknown[]): ConnectPlan<M> {
  const { endpoint, o } = connectArguments<M>(given);
  refuseZero(o);
  admit(o, 'connect');
  const { lookup } = o;
  if (lookup !== undefined && typeof (lookup as Partial<Resolver<M>> | null)?.lookup !== 'function')
    throw invalidType('lookup', 'an object with a function `lookup`', lookup);
  const encoding = encodingOf('encoding', o.encoding ?? 'utf-8');
  const host = hostOf(endpoint);
  return {
    endpoint,
    o,
    options: dialOptions(o),
    report: new Report({ id: newId(), tap: tapOf(o.on, o.queue) }, endpoint, 'localhost'),
    encoding,
    tls: tlsPlan(endpoint, o.tls, host),
    host,
    resolver: lookup ?? null,
    span: spanOf(o),
  };
}

function tlsPlan(endpoint: Endpoint, given: unknown, host: string | null): SessionPlan | null {
  const byScheme = endpoint.kind === 'inet' && endpoint.scheme === 'tls';
  const wanted = given ?? byScheme;
  if (typeof wanted !== 'boolean' && (typeof wanted !== 'object' || wanted === null))
    throw invalidType('tls', 'a boolean or an object', hidden(given));
  if (wanted === false) {
    if (byScheme) throw invalidValue('tls', 'contradicts the target, which begins with tls://', given);
    return null;
  }
  return clientPlan(wanted === true ? {} : wanted, host);
}

/** What a certificate is checked against. */
function hostOf(endpoint: Endpoint): string | null {
  if (endpoint.kind !== 'inet') return null;
  const { host } = endpoint;
  return host === null ? 'localhost' : host.kind === 'name' ? host.name : host.address;
}

/** `connect(target, options)` and `connect(host, service, options)`. */
function connectArguments<M extends Mode>(given: readonly unknown[]): { endpoint: Endpoint; o: ConnectOptions<M> } {
  const [first, second, third] = given;
  const split = typeof second === 'number' || typeof second === 'string';
  const o = (split ? third : second) ?? {};
  if (typeof o !== 'object') throw invalidType('options', 'an object', o);
  const endpoint = split ? parseTarget({ host: hostText(first), port: second }, 'to') : parseTarget(first, 'to');
  const { scheme } = endpoint.kind === 'inet' ? endpoint : { scheme: null };
  if (scheme === 'udp') throw invalidValue('to', 'is a datagram target, and connect makes streams', first);
  return { endpoint, o };
}

function dialOptions(o: ConnectOptions<Mode>): DialOptions {
  const kind = kindNumber('kind', o.kind ?? 'stream');
  if (kind !== kindNumber('kind', 'stream'))
    throw invalidValue('kind', "must be 'stream'; socket() makes the other kinds", o.kind);
  return {
    family: o.family === undefined ? 0 : familyNumber('family', o.family),
    kind,
    protocol: wholeNumber('protocol', o.protocol ?? 0, 0, 0x7fffffff),
    local: o.local === undefined ? null : numeric(o.local, 'local'),
    noDelay: flag('noDelay', o.noDelay, true),
    settings: checkSettings(o.options),
    attemptDelay: o.attemptDelay === undefined ? ATTEMPT_DELAY : durationOf('attemptDelay', o.attemptDelay),
    attemptTimeout: attemptTimeout(o.attemptTimeout),
  };
}

export function listenPlan(o: ListenOptions): ListenPlan {
  if (typeof o !== 'object' || o === null) throw invalidType('options', 'an object', o);
  return {
    backlog: o.backlog === undefined ? SOMAXCONN : wholeNumber('backlog', o.backlog, 0, 0x7fffffff),
    reuseAddress: flag('reuseAddress', o.reuseAddress, true),
    replaceDead: o.reuseAddress === true,
    reusePort: flag('reusePort', o.reusePort, false),
    ipv6Only: o.ipv6Only === undefined ? null : flag('ipv6Only', o.ipv6Only, false),
    mode: checkMode(o.mode),
    noDelay: flag('noDelay', o.noDelay, true),
    settings: checkSettings(o.options),
  };
}

/** An endpoint that needs no lookup, as an address. A port may be left out. */
export function numeric(target: unknown, argument: string): SocketAddress {
  const endpoint = parseTarget(
    typeof target === 'string' && /^(\[[^\]]*\]|[^:/]*)$/.test(target) ? { host: target, port: 0 } : target,
    argument,
  );
  if (endpoint.kind === 'fd' || !isNumeric(endpoint))
    throw invalidValue(argument, 'must be numeric: a name needs lookup()', target);
  const addresses = new Resolution(endpoint, { family: 0, kind: kindNumber('kind', 'stream'), passive: true }).step();
  if (isWant(addresses)) throw invalidValue(argument, 'must be numeric: a name needs lookup()', target);
  return addresses[0]!;
}

function hostText(host: unknown): string {
  if (typeof host !== 'string') throw invalidType('host', 'a string', host);
  return host;
}

function attemptTimeout(value: unknown): number {
  if (value === undefined) return Infinity;
  const ms = durationOf('attemptTimeout', value);
  if (ms === 0) throw outOfRange('attemptTimeout', 'above 0: no address can be connected to without waiting', value);
  return ms;
}

export function flag(argument: string, value: unknown, usual: boolean): boolean {
  if (value === undefined) return usual;
  if (typeof value !== 'boolean') throw invalidType(argument, 'a boolean', value);
  return value;
}
