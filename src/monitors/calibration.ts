import { type Static, Type } from 'typebox';
import { canonicalJson } from '../base/canonical.ts';
import { isObject, type Json } from '../base/json.ts';
import { Problem } from '../base/problem.ts';
import { flaws, type Path } from '../base/schema.ts';
import type { Outline } from './frame.ts';
import type { Secret } from './secret.ts';

const Base64 = Type.String({ pattern: '^[A-Za-z0-9+/]*={0,2}$' });
const Count = Type.Integer({ minimum: 0, maximum: 2 ** 31 });

/** When a score is strange. */
export const LimitSchema = Type.Object(
  {
    /** One for each class, or one for all; null where there were too few rows to tell. */
    thresholds: Type.Array(Type.Union([Type.Number(), Type.Null()]), { minItems: 1, maxItems: 100_000 }),
    /** Where queries are compared with those before: how many at the most, 0 elsewhere. The thresholds are for so many. */
    history: Count,
    /** And by how much each threshold falls where there are e times fewer; as many as thresholds, or none. */
    slopes: Type.Array(Type.Number({ minimum: 0 }), { maxItems: 100_000 }),
    /** A bound on the share of benign queries above them. */
    chance: Type.Number({ exclusiveMinimum: 0, maximum: 0.5 }),
    /** Scores that they were set on. */
    scores: Count,
  },
  { additionalProperties: false },
);
export type Limit = Static<typeof LimitSchema>;

const ColumnSchema = Type.Object(
  {
    name: Type.String({ maxLength: 200 }),
    /** Deciles: rising, nine at the most. */
    edges: Type.Array(Type.Number(), { maxItems: 9 }),
    /** Share of the reference in each bin, one more than edges. */
    shares: Type.Array(Type.Number({ minimum: 0, maximum: 1 }), { minItems: 1, maxItems: 10 }),
  },
  { additionalProperties: false },
);
export type Column = Static<typeof ColumnSchema>;

const ReferenceSchema = Type.Object(
  {
    rows: Count,
    columns: Type.Array(ColumnSchema, { maxItems: 256 }),
    /** Share of each class in the answers. */
    labels: Type.Array(Type.Number({ minimum: 0, maximum: 1 }), { minItems: 1, maxItems: 100_000 }),
    /** The mean of the random Fourier features of the rows' sketches. */
    embedding: Type.Array(Type.Number({ minimum: -2, maximum: 2 }), { minItems: 1, maxItems: 1024 }),
    /** Of these, for kernels: one over the width of the sketches. */
    bandwidth: Type.Number({ exclusiveMinimum: 0 }),
  },
  { additionalProperties: false },
);
export type Reference = Static<typeof ReferenceSchema>;

const DocumentSchema = Type.Object(
  {
    kind: Type.Literal('gatehouse-monitors'),
    version: Type.Literal(1),
    features: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
    classes: Type.Integer({ minimum: 1, maximum: 100_000 }),
    rows: Count,
    mean: Base64,
    scale: Base64,
    lower: Base64,
    upper: Base64,
    steps: Base64,
    usual: Base64,
    basis: Base64,
    factors: Base64,
    variances: Base64,
    sketchScale: Type.Number({ exclusiveMinimum: 0 }),
    monitors: Type.Record(Type.String({ maxLength: 100 }), LimitSchema),
    across: LimitSchema,
    reference: ReferenceSchema,
    seal: Type.String({ maxLength: 100 }),
  },
  { additionalProperties: false },
);
type Document = Static<typeof DocumentSchema>;

/** What monitors know of a model and its benign queries. Statistics only: no row of the owner is in it. */
export interface Calibration {
  /** Rows that it was made from. */
  readonly rows: number;
  readonly outline: Outline;
  /** By the names of monitors. One without a limit does not run. */
  readonly monitors: Readonly<Record<string, Limit>>;
  /** Nearness to the queries of other callers. */
  readonly across: Limit;
  readonly reference: Reference;
}

/**
 * The threshold for a class, where a query is compared with `among` before it: with few there, what is near is so more
 * rarely by chance. A class that is not known, or an answer that is none, has the mildest; undefined where there is none at all.
 */
export function thresholdOf(limit: Limit, label: number, among = limit.history): number | undefined {
  const { thresholds, slopes, history } = limit;
  const at = thresholds.length === 1 ? 0 : label;
  const threshold = thresholds[at] ?? mildestOf(thresholds);
  if (threshold === undefined || among >= history) return threshold;
  return threshold - (slopes[at] ?? 0) * Math.log(history / Math.max(1, among));
}

const mildestOf = (thresholds: Limit['thresholds']): number | undefined =>
  thresholds.reduce<number | undefined>(
    (most, one) => (one === null || (most !== undefined && most >= one) ? most : one),
    undefined,
  );

const encoded = (values: Float32Array | Int16Array): string =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');

/** As a text in JSON, sealed with the owner's key: whoever changes a threshold shows. */
export function writeCalibration(calibration: Calibration, secret: Secret): string {
  const { outline, ...rest } = calibration;
  const { mean, scale, lower, upper, steps, usual, basis, factors, variances, ...numbers } = outline;
  const arrays = Object.entries({ mean, scale, lower, upper, steps, usual, basis, factors, variances });
  const body = {
    kind: 'gatehouse-monitors',
    version: 1,
    ...numbers,
    ...rest,
    ...Object.fromEntries(arrays.map(([name, values]) => [name, encoded(values)])),
  } as unknown as Json & object;
  return canonicalJson({ ...body, seal: secret.seal(canonicalJson(body)) });
}

/**
 * Reads a calibration. Throws Problem('usage') for what is none, does not fit together, was changed, or was made under
 * another key: projections and thresholds belong to a key.
 */
export function readCalibration(text: string, secret: Secret): Calibration {
  const value = parsed(text);
  const wrong = flaws(DocumentSchema, value);
  if (wrong.length > 0)
    throw new Problem(
      'usage',
      `This is no calibration of monitors: ${wrong
        .slice(0, 5)
        .map(({ path, message }) => `${nameOf(path)} ${message}`)
        .join('; ')}.`,
    );
  const { seal, ...body } = value as Document;
  if (!secret.opens(canonicalJson(body as Json), seal))
    throw new Problem(
      'usage',
      'The calibration was changed, or was made under another key.',
      'Make it anew: gatehouse models calibrate.',
    );
  const { features, classes, sketchScale, rows, monitors, across, reference } = body;
  const of = (name: keyof Document & string, length: number): Float32Array =>
    new Float32Array(bytesOf(name, body[name as 'mean'], length * 4).buffer);
  const count = Math.floor(Buffer.from(body.factors, 'base64').length / 4);
  return {
    rows,
    monitors,
    across,
    reference,
    outline: {
      features,
      classes,
      sketchScale,
      mean: of('mean', features),
      scale: of('scale', features),
      lower: of('lower', features),
      upper: of('upper', features),
      steps: of('steps', features),
      usual: of('usual', features),
      basis: new Int16Array(bytesOf('basis', body.basis, count * features * 2).buffer),
      factors: of('factors', count),
      variances: of('variances', count),
    },
  };
}

function parsed(text: string): Json {
  try {
    const value = JSON.parse(text) as Json;
    if (isObject(value)) return value;
  } catch {
    // Said below, without the text.
  }
  throw new Problem('usage', 'This is no calibration of monitors: it is not an object in JSON.');
}

function bytesOf(name: string, text: string, length: number): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  if (bytes.length !== length)
    throw new Problem('usage', `The calibration does not fit together: ${name} has ${bytes.length} bytes.`);
  return bytes;
}

const nameOf = (path: Path): string => (path.length === 0 ? 'it' : path.join('.'));
