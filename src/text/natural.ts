import { LETTER_PAIRS, PAIR_STEPS, PAIR_ZERO } from './letter-pairs.ts';
import { KNOWN_WORDS, mayBeKnown } from './words.ts';

/** Letters a to z in either case are 0 to 25, everything else is the edge of a word. */
export const EDGE = 26;
export const SYMBOL = Uint8Array.from({ length: 128 }, (_, code) => {
  const letter = (code | 32) - 97;
  return code >= 65 && letter >= 0 && letter < 26 ? letter : EDGE;
});
const SYMBOLS = 27;

export const PAIRS = Int8Array.from(LETTER_PAIRS, (char) => char.charCodeAt(0) - PAIR_ZERO);

/** Bits per letter from which letters read as words of a language; most text has more than 1, noise less than 0. */
export const NATURAL = 0.55;

/** Not asked of the table beyond its end: that is slow. */
export const symbolOf = (code: number): number => (code < 128 ? (SYMBOL[code] as number) : EDGE);
export const symbolAt = (text: string, at: number): number => symbolOf(text.charCodeAt(at));
export const pairScore = (first: number, second: number): number => PAIRS[first * SYMBOLS + second] ?? 0;

/**
 * How much a stretch reads like a language in Latin letters: bits per letter over letters drawn at random, by pairs.
 * Letters that are not ASCII count for nothing. 0 without letters.
 */
export function naturalness(text: string, start = 0, end = text.length): number {
  let last = EDGE;
  let sum = 0;
  let letters = 0;
  for (let i = start; i < end; i++) {
    const symbol = symbolOf(text.charCodeAt(i));
    if (symbol === EDGE && last === EDGE) continue;
    sum += PAIRS[last * SYMBOLS + symbol] ?? 0;
    if (symbol !== EDGE) letters++;
    last = symbol;
  }
  if (last !== EDGE) sum += pairScore(last, EDGE);
  return letters === 0 ? 0 : sum / PAIR_STEPS / letters;
}

const APOSTROPHE = 39;
const isLower = (code: number): boolean => code >= 97 && code <= 122;
const isWordly = (code: number): boolean => isLower(code) || code === APOSTROPHE;

/** The share of letters that stand in known words of three letters and more. */
export function knownShare(text: string): number {
  const lower = text.toLowerCase();
  let known = 0;
  let letters = 0;
  for (let end = 0; end < lower.length; end++) {
    const start = end;
    while (end < lower.length && isWordly(lower.charCodeAt(end))) end++;
    const size = end - start;
    letters += size;
    if (
      size > 2 &&
      mayBeKnown(size, lower.charCodeAt(start), lower.charCodeAt(end - 1)) &&
      KNOWN_WORDS.has(lower.slice(start, end))
    )
      known += size;
  }
  return letters === 0 ? 0 : known / letters;
}

/** How many letters of ASCII a text has. */
export function lettersIn(text: string): number {
  let letters = 0;
  for (let i = 0; i < text.length; i++) if (isLower(text.charCodeAt(i) | 32)) letters++;
  return letters;
}

/** Some of a long text, enough to judge it by. */
export const SAMPLE = 400;

/** How well letters read, words included: bits per letter, and up to two more where the words are known. */
export function reads(text: string): number {
  const sample = text.length > SAMPLE ? text.slice(0, SAMPLE) : text;
  return naturalness(sample) + 2 * knownShare(sample);
}
