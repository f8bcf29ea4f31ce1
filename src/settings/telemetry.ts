import Type, { type Static } from 'typebox';
import type { Path } from '../base/schema.ts';
import type { Secret } from '../base/secret.ts';
import { readAddress } from './address.ts';
import { closed, duration, secret } from './fields.ts';
import type { SettingsReader } from './reader.ts';
import { REACH_FIELDS, type ReachSettings, readReach } from './upstream-reach.ts';

const { reach, allow_addresses, tls } = REACH_FIELDS;

/** `telemetry:` of `gatehouse.yaml`. */
export const TelemetrySchema = Type.Object(
  {
    otlp: Type.Object(
      {
        endpoint: Type.String({
          description:
            'Base address of a collector that takes OTLP over HTTP (https://otel.example.com:4318).',
        }),
        headers: Type.Optional(
          Type.Record(Type.String(), secret('A header value: text, ${NAME}, or { file: PATH }.'), {
            description: 'Headers sent with each export. Kept secret.',
          }),
        ),
        traces: Type.Optional(
          Type.Boolean({ description: 'Export a trace of each request. Default: true.' }),
        ),
        metrics: Type.Optional(Type.Boolean({ description: 'Export metrics. Default: true.' })),
        every: Type.Optional(duration('Between two exports of metrics.', '60s')),
        sample: Type.Optional(
          Type.Number({
            minimum: 0,
            maximum: 1,
            description: 'Share of requests that are traced. Default: 1.',
          }),
        ),
        service: Type.Optional(
          Type.String({
            pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$|\\$\\{',
            description: 'service.name. Default: gatehouse.',
          }),
        ),
        propagate: Type.Optional(
          Type.Boolean({
            description:
              'Tell model servers the trace too (traceparent). Default: false, they learn nothing.',
          }),
        ),
        insecure_http: Type.Optional(
          Type.Boolean({
            description: 'Allow http:// to another machine: it all crosses the network in clear.',
          }),
        ),
        reach,
        allow_addresses,
        tls,
      },
      { ...closed, description: 'A collector of OpenTelemetry.' },
    ),
  },
  { ...closed, description: 'Traces and metrics for others to keep.' },
);

export interface TelemetrySettings extends ReachSettings {
  /** Without a slash at its end. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, Secret>>;
  readonly traces: boolean;
  readonly metrics: boolean;
  /** Milliseconds. */
  readonly every: number;
  readonly sample: number;
  readonly service: string;
  readonly propagate: boolean;
}

/** Undefined where nothing is exported. */
export function readTelemetry(
  read: SettingsReader,
  written: Static<typeof TelemetrySchema> | undefined,
): TelemetrySettings | undefined {
  if (written === undefined) return undefined;
  const { otlp } = written;
  const at: Path = ['telemetry', 'otlp'];
  return {
    endpoint: readAddress(read, [...at, 'endpoint'], otlp.endpoint, otlp.insecure_http === true),
    headers: Object.fromEntries(
      Object.entries(otlp.headers ?? {}).map(([name, value]) => {
        // A token (RFC 9110, section 5.6.2); the rest is set by whoever sends.
        if (
          !/^[\w!#$%&'*+.^`|~-]+$/.test(name) ||
          /^(host|content-.*|transfer-encoding|connection)$/i.test(name)
        )
          read.report([...at, 'headers', name], 'is not a header name that can be given');
        return [name.toLowerCase(), read.secret([...at, 'headers', name], value)];
      }),
    ),
    traces: otlp.traces ?? true,
    metrics: otlp.metrics ?? true,
    every: read.duration([...at, 'every'], otlp.every, '60s'),
    sample: otlp.sample ?? 1,
    service: otlp.service ?? 'gatehouse',
    propagate: otlp.propagate ?? false,
    ...readReach(read, at, { ...otlp, url: otlp.endpoint }, 'endpoint'),
  };
}
