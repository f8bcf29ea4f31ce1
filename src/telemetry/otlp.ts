/**
 * The OTLP/JSON form of spans and metrics (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding): ids in hex,
 * enums as numbers, times in nanoseconds as text.
 */

export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** `SpanKind` of the protocol. */
export const KIND = { internal: 1, server: 2, client: 3 } as const;

/** `Status.StatusCode` of the protocol. */
const STATUS = { unset: 0, error: 2 } as const;

/** Sampled (W3C), and that it is known whether the parent is in another process. */
const [SAMPLED, KNOWS_REMOTE, IS_REMOTE] = [0x01, 0x100, 0x200];

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  /** The parent is in another process. */
  readonly remote: boolean;
  readonly name: string;
  readonly kind: keyof typeof KIND;
  /** Milliseconds since 1970, with fractions. */
  readonly start: number;
  readonly end: number;
  readonly failed: boolean;
  readonly attributes: Attributes;
}

export interface HistogramPoint {
  readonly attributes: Attributes;
  readonly counts: readonly number[];
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

export interface HistogramMetric {
  readonly name: string;
  readonly description: string;
  /** UCUM: `s`, `{token}`. */
  readonly unit: string;
  readonly bounds: readonly number[];
  readonly points: readonly HistogramPoint[];
}

const SCOPE = { name: 'gatehouse' };

/** The body of a request to `/v1/traces`. */
export const formatSpans = (resource: Attributes, spans: readonly Span[]): string =>
  JSON.stringify({
    resourceSpans: [
      { resource: resourceOf(resource), scopeSpans: [{ scope: SCOPE, spans: spans.map(spanOf) }] },
    ],
  });

/**
 * The body of a request to `/v1/metrics`; all are sums since `start`.
 * @param start milliseconds since 1970, as is `now`
 */
export const formatMetrics = (
  resource: Attributes,
  metrics: readonly HistogramMetric[],
  start: number,
  now: number,
): string =>
  JSON.stringify({
    resourceMetrics: [
      {
        resource: resourceOf(resource),
        scopeMetrics: [{ scope: SCOPE, metrics: metrics.map((metric) => metricOf(metric, start, now)) }],
      },
    ],
  });

const resourceOf = (attributes: Attributes) => ({
  attributes: attributesOf(attributes),
  droppedAttributesCount: 0,
});

const spanOf = (span: Span) => ({
  traceId: span.traceId,
  spanId: span.spanId,
  ...(span.parentId !== undefined && { parentSpanId: span.parentId }),
  name: span.name,
  kind: KIND[span.kind],
  startTimeUnixNano: nanos(span.start),
  endTimeUnixNano: nanos(span.end),
  attributes: attributesOf(span.attributes),
  droppedAttributesCount: 0,
  events: [],
  droppedEventsCount: 0,
  status: { code: span.failed ? STATUS.error : STATUS.unset },
  links: [],
  droppedLinksCount: 0,
  flags: SAMPLED | KNOWS_REMOTE | (span.remote ? IS_REMOTE : 0),
});

const metricOf = (
  { name, description, unit, bounds, points }: HistogramMetric,
  start: number,
  now: number,
) => ({
  name,
  description,
  unit,
  histogram: {
    // AGGREGATION_TEMPORALITY_CUMULATIVE: a batch that is lost loses nothing, the next one has it.
    aggregationTemporality: 2,
    dataPoints: points.map(({ attributes, counts, count, sum, min, max }) => ({
      attributes: attributesOf(attributes),
      bucketCounts: counts,
      explicitBounds: bounds,
      count,
      sum,
      min,
      max,
      startTimeUnixNano: nanos(start),
      timeUnixNano: nanos(now),
    })),
  },
});

const attributesOf = (attributes: Attributes) =>
  Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: anyValue(value) }],
  );

function anyValue(value: string | number | boolean) {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: value } : { doubleValue: value };
}

/** Microseconds are exact in a double until the year 2255. */
const nanos = (ms: number): string => `${Math.round(ms * 1000)}000`;
