/**
 * A receiver of logs, written from the published protobuf (opentelemetry-proto, `collector/logs/v1/logs_service.proto` with
 * `logs.proto`, `common.proto` and `resource.proto` of v1) and the JSON form of OTLP
 * (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding): lowerCamelCase names, numbers for enumerations, whole numbers
 * of 64 bits also as text, ids in hex. Where a receiver must pass over fields that it does not know, this one refuses them: ours
 * must be those of the protobuf.
 */

type Read = (value: unknown, at: string) => void;
type Message = Readonly<Record<string, Read>>;

const wrong = (at: string, wanted: string): Error => new TypeError(`${at} is not ${wanted}`);

const is =
  (wanted: string, fits: (value: unknown) => boolean): Read =>
  (value, at) => {
    if (!fits(value)) throw wrong(at, wanted);
  };

const whole = (low: bigint, high: bigint) => (value: unknown) => {
  if (typeof value !== 'number' && typeof value !== 'string') return false;
  if (typeof value === 'number' ? !Number.isSafeInteger(value) : !/^-?\d{1,20}$/.test(value)) return false;
  const number = BigInt(value);
  return number >= low && number <= high;
};

const string = is('text', (value) => typeof value === 'string' && value.isWellFormed());
const bool = is('true or false', (value) => typeof value === 'boolean');
const double = is('a number', (value) => typeof value === 'number' && Number.isFinite(value));
const uint32 = is('of 32 bits', whole(0n, 2n ** 32n - 1n));
const fixed64 = is('of 64 bits', whole(0n, 2n ** 64n - 1n));
const int64 = is('of 64 bits with a sign', whole(-(2n ** 63n), 2n ** 63n - 1n));
const severity = is('a SeverityNumber', (value) => Number.isInteger(value) && whole(0n, 24n)(value));
const hex = (bytes: number): Read =>
  is(
    `${bytes} bytes in hex`,
    (value) => typeof value === 'string' && /^[0-9a-f]*$/i.test(value) && value.length === 2 * bytes,
  );

/** @param oneof at most one of its fields may be there */
const message =
  (fields: () => Message, oneof = false): Read =>
  (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(at, 'a message');
    const entries = Object.entries(value);
    if (oneof && entries.length > 1) throw wrong(at, 'one of its kinds');
    for (const [name, member] of entries) {
      const read = fields()[name];
      if (read === undefined) throw new TypeError(`${at} has no field ${name}`);
      read(member, `${at}.${name}`);
    }
  };

const repeated =
  (read: Read): Read =>
  (value, at) => {
    if (!Array.isArray(value)) throw wrong(at, 'a list');
    for (const [index, item] of value.entries()) read(item, `${at}[${index}]`);
  };

const anyValue: Read = message(
  () => ({
    stringValue: string,
    boolValue: bool,
    intValue: int64,
    doubleValue: double,
    arrayValue: message(() => ({ values: repeated(anyValue) })),
    kvlistValue: message(() => ({ values: attributes })),
    bytesValue: string,
  }),
  true,
);
const attributes: Read = (value, at) => {
  repeated(message(() => ({ key: string, value: anyValue })))(value, at);
  const keys = (value as { key?: string }[]).map(({ key }) => key);
  // common.proto: keys are not empty, and none comes twice.
  if (keys.some((key) => !key) || new Set(keys).size !== keys.length) throw wrong(at, 'of different keys');
};
const logRecord = message(() => ({
  timeUnixNano: fixed64,
  observedTimeUnixNano: fixed64,
  severityNumber: severity,
  severityText: string,
  body: anyValue,
  attributes,
  droppedAttributesCount: uint32,
  flags: uint32,
  traceId: hex(16),
  spanId: hex(8),
  eventName: string,
}));
const resource = message(() => ({ attributes, droppedAttributesCount: uint32 }));
const scope = message(() => ({ name: string, version: string, attributes, droppedAttributesCount: uint32 }));
const scopeLogs = message(() => ({ scope, logRecords: repeated(logRecord), schemaUrl: string }));
const resourceLogs = message(() => ({ resource, scopeLogs: repeated(scopeLogs), schemaUrl: string }));
const request = message(() => ({ resourceLogs: repeated(resourceLogs) }));

export interface LogRecord {
  readonly resource: Readonly<Record<string, unknown>>;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly severityNumber: number;
  readonly eventName: string;
  readonly body: unknown;
}

interface Sent {
  readonly attributes?: readonly { readonly key: string; readonly value: object }[];
}

/** The records of an ExportLogsServiceRequest, as a receiver has them. Throws for what the protobuf does not have. */
export function receiveLogs(body: string): LogRecord[] {
  const sent = JSON.parse(body) as {
    resourceLogs: { resource: Sent; scopeLogs: { logRecords: (Sent & LogRecord & { body: object })[] }[] }[];
  };
  request(sent, 'request');
  const valuesOf = ({ attributes: all = [] }: Sent) =>
    Object.fromEntries(all.map(({ key, value }) => [key, Object.values(value)[0]]));
  return sent.resourceLogs.flatMap((one) =>
    one.scopeLogs.flatMap(({ logRecords }) =>
      logRecords.map((record) => ({
        resource: valuesOf(one.resource),
        attributes: valuesOf(record),
        severityNumber: record.severityNumber,
        eventName: record.eventName,
        body: Object.values(record.body)[0],
      })),
    ),
  );
}
