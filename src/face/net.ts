// Owns Net<M>: the functions of an entry point, made for one colour.

import type { Address } from '../contract/address.js';
import type { Conn } from '../contract/conn.js';
import type { ListenOptions, Listener } from '../contract/listener.js';
import type { Mode } from '../contract/mode.js';
import type { Net } from '../contract/net.js';
import type { PollEvents, Socket } from '../contract/socket.js';
import { SocketAddress } from '../address/socket-address.js';
import { parseListenTarget, parseTarget, type Endpoint } from '../address/target.js';
import { encodingOf } from '../codec/text.js';
import { adopt } from '../core/adopt.js';
import { Dial, type Dialled } from '../core/dial/dial.js';
import { Resolve, Reverse } from '../core/dial/lookup-attempt.js';
import { isNumeric, Resolution } from '../core/dial/resolution.js';
import { openHandle, openPair } from '../core/handle.js';
import { setLeakTracing } from '../core/leak.js';
import { Listen } from '../core/listen.js';
import { familyNumber, kindNumber } from '../core/names.js';
import { Immediately } from '../core/ready.js';
import { Select, type Selected } from '../core/select.js';
import { Stream } from '../core/stream.js';
import { isWant } from '../core/want.js';
import { invalidType, invalidValue, wholeNumber } from '../error/invalid.js';
import { refuseZero, spanOf } from '../wait/limit.js';
import { checkEvents } from './check.js';
import type { Colour } from './colour.js';
import { ConnFace } from './conn-face.js';
import { connectArguments, dialOptions, listenPlan, resolverEndpoint, type AnyConnect } from './arguments.js';
import { ListenerFace } from './listener-face.js';
import { SocketFace } from './socket-face.js';

export function netOf<M extends Mode>(colour: Colour<M>): Net<M> {
  const { runner } = colour;

  function finish(o: AnyConnect<M>): (dialled: Dialled) => Conn<M> {
    const encoding = encodingOf('encoding', o.encoding ?? 'utf-8');
    return ({ handle, address }) => {
      const stream = Stream.of(handle, address);
      stream.encoding = encoding;
      return colour.conn(stream);
    };
  }

  return {
    connect(...given: unknown[]) {
      let addresses: readonly SocketAddress[] | null = null;
      const begun = performance.now();
      const { endpoint, o, span, ...parsed } = parse();
      if (parsed.error !== null) return runner.go(() => raise(parsed.error), undefined);
      const { lookup } = o;
      if (lookup === undefined || endpoint.kind !== 'inet' || isNumeric(endpoint)) return dial();
      const asked = resolverEndpoint(endpoint);
      const found = runner.bounded(() => lookup.lookup(asked.host, asked.service, forResolver(o)), o);
      return runner.chain(found, (list) => {
        addresses = list.map((one) => toSocketAddress(one, asked.service));
        return dial();
      });

      function parse() {
        const nothing = { endpoint: { kind: 'fd', fd: -1 } as Endpoint, o: {} as AnyConnect<M>, span: Infinity };
        try {
          const { endpoint, o } = connectArguments<M>(given);
          refuseZero(o);
          return { endpoint, o, span: spanOf(o), error: null };
        } catch (error) {
          return { ...nothing, error: error as Error };
        }
      }

      function dial() {
        const left = span === Infinity ? Infinity : Math.max(0, span - (performance.now() - begun));
        const limits = { timeout: left, signal: o.signal };
        return runner.go<Conn<M>>(() => {
          const make = finish(o);
          const options = dialOptions(o);
          if (endpoint.kind === 'fd') return new Immediately('connect', () => inherited(endpoint.fd, make));
          return new Dial(addresses ?? endpoint, options, make);
        }, limits);
      }
    },

    listen(at, o: ListenOptions = {}) {
      return runner.go<Listener<M>>(() => {
        const targets = Array.isArray(at) ? at : [at];
        if (targets.length === 0) throw invalidValue('at', 'must name at least one address', at);
        const endpoints = targets.map((target) => parseListenTarget(target, 'at'));
        const plan = listenPlan(o);
        encodingOf('encoding', o.encoding ?? 'utf-8');
        return new Listen(endpoints, plan, (handles) => colour.listener(handles, o));
      }, undefined);
    },

    pair() {
      const [a, b] = openPair(kindNumber('kind', 'stream'));
      return [colour.conn(Stream.of(a)), colour.conn(Stream.of(b))];
    },

    socketPair(kind) {
      const [a, b] = openPair(kindNumber('kind', kind));
      return [colour.socket(a), colour.socket(b)];
    },

    share(conn) {
      const stream = ConnFace.streamOf(conn);
      if (stream === null) throw invalidType('conn', 'a connection of berkeley', conn);
      return colour.conn(stream);
    },

    socket(family = 'ipv4', kind = 'stream', protocol = 0) {
      const numbers = [familyNumber('family', family), kindNumber('kind', kind)] as const;
      return colour.socket(openHandle(...numbers, wholeNumber('protocol', protocol, 0, 0x7fffffff)));
    },

    adopt: (fd) => colour.socket(adopt(fd)),

    conn(socket) {
      const handle = SocketFace.handleOf(socket);
      if (handle === null) throw invalidType('socket', 'a socket of berkeley', socket);
      Stream.checkKind(handle);
      return colour.conn(Stream.of(handle));
    },

    select(wanted, o) {
      return runner.go(() => {
        if (!Array.isArray(wanted)) throw invalidType('wanted', 'an array of [socket, events] pairs', wanted);
        const things = wanted.map((one, i) => selected(one, `wanted[${i}]`));
        if (things.length === 0) throw invalidValue('wanted', 'must not be empty', wanted);
        return new Select(things);
      }, o);
    },

    lookup(host, service, o) {
      return runner.go<Address[]>(() => {
        if (typeof host !== 'string') throw invalidType('host', 'a string', host);
        const endpoint = parseTarget({ host, port: service ?? 0 }, 'host');
        return new Resolve(endpoint, {
          family: o?.family === undefined ? 0 : familyNumber('family', o.family),
          kind: kindNumber('kind', o?.kind ?? 'stream'),
          passive: false,
          canonicalName: o?.canonicalName ?? false,
        });
      }, o);
    },

    reverse: (target, o) => runner.go(() => new Reverse(numeric(target, 'address')), o),

    address: (target) => numeric(target, 'target'),

    setDefaults(o) {
      if (typeof o !== 'object' || o === null) throw invalidType('defaults', 'an object', o);
      if (o.traceLeaks !== undefined) {
        if (typeof o.traceLeaks !== 'boolean') throw invalidType('traceLeaks', 'a boolean', o.traceLeaks);
        setLeakTracing(o.traceLeaks);
      }
    },
  };
}

function raise(error: Error | null): never {
  throw error ?? new Error('unreachable');
}

/** A connected descriptor from outside, as a connection. */
function inherited<T>(fd: number, make: (dialled: Dialled) => T): T {
  const handle = adopt(fd);
  Stream.checkKind(handle);
  return make({ handle, address: Stream.of(handle).remoteAddr });
}

/** An endpoint that needs no lookup, as an address. A port may be left out. */
function numeric(target: unknown, argument: string): SocketAddress {
  const endpoint = parseTarget(
    typeof target === 'string' && !/[:/]/.test(target) ? { host: target, port: 0 } : target,
    argument,
  );
  if (endpoint.kind === 'fd' || !isNumeric(endpoint))
    throw invalidValue(argument, 'must be numeric: a name needs lookup()', target);
  const addresses = new Resolution(endpoint, { family: 0, kind: kindNumber('kind', 'stream'), passive: true }).step();
  return isWant(addresses) ? raise(null) : addresses[0]!;
}

function selected(one: unknown, argument: string): Selected {
  if (!Array.isArray(one) || one.length !== 2) throw invalidType(argument, 'a pair [socket, events]', one);
  const [thing, wanted] = one as [unknown, PollEvents];
  const events = checkEvents(`${argument}[1]`, wanted);
  const stream = ConnFace.streamOf(thing);
  const socket = SocketFace.handleOf(thing);
  const handles = stream !== null ? [stream.handle] : socket !== null ? [socket] : ListenerFace.handlesOf(thing);
  if (handles === null) throw invalidType(`${argument}[0]`, 'a socket, connection or listener of berkeley', thing);
  for (const handle of handles) handle.check('read');
  return { handles, stream, events };
}

/** What a resolver of the caller's gave, with the port that was asked for where it has none. */
function toSocketAddress(one: Address, service: string | number): SocketAddress {
  if (one instanceof SocketAddress && one.port !== 0) return one;
  const port = one.port || (typeof service === 'number' ? service : 0);
  return numeric({ host: one.scope === undefined ? one.address : `${one.address}%${one.scope}`, port }, 'lookup');
}

function forResolver(o: AnyConnect<Mode>): object {
  const { timeout, deadline, signal, family, kind } = o;
  return { timeout, deadline, signal, family, kind };
}

export type { Socket };
