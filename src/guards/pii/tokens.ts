/** Kinds of tokens. */
export const LOWER = 0;
export const CAPITAL = 1;
export const UPPER = 2;
export const MIXED = 3;
export const NUMBER = 4;
/** Letters and digits, or with an underscore. */
export const CODE = 5;
export const MARK = 6;
export const LINE_END = 7;
/** Letters of scripts without capitals. */
export const CASELESS = 8;

const NONE = 0;
const SPACE = 1;
const LINE = 2;
const DIGIT = 3;
const SMALL = 4;
const LARGE = 5;
const PLAIN = 6;
const IDEOGRAPH = 7;
const OTHER = 8;
const UNDERSCORE = 9;

/** Every UTF-16 code unit but surrogates, at its own place. */
const UNITS = Array.from({ length: 65_536 }, (_, code) =>
  code >= 0xd800 && code <= 0xdfff ? '\0' : String.fromCharCode(code),
).join('');

/** What each UTF-16 code unit is; of what more than one says, the last. A surrogate is a mark. */
const CLASS = new Uint8Array(65_536).fill(OTHER);
for (const [of, kind] of [
  [/[\p{L}\p{M}]+/gu, PLAIN],
  [/\p{Ll}+/gu, SMALL],
  [/[\p{Lu}\p{Lt}]+/gu, LARGE],
  [/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+/gu, IDEOGRAPH],
  [/[0-9]+/g, DIGIT],
  [/[\s\u200b-\u200f\ufeff]+/gu, SPACE],
  [/[\n\r\u2028\u2029]+/g, LINE],
  [/_/g, UNDERSCORE],
] as const)
  for (const { index, 0: run } of UNITS.matchAll(of)) CLASS.fill(kind, index, index + run.length);
CLASS[0] = NONE;

export const isSpace = (code: number): boolean => CLASS[code] === SPACE || CLASS[code] === LINE;
export const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** Lower case of a code unit; a letter whose lower case is longer stays. */
const FOLD = new Uint16Array(65_536);
for (let code = 0; code < 65_536; code++) {
  const small = String.fromCharCode(code).toLowerCase();
  FOLD[code] = small.length === 1 ? small.charCodeAt(0) : code;
}

const SEED = 0x811c9dc5;

/** FNV-1a over the code units in lower case. */
export function hashOf(word: string): number {
  let hash = SEED;
  for (let at = 0; at < word.length; at++)
    hash = Math.imul(hash ^ (FOLD[word.charCodeAt(at)] as number), 0x01000193);
  return hash >>> 0;
}

/** The tokens of a stretch of text, in columns. Apostrophes and hyphens between letters divide: `O`, `’`, `Brien`. */
export class Tokens {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly kinds: Uint8Array;
  readonly hashes: Uint32Array;
  count = 0;

  /** @param most tokens; a stretch of as many code units always has room */
  constructor(most: number) {
    this.starts = new Int32Array(most);
    this.ends = new Int32Array(most);
    this.kinds = new Uint8Array(most);
    this.hashes = new Uint32Array(most);
  }

  read(text: string, from: number, to: number): void {
    this.count = 0;
    let at = from;
    while (at < to) {
      const type = CLASS[text.charCodeAt(at)] as number;
      if (type === SPACE) {
        at++;
        continue;
      }
      const start = at;
      let hash = SEED;
      let small = 0;
      let large = 0;
      let plain = 0;
      let digits = 0;
      let scores = 0;
      let ideographs = 0;
      let firstLarge = false;
      for (; at < to; at++) {
        const code = text.charCodeAt(at);
        const next = CLASS[code] as number;
        if (next === IDEOGRAPH ? at > start && ideographs === 0 : ideographs > 0) break;
        if (next === SMALL) small++;
        else if (next === DIGIT) digits++;
        else if (next === LARGE) {
          if (at === start) firstLarge = true;
          large++;
        } else if (next === PLAIN) plain++;
        else if (next === UNDERSCORE) scores++;
        else if (next === IDEOGRAPH) ideographs++;
        else break;
        hash = Math.imul(hash ^ (FOLD[code] as number), 0x01000193);
      }
      if (at === start) {
        hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
        at++;
        this.#add(start, at, type === LINE ? LINE_END : MARK, hash);
        continue;
      }
      const letters = small + large + plain;
      const kind =
        ideographs > 0
          ? CASELESS
          : digits > 0 || scores > 0
            ? letters === 0 && scores === 0
              ? NUMBER
              : CODE
            : large === 0
              ? plain > small
                ? CASELESS
                : LOWER
              : firstLarge && large === 1
                ? CAPITAL
                : small === 0
                  ? UPPER
                  : MIXED;
      this.#add(start, at, kind, hash);
    }
  }

  #add(start: number, end: number, kind: number, hash: number): void {
    const at = this.count++;
    this.starts[at] = start;
    this.ends[at] = end;
    this.kinds[at] = kind;
    this.hashes[at] = hash >>> 0;
  }
}
