import { LETTER_PAIRS, PAIR_STEPS, PAIR_ZERO } from './letter-pairs.ts';
import { KNOWN_WORDS, LONGEST_WORD } from './words.ts';

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

export const symbolAt = (text: string, at: number): number => SYMBOL[text.charCodeAt(at)] ?? EDGE;
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
    const symbol = SYMBOL[text.charCodeAt(i)] ?? EDGE;
    if (symbol === EDGE && last === EDGE) continue;
    sum += PAIRS[last * SYMBOLS + symbol] ?? 0;
    if (symbol !== EDGE) letters++;
    last = symbol;
  }
  if (last !== EDGE) sum += pairScore(last, EDGE);
  return letters === 0 ? 0 : sum / PAIR_STEPS / letters;
}

/** The share of letters that stand in known words of three letters and more. */
export function knownShare(text: string): number {
  let known = 0;
  let letters = 0;
  for (const [word] of text.toLowerCase().matchAll(/[a-z']+/g)) {
    letters += word.length;
    if (word.length > 2 && word.length <= LONGEST_WORD && KNOWN_WORDS.has(word)) known += word.length;
  }
  return letters === 0 ? 0 : known / letters;
}

/** Some of a long text, enough to judge it by. */
export const SAMPLE = 400;

/** How well letters read, words included: bits per letter, and up to two more where the words are known. */
export function reads(text: string): number {
  const sample = text.length > SAMPLE ? text.slice(0, SAMPLE) : text;
  return naturalness(sample) + 2 * knownShare(sample);
}
