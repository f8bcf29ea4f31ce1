import { ALIKE_LETTERS, LATIN_LETTERS, RESEMBLING_LETTERS, TWIN_LETTERS } from './confusables.ts';

/** What folding does with a character. */
export const Act = {
  unknown: 0,
  /** Stays, and ends a word: symbols, and scripts that do not set words apart. */
  keep: 1,
  /** Stays: a letter of a script that has letters like Latin ones, but not this one. */
  letter: 2,
  /** Stays until its word is known: a twin of a Latin letter, one alike, one that resembles it. */
  twin: 3,
  alike: 4,
  resembling: 5,
  /** Becomes `into`: with the mark taken off, in plain dress, as the Latin letter that it passes for. */
  plain: 6,
  styled: 7,
  latin: 8,
  /** Becomes several units: `EXPANSIONS`. */
  expand: 9,
  zeroWidth: 10,
  bidi: 11,
  variation: 12,
  tag: 13,
  /** A combining mark that goes on any letter, and one that its script needs. */
  mark: 14,
  scriptMark: 15,
  control: 16,
  /** Goes without a sign. */
  drop: 17,
} as const;

/** By UTF-16 unit; filled as characters are first met, for most texts meet few of them. */
export const ACTS = new Uint8Array(0x10000);
export const INTO = new Uint16Array(0x10000);
export const EXPANSIONS = new Map<number, string>();

/** The longest expansion; what would become longer (ligatures of whole phrases) stays. */
const LONGEST = 4;

const PUNCTUATION = new Map([
  ...[...'‘’‚‛′´ʹʼˈ＇'].map((char) => [char, "'"] as const),
  ...[...'“”„‟″«»'].map((char) => [char, '"'] as const),
  ...[...'‐‑‒–—―−﹘⁃'].map((char) => [char, '-'] as const),
  ...[...'⁄∕⧸'].map((char) => [char, '/'] as const),
  ...[...'∣ǀ¦'].map((char) => [char, '|'] as const),
  ['…', '...'] as const,
  ['‹', '<'] as const,
  ['›', '>'] as const,
  ['∗', '*'] as const,
  ['∼', '~'] as const,
  ['։', ':'] as const,
]);

const SPACES = /^[\p{Zs}\u2800]$/u;
const LINES = /^[\u0085\u2028\u2029]$/;

type Ranges = readonly (readonly [from: number, to: number])[];
const within = (ranges: Ranges, code: number) => ranges.some(([from, to]) => code >= from && code <= to);

/** Joiners, fillers, soft hyphens, marks of byte order and of annotation. */
const INVISIBLE: Ranges = [
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200d],
  [0x2060, 0x2065],
  [0x206a, 0x206f],
  [0x3164, 0x3164],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffb],
];
const BIDI: Ranges = [
  [0x61c, 0x61c],
  [0x200e, 0x200f],
  [0x202a, 0x202e],
  [0x2066, 0x2069],
];
/** Combining marks that go on letters of any script. */
const ANY_MARK: Ranges = [
  [0x300, 0x36f],
  [0x483, 0x489],
  [0x1ab0, 0x1aff],
  [0x1dc0, 0x1dff],
  [0x20d0, 0x20ff],
  [0xfe20, 0xfe2f],
];
/** Letters with a stroke and the like, of languages that have them. */
const NATIVE = new Set('øØđĐłŁħĦŧŦıðÐþÞŋəƏ');
const WITH_TWINS =
  /^[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Lisu}\p{Script=Coptic}\p{Script=Hebrew}\p{Script=Canadian_Aboriginal}]$/u;

const first = (text: string) => text.charCodeAt(0);

/** Looks a character of the basic plane up, and remembers it. */
export function learn(code: number): number {
  const char = String.fromCharCode(code);
  const [act, into] = decide(code, char);
  ACTS[code] = act;
  INTO[code] = into.length === 0 ? code : first(into);
  if (act === Act.expand) EXPANSIONS.set(code, into);
  return act;
}

function decide(code: number, char: string): readonly [act: number, into: string] {
  if (code < 0x20 || (code >= 0x7f && code < 0xa0 && code !== 0x85)) return [Act.control, ''];
  if (SPACES.test(char)) return [Act.plain, ' '];
  if (LINES.test(char)) return [Act.plain, '\n'];
  if (within(INVISIBLE, code)) return [Act.zeroWidth, ''];
  if (within(BIDI, code)) return [Act.bidi, ''];
  if (code >= 0xfe00 && code <= 0xfe0f) return [Act.variation, ''];
  if (within(ANY_MARK, code)) return [Act.mark, ''];
  if (/^\p{M}$/u.test(char)) return [Act.scriptMark, ''];
  if (code === 0x640) return [Act.drop, '']; // the Arabic stroke that only stretches a word
  if (code >= 0xd800 && code <= 0xdfff) return [Act.keep, ''];
  const punctuation = PUNCTUATION.get(char);
  if (punctuation !== undefined) return [punctuation.length > 1 ? Act.expand : Act.plain, punctuation];
  return letterOf(char) ?? normalized(char);
}

function letterOf(char: string): readonly [number, string] | undefined {
  const latin = LATIN_LETTERS.get(char);
  if (latin !== undefined) return [NATIVE.has(char) ? Act.plain : Act.latin, latin];
  const twin = TWIN_LETTERS.get(char);
  if (twin !== undefined) return [Act.twin, twin];
  const alike = ALIKE_LETTERS.get(char);
  if (alike !== undefined) return [Act.alike, alike];
  const resembling = RESEMBLING_LETTERS.get(char);
  if (resembling !== undefined) return [Act.resembling, resembling];
  return;
}

/** Compatibility decomposition (UAX #15), and off with the marks of Latin letters; other scripts keep theirs. */
function normalized(char: string): readonly [number, string] {
  const apart = char.normalize('NFKD');
  const bare = apart.replace(/[\u0300-\u036f]/g, '');
  if (/^[\x20-\x7e]+$/.test(bare)) {
    if (bare.length > LONGEST) return [Act.keep, ''];
    // A letter with marks is a letter; a letter in a circle, a script or full width is dressed up.
    const dressed = char.normalize('NFD')[0] === char;
    if (bare.length > 1) return [Act.expand, bare];
    return [dressed ? Act.styled : Act.plain, bare];
  }
  const spelled = { ß: 'ss', ẞ: 'SS', æ: 'ae', Æ: 'AE', œ: 'oe', Œ: 'OE' }[bare];
  if (spelled !== undefined) return [Act.expand, spelled];
  const latin = LATIN_LETTERS.get(bare);
  if (latin !== undefined) return [Act.plain, latin];
  const composed = char.normalize('NFKC');
  if (composed.length > LONGEST) return [Act.keep, ''];
  if (composed.length > 1) return [Act.expand, composed];
  return [WITH_TWINS.test(composed) ? Act.letter : composed === char ? Act.keep : Act.styled, composed];
}

/** What folding does with a character beyond the basic plane: the act, and what it becomes (one unit or none). */
export function astral(point: number): readonly [act: number, into: number] {
  if (point >= 0x1d400 && point <= 0x1d7ff) return dressed(point);
  if (point >= 0x1f110 && point <= 0x1f129) return [Act.styled, 0x41 + point - 0x1f110];
  if (point >= 0x1f130 && point <= 0x1f149) return [Act.styled, 0x41 + point - 0x1f130];
  if (point >= 0x1f150 && point <= 0x1f169) return [Act.styled, 0x41 + point - 0x1f150];
  if (point >= 0x1f170 && point <= 0x1f189) return [Act.styled, 0x41 + point - 0x1f170];
  if (point >= 0x1f1e6 && point <= 0x1f1ff) return [Act.styled, 0x41 + point - 0x1f1e6];
  if (point >= 0x1fbf0 && point <= 0x1fbf9) return [Act.styled, 0x30 + point - 0x1fbf0];
  if (point >= 0xe0000 && point <= 0xe007f) return [Act.tag, 0];
  if (point >= 0xe0100 && point <= 0xe01ef) return [Act.variation, 0];
  if ((point >= 0x1d173 && point <= 0x1d17a) || (point >= 0xe0080 && point <= 0xe0fff))
    return [Act.zeroWidth, 0];
  return [Act.keep, 0];
}

const DRESSED = new Uint16Array(0x400);

/** Mathematical letters and digits: normalised once each. Greek ones become Greek. */
function dressed(point: number): readonly [number, number] {
  const known = DRESSED[point - 0x1d400] ?? 0;
  const into = known !== 0 ? known : first(String.fromCodePoint(point).normalize('NFKC'));
  DRESSED[point - 0x1d400] = into;
  return into >= 0xd800 && into <= 0xdfff ? [Act.keep, 0] : [Act.styled, into];
}
