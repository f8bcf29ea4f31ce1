import Type, { type TProperties, type TSchema, type TSchemaOptions } from 'typebox';
import { Refusal } from '../../base/refusal.ts';
import { parseDuration } from '../../base/units.ts';

/** What many endpoints take and show, and what it stands for: each text is read by the function beside its schema. */

export const fields = <P extends TProperties>(properties: P) =>
  Type.Object(properties, { additionalProperties: false });

export const orNull = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()]);

export const words = <const Word extends string>(known: readonly Word[], options: TSchemaOptions = {}) =>
  Type.Enum([...known], options);

/** A whole number from 1 to `most`. */
export const count = (most: number, options: TSchemaOptions = {}) =>
  Type.Integer({ minimum: 1, maximum: most, ...options });

/** The number of an entry of the ledger. */
export const Seq = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

export const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'a SHA-256 in hex' });

/** Text that people read, as names are: no control characters, no line breaks. */
export const Label = Type.String({
  pattern: '^[^\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]{1,100}$',
  description: '1 to 100 characters without line breaks',
});

/** As it goes into the ledger and onto terminals. */
export const Line = Type.String({
  pattern: '^[^\\p{Cc}\\p{Cs}\\u2028\\u2029]{1,200}$',
  description: 'one line, 1 to 200 characters',
});

export const Labels = Type.Array(Label);

export const Tags = Type.Record(Label, Label, {
  additionalProperties: false,
  maxProperties: 20,
  description: 'at most 20 texts by their names',
});

const MOMENT = '\\d{4}-\\d\\d-\\d\\d(T\\d\\d:\\d\\d(:\\d\\d(\\.\\d+)?)?(Z|[+-]\\d\\d:\\d\\d))?';
const SPAN = '\\d{1,15}(\\.\\d{1,6})? ?(ms|s|m|h|d)';

/** {@link durationIn} reads it. */
export const duration = (options: TSchemaOptions = {}) =>
  Type.Refine(
    Type.String({
      pattern: `^${SPAN}?$`,
      description: 'a duration such as 24h or 30d, or seconds',
      examples: ['24h'],
      ...options,
    }),
    (text) => parseDuration(text) !== undefined,
  );

/** {@link untilIn} reads it. */
export const until = (options: TSchemaOptions = {}) =>
  Type.Refine(
    Type.String({
      pattern: `^(${MOMENT}|${SPAN})$`,
      description: 'a date such as 2027-01-31, or a time from now such as 90d',
      examples: ['90d'],
      ...options,
    }),
    (text) => momentIn(text, 0, 1) !== undefined,
  );

/** {@link sinceIn} reads it. */
export const since = (options: TSchemaOptions = {}) =>
  Type.Refine(
    Type.String({
      pattern: `^(${MOMENT}|${SPAN})$`,
      description: 'a time such as 2026-01-31T12:00:00Z, or 24h for a day ago',
      examples: ['24h'],
      ...options,
    }),
    (text) => momentIn(text, 0, -1) !== undefined,
  );

/** Milliseconds. */
export const durationIn = (text: string): number => surely(parseDuration(text));

/** Milliseconds since 1970, of a date or a time from now; of nothing, nothing. */
export const untilIn = (text: string | undefined, now: number): number | undefined =>
  text === undefined ? undefined : surely(momentIn(text, now, 1));

/** Milliseconds since 1970, of a date and time or a time before now; of nothing, nothing. */
export const sinceIn = (text: string | undefined, now: number): number | undefined =>
  text === undefined ? undefined : surely(momentIn(text, now, -1));

function momentIn(text: string, now: number, direction: 1 | -1): number | undefined {
  if (!/[a-z]$/.test(text)) {
    const time = Date.parse(text);
    return Number.isNaN(time) ? undefined : time;
  }
  const span = parseDuration(text);
  return span === undefined ? undefined : now + direction * span;
}

/** Only what its schema let through comes here. */
function surely(value: number | undefined): number {
  if (value === undefined) throw new Refusal('internal');
  return value;
}

/** A moment as the admin API writes it (RFC 3339, in UTC). */
export const Time = Type.String({ format: 'date-time' });

/** A decimal of dollars, exactly. */
export const Dollars = Type.String({ pattern: '^-?\\d+\\.\\d{2,9}$', examples: ['0.0012'] });
