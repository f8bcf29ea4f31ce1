import { canonicalJson } from '../base/canonical.ts';
import type { Json } from '../base/json.ts';

/** Longest text that one value is shown as, in UTF-16 code units. */
const LONGEST = 2000;

/** A part of a policy as JSON: sets are sorted lists, and what is only there to be called is left out. */
function plainJson(value: unknown): Json {
  if (value instanceof Set) return [...value].map(plainJson).sort();
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, one]) => [String(key), plainJson(one)]));
  if (Array.isArray(value)) return value.map(plainJson);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, one]) =>
        one === undefined || typeof one === 'function' ? [] : [[key, plainJson(one)]],
      ),
    );
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

/** Two parts of policies are the same, however they are written. */
export const sameMeaning = (one: unknown, other: unknown): boolean =>
  canonicalJson(plainJson(one ?? null)) === canonicalJson(plainJson(other ?? null));

/** A value as one line; undefined where there is none. */
export function wordsFor(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const text = typeof value === 'string' ? value : canonicalJson(plainJson(value));
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)} …`;
}
