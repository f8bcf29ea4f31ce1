import type { Json } from './json.ts';

/**
 * Canonical JSON (RFC 8785, JCS): one text for one value, so that it can be hashed and signed. Numbers and strings
 * are written as ECMAScript writes them, members are sorted by UTF-16 code units, and nothing is added between.
 *
 * Throws `TypeError` on what has no canonical form: NaN, infinities, lone surrogates (RFC 8785, section 3.2.2.2),
 * values that are not JSON, and nesting deeper than {@link MAX_DEPTH}.
 */
export function canonicalJson(value: Json): string {
  return write(value, 0);
}

export const MAX_DEPTH = 256;

function write(value: Json, depth: number): string {
  if (depth > MAX_DEPTH) throw new TypeError('nested too deeply for canonical JSON');
  switch (typeof value) {
    case 'string':
      return writeString(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError('a number without canonical form');
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      break;
    default:
      throw new TypeError('not a JSON value');
  }
  if (value === null) return 'null';
  if (Array.isArray(value)) return `[${value.map((item) => write(item, depth + 1)).join(',')}]`;
  const members = Object.entries(value)
    // The default order of strings is by UTF-16 code units, which is what section 3.2.3 asks for.
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${writeString(key)}:${write(member, depth + 1)}`);
  return `{${members.join(',')}}`;
}

function writeString(text: string): string {
  if (!text.isWellFormed()) throw new TypeError('a string with a lone surrogate');
  return JSON.stringify(text);
}
