import { Refusal } from '../../base/refusal.ts';
import { parseDuration } from '../../base/units.ts';

/** Parameters of a query, read one by one. Unknown ones were refused before. */
export class Query {
  readonly #query: URLSearchParams;

  constructor(query: URLSearchParams) {
    this.#query = query;
  }

  text(name: string): string | undefined {
    return this.#query.get(name) ?? undefined;
  }

  count(name: string, most: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (!/^\d{1,16}$/.test(text) || value < 1 || value > most)
      throw refused(name, `a whole number from 1 to ${most}`);
    return value;
  }

  oneOf<const Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const text = this.text(name);
    const found = words.find((word) => word === text);
    if (text !== undefined && found === undefined) throw refused(name, words.join(', '));
    return found;
  }

  flag(name: string): boolean | undefined {
    const word = this.oneOf(name, ['true', 'false']);
    return word === undefined ? undefined : word === 'true';
  }

  /** Milliseconds since 1970, from a date and time (RFC 3339) or a time before now (`24h`). */
  moment(name: string, now: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (/[a-z]$/.test(text)) {
      const ago = parseDuration(text);
      if (ago !== undefined) return now - ago;
    }
    const form = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;
    const time = form.test(text) ? Date.parse(text) : Number.NaN;
    if (Number.isNaN(time)) throw refused(name, 'a time such as 2026-01-31T12:00:00Z, or 24h for a day ago');
    return time;
  }
}

const refused = (name: string, wanted: string): Refusal =>
  new Refusal('query_refused', { hint: `“${name}” is ${wanted}.` });
