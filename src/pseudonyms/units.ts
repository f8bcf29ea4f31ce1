/**
 * One character of a text as it is read, whatever it is written as: `_` for `\_` (Markdown), `&#95;` (HTML), `%5F` (an
 * address) and `\u005f` (JSON within a text).
 */
export interface Unit {
  /** Lower case. Empty: nothing that a reader would see, such as a zero-width space. */
  readonly char: string;
  /** UTF-16 code units that it takes in the text. */
  readonly length: number;
}

/** More cannot be needed to tell what a character is: `&lowbar;`, `\u005f`. */
const LONGEST = 9;

const ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  commat: '@',
  lowbar: '_',
  period: '.',
  plus: '+',
  hyphen: '-',
  lpar: '(',
  rpar: ')',
  colon: ':',
  sol: '/',
  shy: '',
};

const ENTITY = /^&(?:([a-z]{2,6})|#(\d{1,4})|#x([\da-f]{1,4}));/i;
const MAYBE_ENTITY = /^&(?:[a-z]{0,6}|#\d{0,4}|#x[\da-f]{0,4})$/i;
const UNICODE = /^\\u([\da-f]{4})/i;
const MAYBE_UNICODE = /^\\u[\da-f]{0,3}$/i;
const ENCODED = /^%([2-7][\da-f])/i;
const MAYBE_ENCODED = /^%[2-7]?$/;
const PUNCTUATION = /[!-/:-@[-`{-~]/;
const UNSEEN = /[\u00ad\u200b-\u200d\u2060\ufeff]/;

/** What escapes begin with. */
export const ESCAPES = '&%\\';

/** A reader would not see it. */
export const isUnseen = (char: string): boolean => UNSEEN.test(char);

const AMPERSAND = 0x26;
const PERCENT = 0x25;
const BACKSLASH = 0x5c;

/**
 * The character that begins at `at`; undefined where more text is needed to tell.
 * @param final no more text follows
 */
export function unitAt(text: string, at: number, final: boolean): Unit | undefined {
  const code = text.charCodeAt(at);
  if (code === AMPERSAND || code === PERCENT || code === BACKSLASH) {
    const ahead = text.slice(at, at + LONGEST);
    if (!final && isOpen(ahead)) return undefined;
    return escaped(ahead) ?? { char: ahead.charAt(0), length: 1 };
  }
  const char = text.charAt(at);
  return { char: code > 0x7f && UNSEEN.test(char) ? '' : lower(char), length: 1 };
}

/** Only what is ASCII folds: of others the length may change (İ). */
const lower = (char: string): string => (char >= 'A' && char <= 'Z' ? char.toLowerCase() : char);

const isOpen = (ahead: string): boolean =>
  ahead === '\\' || MAYBE_ENTITY.test(ahead) || MAYBE_UNICODE.test(ahead) || MAYBE_ENCODED.test(ahead);

function escaped(ahead: string): Unit | undefined {
  if (ahead.startsWith('\\')) {
    const unicode = UNICODE.exec(ahead);
    if (unicode !== null) return { char: charOf(unicode[1], 16), length: 6 };
    const next = ahead.charAt(1);
    // Within a JSON text, the end of a line.
    if (next === 'n' || next === 'r' || next === 't') return { char: ' ', length: 2 };
    return PUNCTUATION.test(next) ? { char: next, length: 2 } : undefined;
  }
  const entity = ENTITY.exec(ahead);
  if (entity !== null) {
    const [all, name, decimal, hex] = entity;
    const char =
      name === undefined
        ? charOf(decimal ?? hex, decimal === undefined ? 16 : 10)
        : ENTITIES[name.toLowerCase()];
    return char === undefined ? undefined : { char, length: all.length };
  }
  const encoded = ENCODED.exec(ahead);
  return encoded === null ? undefined : { char: charOf(encoded[1], 16), length: 3 };
}

const charOf = (digits: string | undefined, radix: number): string =>
  lower(String.fromCharCode(Number.parseInt(digits ?? '', radix)));
