import { LANGUAGE_OF_SCRIPT, LETTERS_BY_LANGUAGE, WORDS_BY_LANGUAGE } from './language-words.ts';
import { WORDS } from './words.ts';

export interface Language {
  /** ISO 639-1; `und` where nothing tells. */
  readonly code: string;
  /** As Unicode names it: `Latin`, `Cyrillic`, `Han`…; `Common` without letters. */
  readonly script: string;
  /** 0 to 1: how far ahead of the next language this one is. */
  readonly confidence: number;
}

/** The beginning of a text says what it is in. UTF-16 units. */
const SAMPLE = 2000;

/** By first and last code point; what is between the ranges has no letters that count. */
const RANGES: readonly (readonly [from: number, to: number, script: string])[] = [
  [0x41, 0x5a, 'Latin'],
  [0x61, 0x7a, 'Latin'],
  [0xc0, 0x24f, 'Latin'],
  [0x370, 0x3ff, 'Greek'],
  [0x400, 0x52f, 'Cyrillic'],
  [0x530, 0x58f, 'Armenian'],
  [0x590, 0x5ff, 'Hebrew'],
  [0x600, 0x77f, 'Arabic'],
  [0x900, 0x97f, 'Devanagari'],
  [0x980, 0x9ff, 'Bengali'],
  [0xa00, 0xa7f, 'Gurmukhi'],
  [0xa80, 0xaff, 'Gujarati'],
  [0xb00, 0xb7f, 'Oriya'],
  [0xb80, 0xbff, 'Tamil'],
  [0xc00, 0xc7f, 'Telugu'],
  [0xc80, 0xcff, 'Kannada'],
  [0xd00, 0xd7f, 'Malayalam'],
  [0xd80, 0xdff, 'Sinhala'],
  [0xe00, 0xe7f, 'Thai'],
  [0xe80, 0xeff, 'Lao'],
  [0xf00, 0xfff, 'Tibetan'],
  [0x1000, 0x109f, 'Myanmar'],
  [0x10a0, 0x10ff, 'Georgian'],
  [0x1100, 0x11ff, 'Hangul'],
  [0x1200, 0x139f, 'Ethiopic'],
  [0x1780, 0x17ff, 'Khmer'],
  [0x1e00, 0x1eff, 'Latin'],
  [0x3040, 0x30ff, 'Kana'],
  [0x3400, 0x9fff, 'Han'],
  [0xac00, 0xd7af, 'Hangul'],
];

/** A letter of Han or Hangul is worth several of an alphabet. */
const WEIGHTS: Readonly<Record<string, number>> = { Han: 4, Kana: 3, Hangul: 3 };

function scriptOf(code: number): string | undefined {
  let low = 0;
  let high = RANGES.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [from, to, script] = RANGES[middle] ?? [0, 0, ''];
    if (code < from) high = middle - 1;
    else if (code > to) low = middle + 1;
    else return script;
  }
  return;
}

/** What each word and letter speaks for, shared among the languages that have it. */
const VOTES: ReadonlyMap<string, readonly string[]> = votes();

function votes(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [code, words] of Object.entries(WORDS_BY_LANGUAGE))
    for (const word of new Set(words.split(' '))) found.set(word, [...(found.get(word) ?? []), code]);
  return found;
}

const ENGLISH = ['en'];

/** The language and script that a text is in. Twenty letters are enough in most cases. */
export function languageOf(text: string): Language {
  const sample = text.length > SAMPLE ? text.slice(0, SAMPLE) : text;
  const letters = new Map<string, number>();
  for (let i = 0; i < sample.length; i++) {
    const script = scriptOf(sample.charCodeAt(i));
    if (script !== undefined) letters.set(script, (letters.get(script) ?? 0) + (WEIGHTS[script] ?? 1));
  }
  const total = [...letters.values()].reduce((sum, one) => sum + one, 0);
  if (total === 0) return { code: 'und', script: 'Common', confidence: 0 };
  const [script, most] = [...letters].reduce((a, b) => (b[1] > a[1] ? b : a));
  const share = most / total;
  if (script === 'Han' || script === 'Kana') {
    const kana = letters.get('Kana') ?? 0;
    const han = letters.get('Han') ?? 0;
    return { code: kana * 12 > han ? 'ja' : 'zh', script, confidence: share };
  }
  const only = LANGUAGE_OF_SCRIPT[script];
  if (only !== undefined) return { code: only, script, confidence: share };
  return { script, ...byWords(sample) };
}

function byWords(sample: string): { code: string; confidence: number } {
  const scores = new Map<string, number>();
  const vote = (codes: readonly string[], weight: number) => {
    for (const code of codes) scores.set(code, (scores.get(code) ?? 0) + weight / Math.sqrt(codes.length));
  };
  const lower = sample.toLowerCase();
  for (const [word] of lower.matchAll(/[\p{L}\p{M}'ʻ‘]+/gu)) {
    const codes = VOTES.get(word);
    if (codes !== undefined) vote(codes, word.length > 1 ? 1 : 0.3);
    // The rest of English is known too, but less telling: other languages quote it.
    else if (word.length > 2 && WORDS.has(word)) vote(ENGLISH, 0.4);
  }
  for (const char of lower) {
    const codes = LETTERS_BY_LANGUAGE[char];
    if (codes !== undefined) vote(codes.split(' '), 0.35);
  }
  const ranked = [...scores].sort((a, b) => b[1] - a[1]);
  const [first, second] = ranked;
  if (first === undefined) return { code: 'und', confidence: 0 };
  const ahead = (first[1] - (second?.[1] ?? 0)) / first[1];
  return { code: first[0], confidence: Math.min(1, ahead) * Math.min(1, first[1] / 3) };
}
