import { textSpans } from './bytes.ts';
import type { Finder, Stretch } from './stretch.ts';
import type { ViewKind } from './view.ts';

/**
 * Escapes that stand for characters one by one. What is sure to be an escape is read in its place, and the text around it
 * stays: `url`, `html`, `escape` (of JSON, JavaScript, Python, C and CSS), `quoted-printable`.
 */

/** A character, if it is one that text has; escapes of controls and of half characters stay as they are. */
export function characterOf(point: number): string | undefined {
  if (point === 9 || point === 10 || point === 13) return String.fromCharCode(point);
  if (!(point >= 32) || (point >= 0x7f && point < 0xa0) || point > 0x10ffff) return;
  if (point >= 0xd800 && point < 0xe000) return;
  return String.fromCodePoint(point);
}

const whole = (kind: ViewKind, start: number, end: number, text: string): Stretch => ({
  kind,
  start,
  end,
  text,
  spanOf: () => ({ start, end }),
});

/** Runs of bytes, each written as `width` characters that end in two hexadecimal digits. */
function byteRuns(kind: ViewKind, text: string, runs: RegExp, fewest: number): Stretch[] {
  const found: Stretch[] = [];
  let bytesInAll = 0;
  for (const match of text.matchAll(runs)) {
    const source = match[0];
    const start = match.index;
    const end = start + source.length;
    const bytes = Buffer.from(source.replace(/[^0-9a-fA-F]+/g, ''), 'hex');
    bytesInAll += bytes.length;
    const decoded = bytes.toString('utf8');
    if (/[\x00-\x08\x0e-\x1f\x7f\ufffd]/.test(decoded)) continue;
    const origins = () => (byte: number) => [start + byte * 3, Math.min(end, start + byte * 3 + 3)] as const;
    found.push({ kind, start, end, text: decoded, spanOf: textSpans(decoded, origins, start, end) });
  }
  return bytesInAll < fewest ? [] : found;
}

export const url: Finder = {
  kind: 'url',
  repairs: true,
  find: (text, survey) => (survey.count('%') < 1 ? [] : byteRuns('url', text, /(?:%[0-9a-fA-F]{2})+/g, 1)),
};

/** RFC 2045, 6.7; a soft line break leaves nothing. */
export const quotedPrintable: Finder = {
  kind: 'quoted-printable',
  repairs: true,
  find(text, survey) {
    if (survey.count('=') < 3) return [];
    const found = byteRuns('quoted-printable', text, /(?:=[0-9A-F]{2})+/g, 3);
    if (found.length === 0) return found;
    for (const { index, 0: source } of text.matchAll(/=[ \t]*\r?\n/g))
      found.push(whole('quoted-printable', index, index + source.length, ''));
    return found.sort((a, b) => a.start - b.start);
  },
};

const ESCAPE =
  /\\u\{([0-9a-fA-F]{1,6})\}|\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})|\\x\{?([0-9a-fA-F]{2})\}?|\\([0-3][0-7]{2})|\\([0-9a-fA-F]{2,6}) ?|%u([0-9a-fA-F]{4})|[uU]\+([0-9a-fA-F]{4,6})[ ,]?/g;

export const escapes: Finder = {
  kind: 'escape',
  repairs: true,
  find(text, survey) {
    if (survey.count('\\') + survey.count('+') + survey.count('%') < 1) return [];
    if (survey.count('\\') < 1 && !/%u|[uU]\+/.test(text)) return [];
    const found: Stretch[] = [];
    for (const match of text.matchAll(ESCAPE)) {
      const [source, braced, four, eight, two, octal, css, percent, named] = match;
      const hex = braced ?? four ?? eight ?? two ?? css ?? percent ?? named;
      const point = octal !== undefined ? Number.parseInt(octal, 8) : Number.parseInt(hex ?? '', 16);
      const start = match.index;
      const low = surrogateAfter(text, point, start + source.length);
      const character = low === undefined ? characterOf(point) : String.fromCodePoint(low);
      if (character === undefined) continue;
      const end = start + source.length * (low === undefined ? 1 : 2);
      found.push(whole('escape', start, end, character));
    }
    return utf8Of(found);
  },
};

/** `\ud83d\ude00` is one character, written as two escapes. */
function surrogateAfter(text: string, high: number, at: number): number | undefined {
  if (high < 0xd800 || high > 0xdbff) return;
  const match = /^\\u(d[c-f][0-9a-f]{2})/i.exec(text.slice(at, at + 6));
  return match?.[1] === undefined
    ? undefined
    : 0x10000 + ((high - 0xd800) << 10) + (Number.parseInt(match[1], 16) - 0xdc00);
}

/** One escape is a curiosity of code (`\x41`); several that meet are a message. */
function utf8Of(found: Stretch[]): Stretch[] {
  return found.length < 2 ? [] : found;
}

const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  Tab: '\t',
  NewLine: '\n',
  excl: '!',
  num: '#',
  dollar: '$',
  percnt: '%',
  lpar: '(',
  rpar: ')',
  ast: '*',
  plus: '+',
  comma: ',',
  period: '.',
  sol: '/',
  colon: ':',
  semi: ';',
  equals: '=',
  quest: '?',
  commat: '@',
  lsqb: '[',
  lbrack: '[',
  bsol: '\\',
  rsqb: ']',
  rbrack: ']',
  Hat: '^',
  lowbar: '_',
  grave: '`',
  lcub: '{',
  lbrace: '{',
  verbar: '|',
  vert: '|',
  rcub: '}',
  rbrace: '}',
  hyphen: '-',
  dash: '-',
  ndash: '-',
  mdash: '-',
  lsquo: "'",
  rsquo: "'",
  ldquo: '"',
  rdquo: '"',
  hellip: '...',
  shy: '',
  zwnj: '',
  zwj: '',
  ensp: ' ',
  emsp: ' ',
  thinsp: ' ',
  ZeroWidthSpace: '',
  szlig: 'ss',
  aelig: 'ae',
  AElig: 'AE',
  oslash: 'o',
  Oslash: 'O',
  inodot: 'i',
  imath: 'i',
};

/** Named characters that are Latin letters with something to them: `&eacute;`, `&iscr;`, `&Ifr;`, `&iopf;`. */
const LETTER =
  /^([a-zA-Z])(?:scr|fr|opf|acute|grave|circ|uml|tilde|cedil|ring|caron|macr|breve|ogon|dot|strok|slash|midot|dblac)$/;
const ENTITY = /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z][a-zA-Z0-9]{1,14}));?/g;

export const html: Finder = {
  kind: 'html',
  repairs: true,
  find(text, survey) {
    if (survey.count('&') < 1) return [];
    const found: Stretch[] = [];
    for (const match of text.matchAll(ENTITY)) {
      const [source, decimal, hex, name] = match;
      // Without its semicolon `&copy` may be the parameter of a URL.
      if (name !== undefined && !source.endsWith(';')) continue;
      const character =
        name !== undefined
          ? (NAMED[name] ?? LETTER.exec(name)?.[1])
          : characterOf(
              decimal !== undefined ? Number.parseInt(decimal, 10) : Number.parseInt(hex ?? '', 16),
            );
      if (character === undefined) continue;
      found.push(whole('html', match.index, match.index + source.length, character));
    }
    return found;
  },
};
