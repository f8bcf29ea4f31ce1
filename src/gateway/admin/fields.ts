import type { Json, JsonObject } from '../../base/json.ts';
import { isObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import { didYouMean } from '../../base/suggest.ts';
import { parseDuration } from '../../base/units.ts';

/** Fields of an admin request, read one by one; an unknown one is an error. */
export class Fields {
  readonly #body: JsonObject;

  constructor(body: JsonObject, known: readonly string[]) {
    this.#body = body;
    for (const name of Object.keys(body)) {
      if (!known.includes(name)) {
        const hint = `There is a field that is not known.${didYouMean(name, known)} Known: ${known.join(', ')}.`;
        throw new Refusal('request_invalid', { hint });
      }
    }
  }

  text(name: string): string | undefined {
    return this.#read(name, 'text', (value) => (typeof value === 'string' ? value : undefined));
  }

  texts(name: string): string[] | undefined {
    const isText = (value: Json): value is string => typeof value === 'string';
    return this.#read(name, 'a list of text', (value) =>
      Array.isArray(value) && value.every(isText) ? value : undefined,
    );
  }

  record(name: string): Record<string, string> | undefined {
    return this.#read(name, 'an object of text', (value) => {
      if (!isObject(value)) return undefined;
      const entries = Object.entries(value);
      return entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')
        ? Object.fromEntries(entries)
        : undefined;
    });
  }

  count(name: string, most: number): number | undefined {
    return this.#read(name, `a whole number from 1 to ${most}`, (value) =>
      typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most ? value : undefined,
    );
  }

  /** Milliseconds. */
  duration(name: string): number | undefined {
    return this.#read(name, 'a duration such as 24h or 30d', (value) =>
      typeof value === 'string' || typeof value === 'number' ? parseDuration(value) : undefined,
    );
  }

  /** Milliseconds since 1970, from a date (`2027-01-31`, `2027-01-31T12:00:00Z`) or a time from now (`90d`). */
  moment(name: string, now: number): number | undefined {
    return this.#read(name, 'a date such as 2027-01-31, or a time from now such as 90d', (value) => {
      if (typeof value !== 'string') return undefined;
      const after = parseDuration(value);
      if (after !== undefined && /[a-z]$/i.test(value)) return now + after;
      if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(value)) return undefined;
      const time = Date.parse(value);
      return Number.isNaN(time) ? undefined : time;
    });
  }

  #read<T>(name: string, wanted: string, read: (value: Json) => T | undefined): T | undefined {
    const value = this.#body[name];
    if (value === undefined || value === null) return undefined;
    const found = read(value);
    if (found === undefined)
      throw new Refusal('request_invalid', { field: `/${name}`, hint: `It must be ${wanted}.` });
    return found;
  }
}

/** The field is there, or the request is refused. */
export function required<T>(value: T | undefined, name: string): T {
  if (value === undefined)
    throw new Refusal('request_invalid', { field: `/${name}`, hint: `It must have “${name}”.` });
  return value;
}
