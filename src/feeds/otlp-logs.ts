import { cleanJson, factsOf } from './clean.ts';
import type { Format } from './format.ts';
import { headline, idOf, type Notice } from './notice.ts';

/** The first number of each range (https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber). */
const SEVERITIES = {
  informational: [9, 'INFO'],
  low: [10, 'INFO2'],
  medium: [13, 'WARN'],
  high: [17, 'ERROR'],
  critical: [21, 'FATAL'],
} as const;

/** The body of a request to `/v1/logs`: OTLP in its JSON form, times in nanoseconds as text. */
export const otlpLogs: Format = {
  name: 'otlp',
  contentType: 'application/json',
  most: 500,
  lines: false,
  write: (notices, { version, host, ledger, now }) => ({
    text: cleanJson({
      resourceLogs: [
        {
          resource: {
            attributes: attributesOf({
              'service.name': 'gatehouse',
              'service.version': version,
              'host.name': host,
              'gatehouse.ledger': ledger,
            }),
          },
          scopeLogs: [
            { scope: { name: 'gatehouse', version }, logRecords: notices.map((one) => recordOf(one, now)) },
          ],
        },
      ],
    }),
  }),
};

function recordOf(notice: Notice, now: number) {
  const { seq, leaf, time, kind, level, alert, facts } = notice;
  const [severityNumber, severityText] = SEVERITIES[level];
  const own = factsOf(facts).map(([name, value]): [string, string | number] => [`gatehouse.${name}`, value]);
  return {
    timeUnixNano: nanos(Date.parse(time)),
    observedTimeUnixNano: nanos(now),
    severityNumber,
    severityText,
    eventName: `gatehouse.${kind}`,
    body: { stringValue: headline(notice) },
    attributes: attributesOf({
      'log.record.uid': idOf(notice),
      'gatehouse.kind': kind,
      'gatehouse.alert': alert,
      'gatehouse.ledger.seq': seq,
      'gatehouse.ledger.leaf': leaf,
      ...Object.fromEntries(own),
    }),
  };
}

const attributesOf = (values: Readonly<Record<string, string | number | boolean>>) =>
  Object.entries(values).map(([key, value]) => ({ key, value: anyValue(value) }));

function anyValue(value: string | number | boolean) {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isSafeInteger(value) ? { intValue: value } : { doubleValue: value };
}

const nanos = (ms: number): string => `${Number.isFinite(ms) ? Math.round(ms * 1000) : 0}000`;
