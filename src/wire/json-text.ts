/** A stretch of a text that is itself JSON. */
export interface Run {
  /** Decoded, as the model or a tool reads it. */
  readonly text: string;
  /** As it stands in the JSON source. */
  readonly raw: string;
  /** Outside of a string: quotes, braces, numbers, literals. May not be masked, or the JSON would break. */
  readonly fixed: boolean;
}

/**
 * Decodes JSON source piece by piece, split anywhere, so that guards read `key` where the wire says `k\u0065y`.
 * The runs of all pieces, joined, are the source again (`raw`) and the text (`text`). It never throws: on source
 * that is not JSON, escapes that mean nothing stay as they stand, and escapes outside of strings are decoded too,
 * since lenient parsers on the other side may do the same.
 */
export class JsonText {
  #inString = false;
  /** The start of an escape whose end has not come; at most eleven characters. */
  #pending = '';

  push(raw: string): Run[] {
    return this.#read(this.#pending + raw, false);
  }

  /** The source is over: what is left of an unfinished escape. */
  end(): Run[] {
    return this.#read(this.#pending, true);
  }

  #read(source: string, final: boolean): Run[] {
    const runs: Run[] = [];
    this.#pending = '';
    for (let at = 0; at < source.length; ) {
      const stop = plainEnd(source, at);
      if (stop > at) {
        const text = source.slice(at, stop);
        runs.push({ text, raw: text, fixed: !this.#inString });
        at = stop;
      } else if (source[at] === '"') {
        runs.push({ text: '"', raw: '"', fixed: true });
        this.#inString = !this.#inString;
        at += 1;
      } else {
        const found = readEscape(source, at, final);
        if (found === undefined) {
          this.#pending = source.slice(at);
          break;
        }
        runs.push({ ...found, fixed: !this.#inString });
        at += found.raw.length;
      }
    }
    return runs;
  }
}

/** How text is written inside a JSON string. */
export const escapeJson = (text: string): string => JSON.stringify(text).slice(1, -1);

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

function plainEnd(source: string, from: number): number {
  for (let i = from; i < source.length; i++) {
    const unit = source.charCodeAt(i);
    if (unit === QUOTE || unit === BACKSLASH) return i;
  }
  return source.length;
}

const SHORT = new Map(
  Object.entries({ '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }),
);

/** The escape that starts at `at`; undefined where more source is needed to tell how long it is. */
function readEscape(source: string, at: number, final: boolean): Omit<Run, 'fixed'> | undefined {
  const letter = source[at + 1];
  if (letter === undefined) return final ? verbatim(source.slice(at)) : undefined;
  const two = source.slice(at, at + 2);
  if (letter !== 'u') return { text: SHORT.get(letter) ?? two, raw: two };

  const first = source.slice(at, at + 6);
  if (!UNICODE.test(first)) return !final && mayBecomeUnicode(first) ? undefined : verbatim(two);
  const unit = unitOf(first);
  if (unit < 0xd800 || unit > 0xdbff) return { text: String.fromCharCode(unit), raw: first };

  // The first half of a surrogate pair: one run with the second half, so that no mask can cut between them.
  const second = source.slice(at + 6, at + 12);
  if (!final && mayBecomeUnicode(second)) return undefined;
  const low = UNICODE.test(second) ? unitOf(second) : 0;
  if (low < 0xdc00 || low > 0xdfff) return { text: String.fromCharCode(unit), raw: first };
  return { text: String.fromCharCode(unit, low), raw: first + second };
}

const UNICODE = /^\\u[0-9a-fA-F]{4}$/;
const mayBecomeUnicode = (text: string): boolean => /^(?:\\(?:u[0-9a-fA-F]{0,3})?)?$/.test(text);
const unitOf = (source: string): number => Number.parseInt(source.slice(2), 16);
const verbatim = (text: string): Omit<Run, 'fixed'> => ({ text, raw: text });
