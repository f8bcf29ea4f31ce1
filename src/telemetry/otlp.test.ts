import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JsonMetricsSerializer, JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { Histogram } from './histogram.ts';
import { type Attributes, formatMetrics, formatSpans, type Span } from './otlp.ts';

const resource: Attributes = { 'service.name': 'gatehouse', 'service.instance.id': 'one' };
const attributes: Attributes = { 'gen_ai.request.model': 'm', n: 3, share: 0.25, fine: true };
const [traceId, spanId, parentId] = ['a'.repeat(32), 'b'.repeat(16), 'c'.repeat(16)];

/** [seconds, nanoseconds] of milliseconds with a fraction of microseconds. */
const hr = (ms: number): [number, number] => [
  Math.floor(ms / 1000),
  Math.round((ms * 1000) % 1_000_000) * 1000,
];

/** What the official serializer makes of the same. */
const parsed = (bytes: Uint8Array | undefined): unknown =>
  JSON.parse(Buffer.from(bytes ?? new Uint8Array()).toString());

type SdkSpans = Parameters<typeof JsonTraceSerializer.serializeRequest>[0];
type SdkMetrics = Parameters<typeof JsonMetricsSerializer.serializeRequest>[0];

const START = 1_795_000_000_123.456;

/** The same span as the SDK has it. Its kinds and codes are enums of its own packages. */
function sdkSpan(span: Span): unknown {
  const context = (id: string, isRemote: boolean) => ({ traceId, spanId: id, traceFlags: 1, isRemote });
  return {
    name: span.name,
    kind: { internal: 0, server: 1, client: 2 }[span.kind],
    spanContext: () => context(span.spanId, false),
    ...(span.parentId !== undefined && { parentSpanContext: context(span.parentId, span.remote) }),
    startTime: hr(span.start),
    endTime: hr(span.end),
    status: { code: span.failed ? 2 : 0 },
    attributes: span.attributes,
    links: [],
    events: [],
    resource: { attributes: resource },
    instrumentationScope: { name: 'gatehouse' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

test('spans are written as the official serializer writes them', () => {
  const base = { traceId, spanId, name: 'chat m', start: START, end: START + 12.25, attributes } as const;
  const spans: Span[] = [
    { ...base, parentId: undefined, remote: false, kind: 'server', failed: false },
    { ...base, parentId, remote: true, kind: 'server', failed: true },
    { ...base, parentId, remote: false, kind: 'client', failed: false },
    { ...base, parentId, remote: false, kind: 'internal', failed: false, attributes: {} },
  ];
  for (const span of spans) {
    const theirs = parsed(JsonTraceSerializer.serializeRequest([sdkSpan(span)] as SdkSpans));
    assert.deepEqual(JSON.parse(formatSpans(resource, [span])), theirs);
  }
});

test('histograms are written as the official serializer writes them', () => {
  const about = { name: 'gen_ai.client.operation.duration', description: 'd', unit: 's', bounds: [0.1, 1] };
  const histogram = new Histogram(about);
  for (const value of [0.05, 0.1, 0.5, 5]) histogram.record(value, attributes);
  const ours = formatMetrics(resource, [histogram.collect()], START, START + 1000);
  const theirs = {
    resource: { attributes: resource },
    scopeMetrics: [
      {
        scope: { name: 'gatehouse' },
        metrics: [
          {
            descriptor: { name: about.name, description: 'd', unit: 's', valueType: 1, type: 'HISTOGRAM' },
            aggregationTemporality: 1,
            dataPointType: 0,
            dataPoints: [
              {
                attributes,
                startTime: hr(START),
                endTime: hr(START + 1000),
                value: {
                  buckets: { boundaries: [0.1, 1], counts: [2, 1, 1] },
                  count: 4,
                  sum: 0.05 + 0.1 + 0.5 + 5,
                  min: 0.05,
                  max: 5,
                },
              },
            ],
          },
        ],
      },
    ],
  };
  assert.deepEqual(
    JSON.parse(ours),
    parsed(JsonMetricsSerializer.serializeRequest(theirs as unknown as SdkMetrics)),
  );
});

test('what is undefined is not written, and series are bounded', () => {
  assert.ok(!formatSpans({ a: undefined }, []).includes('"a"'));
  const histogram = new Histogram({ name: 'x', description: '', unit: '1', bounds: [1] });
  for (let i = 0; i < 2000; i++) histogram.record(1, { model: `m${i}` });
  const { points } = histogram.collect();
  assert.equal(points.length, 501);
  assert.deepEqual(points.at(-1)?.attributes, { 'otel.metric.overflow': true });
  assert.equal(
    points.reduce((sum, { count }) => sum + count, 0),
    2000,
  );
});
