import { type CharSet, complement, has, setOf, union } from '../../regex/char-set.ts';
import { anyProperty } from '../../regex/unicode.ts';

/** What a character can be wrong about. */
export const CLASSES = ['control', 'bidi', 'invisible', 'variation', 'tags'] as const;
export type CharClass = (typeof CLASSES)[number];

/** C0 except tab and the two line ends, DEL and C1 (ECMA-48). */
export const CONTROL = setOf([0x00, 0x08], [0x0b, 0x0c], [0x0e, 0x1f], [0x7f, 0x9f]);

/** Embeddings, overrides and isolates, which reorder what is read ("Trojan Source", CVE-2021-42574). */
export const BIDI = setOf([0x202a, 0x202e], [0x2066, 0x2069]);

/** Left-to-right, right-to-left and Arabic letter mark: harmless beside right-to-left text. */
export const MARKS = setOf([0x061c, 0x061c], [0x200e, 0x200f]);

/** Characters with no shape of their own: Unicode's default ignorables that stand in text, and the like. */
export const INVISIBLE = setOf(
  [0x00ad, 0x00ad],
  [0x034f, 0x034f],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180e, 0x180e],
  [0x200b, 0x200d],
  [0x2060, 0x2064],
  [0x206a, 0x206f],
  [0x3164, 0x3164],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff9, 0xfffb],
  [0x1d173, 0x1d17a],
);

/** Variation selectors: 256 of them carry a byte each behind any character. */
export const VARIATION = setOf([0x180b, 0x180d], [0x180f, 0x180f], [0xfe00, 0xfe0f], [0xe0100, 0xe01ef]);

/** Tag characters: ASCII that nobody sees ("ASCII smuggling", 2024). */
export const TAGS = setOf([0xe0000, 0xe007f]);

const named = (...names: readonly string[]): CharSet => anyProperty(names);

const NOT_ASCII: CharSet = complement([[0, 0x7f]]);
const intersect = (a: CharSet, b: CharSet): CharSet =>
  complement(union([...complement(a), ...complement(b)]));

/** Scripts that join letters or form clusters by ZWJ and ZWNJ (Unicode Standard, 9.2 and 12.1). */
export const JOINING = named(
  ...['Arabic', 'Syriac', 'Nko', 'Mandaic', 'Mongolian', 'Adlam', 'Rohingya', 'Devanagari', 'Bengali'],
  ...['Gurmukhi', 'Gujarati', 'Oriya', 'Tamil', 'Telugu', 'Kannada', 'Malayalam', 'Sinhala', 'Tibetan'],
  ...['Myanmar', 'Khmer', 'Balinese', 'Javanese', 'Grantha', 'Newa', 'Sharada'],
);
/** Scripts written without spaces, where U+200B says that a line may break. */
export const SPACELESS = named(
  'Thai',
  'Lao',
  'Khmer',
  'Myanmar',
  'Tibetan',
  'Javanese',
  'Balinese',
  'Tai_Tham',
);
export const RIGHT_TO_LEFT = named(
  ...['Hebrew', 'Arabic', 'Syriac', 'Thaana', 'Nko', 'Samaritan', 'Mandaic', 'Adlam', 'Rohingya'],
);
export const MONGOLIAN = named('Mongolian');
export const HAN = named('Unified_Ideograph');
export const JAMO = setOf([0x1100, 0x11ff], [0xa960, 0xa97c], [0xd7b0, 0xd7fb]);
export const PICTOGRAPH = named('Extended_Pictographic');
/** What a ZWJ of an emoji sequence may follow: a picture, its skin tone, its variation selector (UTS #51). */
export const JOINED_EMOJI = union([...PICTOGRAPH, ...named('Emoji_Modifier'), [0xfe0f, 0xfe0f]]);
/** What may have a variant: emoji, symbols, punctuation, ideographs (StandardizedVariants.txt), ASCII apart. */
export const VARIED = intersect(
  named('Emoji', 'S', 'P', 'Han', 'Myanmar', 'Phags_Pa', 'Manichaean'),
  NOT_ASCII,
);
export const KEYCAP = setOf([0x23, 0x23], [0x2a, 0x2a], [0x30, 0x39]);
export const COMBINING = named('M', 'Hebrew');

/** The emoji flags made of tags that are recommended for interchange: England, Scotland, Wales (UTS #51). */
export const FLAG_BASE = 0x1f3f4;
export const FLAGS: readonly string[] = ['gbeng', 'gbsct', 'gbwls'].map(
  (region) =>
    `${[...region].map((letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join('')}\u{e007f}`,
);

const SETS: readonly (readonly [CharClass, CharSet])[] = [
  ['control', CONTROL],
  ['bidi', BIDI],
  ['invisible', union([...INVISIBLE, ...MARKS])],
  ['variation', VARIATION],
  ['tags', TAGS],
];

export const classOf = (point: number): CharClass | undefined => SETS.find(([, set]) => has(set, point))?.[0];

/** One byte per code unit: 1 where a character of one of the classes, or one that is not allowed, may begin. */
export function suspects(classes: ReadonlySet<CharClass>, allowed: CharSet | undefined): Uint8Array {
  const table = new Uint8Array(0x10000);
  for (const [name, set] of SETS) {
    if (!classes.has(name)) continue;
    for (const [from, to] of set) table.fill(1, firstUnit(from), firstUnit(to) + 1);
  }
  if (allowed !== undefined) {
    for (const [from, to] of complement(allowed)) table.fill(1, firstUnit(from), firstUnit(to) + 1);
  }
  return table;
}

const firstUnit = (point: number): number => (point > 0xffff ? 0xd800 + ((point - 0x10000) >> 10) : point);
