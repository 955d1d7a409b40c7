// OpenTelemetry from the diagnostics channels, without a change in the program that uses the sockets: a span for each lookup, each
// attempt to connect and each handshake, and a counter of bytes. Whoever has no SDK running pays for the events and gets nothing.
//
//   node build/examples/opentelemetry.js [HOST:PORT]     shows the spans of a connection; without a target the other end is here
//
// In a program of your own: `const stop = instrument();` once, beside the SDK's set-up.

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { fileURLToPath } from 'node:url';
import { context, metrics, SpanKind, SpanStatusCode, trace, type Context, type Span } from '@opentelemetry/api';
import { connect, listen, SocketError, type Events, type SocketEvent } from 'berkeley';

type Message<E extends keyof Events> = Extract<SocketEvent, { event: E }>;
type Listeners = { [E in keyof Events]?: (message: Message<E>) => void };

/** Begins to listen; returns what ends that. */
export function instrument(): () => void {
  const tracer = trace.getTracer('berkeley');
  const bytes = metrics.getMeter('berkeley').createCounter('berkeley.io', { unit: 'By', description: 'Bytes moved' });
  /** Spans that have begun, by the connection, and by the address where there are several. */
  const running = new Map<string, Span>();
  /** What a connection's handshake belongs to: where `connect` was called. */
  const parents = new Map<number, Context>();

  function begin(key: string, name: string, time: number, attributes: Record<string, string | number>, at: Context) {
    running.set(key, tracer.startSpan(name, { kind: SpanKind.CLIENT, startTime: time, attributes }, at));
  }
  function end(key: string, time: number, error?: Error, attributes: Record<string, string | boolean> = {}) {
    const span = running.get(key);
    if (!running.delete(key)) return;
    span!.setAttributes(attributes);
    if (error !== undefined) {
      const type = error instanceof SocketError ? error.code : error.name;
      span!.setAttribute('error.type', type).setStatus({ code: SpanStatusCode.ERROR, message: error.message });
    }
    span!.end(time);
  }

  const listeners: Listeners = {
    lookup: ({ id, time, host }) =>
      begin(`lookup ${id}`, 'lookup', time, { 'dns.question.name': host }, context.active()),
    // The first address is what connecting waits for; the others may come later.
    resolved: ({ id, time, error }) => end(`lookup ${id}`, time, error),
    connecting: ({ id, time, address, attempt, target }) => {
      const peer = { 'server.address': target, 'network.peer.address': address.address, attempt };
      parents.set(id, context.active());
      begin(`connect ${id} ${address.toString()}`, 'connect', time, peer, context.active());
    },
    attemptFailed: ({ id, time, address, error }) => {
      end(`connect ${id} ${address.toString()}`, time, error);
      if (![...running.keys()].some((key) => key.startsWith(`connect ${id} `))) parents.delete(id);
    },
    connected: ({ id, time, address }) => {
      end(`connect ${id} ${address.toString()}`, time);
      // Those that have lost the race are not told of.
      for (const key of running.keys())
        if (key.startsWith(`connect ${id} `)) end(key, time, undefined, { 'berkeley.given_up': true });
    },
    tlsStart: ({ id, time, server }) =>
      begin(`tls ${id}`, 'tls', time, { server: String(server) }, parents.get(id) ?? context.active()),
    tlsDone: ({ id, time, version, cipher, resumed }) =>
      end(`tls ${id}`, time, undefined, {
        'tls.protocol.version': version,
        'tls.cipher': cipher,
        'tls.resumed': resumed,
      }),
    read: (message) => bytes.add(message.bytes, { 'network.io.direction': 'receive' }),
    sent: (message) => bytes.add(message.bytes, { 'network.io.direction': 'transmit' }),
    closed: ({ id, time, error }) => {
      // A handshake that failed has closed the connection.
      end(`tls ${id}`, time, error);
      parents.delete(id);
    },
  };

  for (const [event, listener] of Object.entries(listeners)) subscribe(`berkeley:${event}`, listener as () => void);
  return () => {
    for (const [event, listener] of Object.entries(listeners)) unsubscribe(`berkeley:${event}`, listener as () => void);
    for (const span of running.values()) span.end();
  };
}

// Started as a program, and not imported by another: a provider that prints what ends, in place of an SDK.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { BasicTracerProvider, ConsoleSpanExporter, SimpleSpanProcessor } =
    await import('@opentelemetry/sdk-trace-base');
  const spanProcessors = [new SimpleSpanProcessor(new ConsoleSpanExporter())];
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }));
  const stop = instrument();
  const [target] = process.argv.slice(2);
  const here = target === undefined ? await listen('127.0.0.1:0') : null;
  try {
    const conn = await connect(target ?? here!.address, { timeout: '5s', tls: target?.endsWith(':443') === true });
    await conn.close();
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
  here?.close();
  stop();
}
