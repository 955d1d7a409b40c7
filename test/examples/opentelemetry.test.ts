// OpenTelemetry over the diagnostics channels, with the SDK's exporters in memory. The example is the instrumentation.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { context, metrics, SpanStatusCode, trace, type HrTime } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { listen, type AsyncConn, type ConnectOptions } from 'berkeley';
import { instrument } from '../../examples/opentelemetry.js';
import { colours, type Net } from '../real/colours.js';
import { pki } from '../support/pki.js';
import { type Program, example, python } from './program.js';

const spans = new InMemorySpanExporter();
const counted = new InMemoryMetricExporter(AggregationTemporality.DELTA);
const reader = new PeriodicExportingMetricReader({ exporter: counted, exportIntervalMillis: 2 ** 30 });
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }));
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
const tracer = trace.getTracer('test');

const server = `
import ssl
listener = socket.create_server(('127.0.0.1', 0))
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
say('port', listener.getsockname()[1])
while True:
    c, _ = listener.accept()
    try: c = context.wrap_socket(c, server_side=True)
    except (ssl.SSLError, OSError): continue
    data = c.recv(100)
    c.sendall(data * 2)
    c.unwrap()
`;

async function started(t: TestContext): Promise<{ program: Program; port: number }> {
  t.after(instrument());
  spans.reset();
  const { certFile, keyFile } = pki().server;
  const program = python(t, server, certFile, keyFile);
  const [, port] = await program.prints(/port (\d+)/);
  return { program, port: Number(port) };
}

/** Spans that have ended, as `name parent`, in the order of their beginning. */
function course(): string[] {
  const all = spans.getFinishedSpans();
  const names = new Map(all.map((span) => [span.spanContext().spanId, span.name]));
  const sorted = [...all].sort((a, b) => ns(a.startTime) - ns(b.startTime));
  return sorted.map((span) => `${span.name} ${names.get(span.parentSpanContext?.spanId ?? '') ?? ''}`.trim());
}

function ns([seconds, nanoseconds]: HrTime): number {
  return seconds * 1e9 + nanoseconds;
}

function under(name: string, net: Net, port: number, o: ConnectOptions): Promise<AsyncConn> {
  return tracer.startActiveSpan(name, async (span) => {
    try {
      return await net.connect('localhost', port, o);
    } finally {
      span.end();
    }
  });
}

for (const { name, net } of colours) {
  test(`lookup, connect and tls are spans of the caller's, and bytes are counted (${name})`, async (t) => {
    const { port } = await started(t);
    const conn = await under('request', net, port, { family: 'ipv4', tls: { ca: pki().root.cert } });
    await conn.write('question');
    await conn.readExact(16);
    await conn.close();
    assert.deepEqual(course(), ['request', 'lookup request', 'connect request', 'tls request']);
    const [request, lookup, connect, tls] = [...spans.getFinishedSpans()].sort(
      (a, b) => ns(a.startTime) - ns(b.startTime),
    );
    assert.equal(lookup!.attributes['dns.question.name'], 'localhost');
    assert.deepEqual([connect!.attributes['server.address'], connect!.attributes['attempt']], ['localhost', 1]);
    assert.equal(tls!.attributes['tls.protocol.version'], 'TLSv1.3');
    for (const span of [lookup!, connect!, tls!]) {
      assert.ok(ns(span.startTime) <= ns(span.endTime) && ns(span.endTime) <= ns(request!.endTime) + 1e7);
      assert.equal(span.status.code, SpanStatusCode.UNSET);
    }
    counted.reset();
    await reader.forceFlush();
    const [metric] = counted.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
    const found = metric!.dataPoints.map(({ attributes, value }) => [attributes['network.io.direction'], value]);
    assert.deepEqual(found.sort(), [
      ['receive', 16],
      ['transmit', 8],
    ]);
  });

  test(`what fails is the error of its span (${name})`, async (t) => {
    const { port } = await started(t);
    await assert.rejects(under('stranger', net, port, { family: 'ipv4', tls: true }));
    assert.deepEqual(course(), ['stranger', 'lookup stranger', 'connect stranger', 'tls stranger']);
    const tls = spans.getFinishedSpans().find((span) => span.name === 'tls');
    assert.equal(tls!.status.code, SpanStatusCode.ERROR);
    assert.equal(tls!.attributes['error.type'], 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY');
    spans.reset();
    const listener = await listen('127.0.0.1:0');
    listener.close();
    spans.reset();
    await assert.rejects(under('refused', net, listener.address.port!, { family: 'ipv4' }), { code: 'ECONNREFUSED' });
    assert.deepEqual(course(), ['refused', 'lookup refused', 'connect refused']);
    const connect = spans.getFinishedSpans().find((span) => span.name === 'connect');
    assert.deepEqual([connect!.status.code, connect!.attributes['error.type']], [SpanStatusCode.ERROR, 'ECONNREFUSED']);
  });
}

test('each of two calls in one turn has its own parent', async (t) => {
  const { port } = await started(t);
  const { net } = colours[0]!;
  const conns = await Promise.all(['one', 'two'].map((name) => under(name, net, port, { family: 'ipv4' })));
  for (const conn of conns) conn.abort();
  assert.deepEqual(course().sort(), ['connect one', 'connect two', 'lookup one', 'lookup two', 'one', 'two']);
});

test('as a program it prints spans', async (t) => {
  const text = await example(t, 'opentelemetry').ends();
  assert.match(text, /name: 'lookup'[^]*name: 'connect'/);
});
