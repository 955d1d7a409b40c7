// Owns Net<M>: the functions of an entry point, made for one colour.

import type { Address } from '../contract/address.js';
import type { Conn } from '../contract/conn.js';
import type { ListenOptions, Listener } from '../contract/listener.js';
import type { Mode, Op, R } from '../contract/mode.js';
import type { Net } from '../contract/net.js';
import type { PollEvents, Socket } from '../contract/socket.js';
import type { UdpSocket } from '../contract/udp.js';
import { parseListenTarget, parseTarget, type Endpoint } from '../address/target.js';
import { encodingOf } from '../codec/text.js';
import { adopt } from '../core/adopt.js';
import { detach } from '../core/closing.js';
import { Dial, type Dialled } from '../core/dial/dial.js';
import { Resolve, Reverse } from '../core/dial/lookup-attempt.js';
import type { Report } from '../core/dial/report.js';
import { isNumeric } from '../core/dial/resolution.js';
import { openHandle, openPair } from '../core/handle.js';
import { setLeakTracing } from '../core/leak.js';
import { Listen } from '../core/listen.js';
import { familyNumber, kindNumber } from '../core/names.js';
import { Immediately } from '../core/ready.js';
import { Relay } from '../core/relay/relay.js';
import { Select, type Selected } from '../core/select.js';
import { peerAddress } from '../core/sockaddr.js';
import { Stream } from '../core/stream.js';
import { addTls, Handshake, serverPlan, type SessionPlan, setTlsDefaults } from '../core/tls/tls.js';
import { OpenUdp } from '../core/udp/udp.js';
import { invalidType, invalidValue, wholeNumber } from '../error/invalid.js';
import { isHeard, newId, tapOf, tell } from '../event/tap.js';
import { admit } from '../wait/limit.js';
import { checkEvents } from './check.js';
import type { Colour } from './colour.js';
import { ConnFace } from './conn-face.js';
import { connectPlan, listenPlan, numeric, type ConnectPlan } from './arguments.js';
import { ListenerFace } from './listener-face.js';
import { Listening } from './listening.js';
import { resolverAnswer, resolverQuestion } from './resolver.js';
import { SocketFace } from './socket-face.js';
import { udpPlan } from './udp-arguments.js';
import { UdpFace } from './udp-face.js';

export function netOf<M extends Mode>(colour: Colour<M>): Net<M> {
  const { runner } = colour;

  function finish({ encoding, tls, host, report }: ConnectPlan<M>): (dialled: Dialled) => Conn<M> {
    return ({ handle, address }) => {
      const stream = Stream.of(handle, address, report);
      if (isHeard(stream, 'connected')) {
        const { id, tap } = stream;
        tell({ id, tap, caller: report.caller }, 'connected', { address });
      }
      stream.encoding = encoding;
      stream.host = host;
      if (tls !== null) addTls(stream, tls);
      return colour.conn(stream);
    };
  }

  /** Makes the handshake of a new connection, where it has one to make. */
  function secured(conn: R<M, Conn<M>>, plan: ConnectPlan<M>, begun: number): R<M, Conn<M>> {
    if (plan.tls === null) return conn;
    return runner.chain(conn, (made) => {
      const stream = ConnFace.streamOf(made)!;
      return runner.go<Conn<M>>(() => new Handshake(stream, () => made), left(plan, begun));
    });
  }

  return {
    connect(...given: unknown[]) {
      const begun = performance.now();
      let plan: ConnectPlan<M>;
      try {
        plan = connectPlan<M>(given);
      } catch (error) {
        return runner.go(() => raise(error), undefined);
      }
      const { endpoint, o, options, report, resolver } = plan;
      const make = finish(plan);
      if (endpoint.kind === 'fd')
        return secured(
          runner.go<Conn<M>>(() => new Immediately('connect', () => inherited(endpoint.fd, make)), o),
          plan,
          begun,
        );
      if (resolver === null || endpoint.kind !== 'inet' || isNumeric(endpoint))
        return secured(
          runner.go<Conn<M>>(() => new Dial(endpoint, options, report, make), o),
          plan,
          begun,
        );
      const asked = resolverQuestion(endpoint, o);
      const found = runner.bounded(
        () => reported(report, () => resolver.lookup(asked.host, asked.service, asked.o)),
        o,
      );
      return runner.chain(found, (list) => {
        const addresses = resolverAnswer(list, asked.service, asked.o.family);
        return secured(
          runner.go<Conn<M>>(() => new Dial(addresses, options, report, make), left(plan, begun)),
          plan,
          begun,
        );
      });
    },

    listen(at, o: ListenOptions = {}) {
      return runner.go<Listener<M>>(() => {
        const targets = Array.isArray(at) ? at : [at];
        if (targets.length === 0) throw invalidValue('at', 'must name at least one address', at);
        const endpoints = targets.map((target) => streamTarget(parseListenTarget(target, 'at'), target));
        const plan = listenPlan(o);
        encodingOf('encoding', o.encoding ?? 'utf-8');
        const tls = listenTls(endpoints, o.tls);
        const origin = { id: newId(), tap: tapOf(undefined, o.queue) };
        return new Listen(endpoints, plan, origin, (handles) =>
          colour.listener(new Listening(handles, o, tls, origin)),
        );
      }, undefined);
    },

    udp(at, o = {}) {
      return runner.go<UdpSocket<M>>(() => {
        const plan = udpPlan(at, o);
        admit(o, 'bind');
        return new OpenUdp(plan, (handle) => colour.udp(handle));
      }, o);
    },

    pair() {
      const [a, b] = openPair(kindNumber('kind', 'stream'));
      return [colour.conn(Stream.of(a)), colour.conn(Stream.of(b))];
    },

    socketPair(kind) {
      const [a, b] = openPair(kindNumber('kind', kind));
      return [colour.socket(a), colour.socket(b)];
    },

    share(shared: unknown) {
      const stream = ConnFace.streamOf(shared);
      const listening = ListenerFace.listeningOf(shared);
      if (stream !== null) return colour.conn(stream) as never;
      if (listening !== null) return colour.listener(listening) as never;
      throw invalidType('conn', 'a connection or a listener of berkeley', shared);
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
        admit(o, 'lookup');
        const endpoint = parseTarget({ host, port: service ?? 0 }, 'host');
        return new Resolve(endpoint, {
          family: o?.family === undefined ? 0 : familyNumber('family', o.family),
          kind: kindNumber('kind', o?.kind ?? 'stream'),
          passive: false,
          canonicalName: o?.canonicalName ?? false,
        });
      }, o);
    },

    reverse(target, o) {
      return runner.go(() => {
        admit(o, 'lookup');
        return new Reverse(numeric(target, 'address'));
      }, o);
    },

    relay(a, b, o) {
      return runner.go(() => {
        const [first, second] = [streamArgument('a', a), streamArgument('b', b)];
        if (first === second) throw invalidValue('b', 'must be another connection than a', b);
        if (runner.mode === 'sync') Relay.checkIdle(first, second);
        return new Relay(first, second);
      }, o);
    },

    address: (target) => numeric(target, 'target'),

    setDefaults(o) {
      if (typeof o !== 'object' || o === null) throw invalidType('defaults', 'an object', o);
      if (o.traceLeaks !== undefined) {
        if (typeof o.traceLeaks !== 'boolean') throw invalidType('traceLeaks', 'a boolean', o.traceLeaks);
        setLeakTracing(o.traceLeaks);
      }
      if (o.tls !== undefined) setTlsDefaults(o.tls);
    },
  };
}

/** What is left of a limit for the next part of a call. */
function left<M extends Mode>({ o, span }: ConnectPlan<M>, begun: number): Op {
  const timeout = span === Infinity ? Infinity : Math.max(0, span - (performance.now() - begun));
  return { timeout, signal: o.signal };
}

function streamTarget(endpoint: Endpoint, target: unknown): Endpoint {
  if (endpoint.kind === 'inet' && endpoint.scheme === 'udp')
    throw invalidValue('at', 'is a datagram target, and listen takes streams', target);
  return endpoint;
}

function listenTls(endpoints: readonly Endpoint[], given: unknown): SessionPlan | null {
  const byScheme = endpoints.some((endpoint) => endpoint.kind === 'inet' && endpoint.scheme === 'tls');
  if (given === undefined && byScheme)
    throw invalidValue('tls', 'must be given for a target that begins with tls://', given);
  if (given === undefined) return null;
  if (typeof given !== 'object' || given === null) throw invalidType('tls', 'an object', given);
  return serverPlan(given);
}

function streamArgument(argument: string, value: unknown): Stream {
  const stream = ConnFace.streamOf(value);
  if (stream === null) throw invalidType(argument, 'a connection of berkeley', value);
  return stream;
}

function raise(error: unknown): never {
  throw error;
}

/** Asks a resolver of the caller's, and tells when it fails. What it answers is told by the dial. */
function reported<T>(report: Report, ask: () => T): T {
  report.lookup();
  try {
    const answer = ask();
    if (answer instanceof Promise) answer.catch((error: unknown) => report.unresolved(error));
    return answer;
  } catch (error) {
    report.unresolved(error);
    throw error;
  }
}

/** A connected descriptor from outside, as a connection. */
function inherited<T>(fd: number, make: (dialled: Dialled) => T): T {
  const handle = adopt(fd);
  try {
    Stream.checkKind(handle);
    return make({ handle, address: peerAddress(handle.fd) });
  } catch (error) {
    // It stays whoever's it was.
    detach(handle);
    throw error;
  }
}

function selected(one: unknown, argument: string): Selected {
  if (!Array.isArray(one) || one.length !== 2) throw invalidType(argument, 'a pair [socket, events]', one);
  const [thing, wanted] = one as [unknown, PollEvents];
  const events = checkEvents(`${argument}[1]`, wanted);
  const stream = ConnFace.streamOf(thing);
  const socket = SocketFace.handleOf(thing) ?? UdpFace.handleOf(thing);
  const handles =
    stream !== null ? [stream.handle] : socket !== null ? [socket] : (ListenerFace.listeningOf(thing)?.handles ?? null);
  if (handles === null) throw invalidType(`${argument}[0]`, 'a socket, connection or listener of berkeley', thing);
  for (const handle of handles) handle.check('read');
  return { handles, stream, events };
}

export type { Socket };
