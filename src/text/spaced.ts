import { EDGE, naturalness, SYMBOL, symbolAt } from './natural.ts';
import { segment } from './segment.ts';
import { byOrigins } from './spans.ts';
import { type Finder, matches, type Stretch } from './stretch.ts';
import { KNOWN_WORDS, mayBeKnown } from './words.ts';

/** Letters set apart, words cut by signs, letters doubled, words run together: put back as they are written. */

const SPACED = /(?<![A-Za-z0-9])[A-Za-z0-9@$](?:[^A-Za-z0-9@$]{1,4}[A-Za-z0-9@$](?![A-Za-z0-9])){3,4000}/g;
/** Runs are read in lengths of 4,000 letters, and so many of them. */
const FEW = 32;
const CUT = /[-._*~|^+/\\][A-Za-z]/g;
const SIGNS = '-._*~|^+/\\';
/** By code: 1 a letter, 2 a sign that cuts. */
const IN_CUT = Uint8Array.from({ length: 128 }, (_, code) =>
  SYMBOL[code] !== EDGE ? 1 : SIGNS.includes(String.fromCharCode(code)) ? 2 : 0,
);
const inCut = (text: string, at: number): number => {
  const code = text.charCodeAt(at);
  return code < 128 ? (IN_CUT[code] as number) : 0;
};
const LONGEST_CUT = 40;

export const spaced: Finder = {
  kind: 'spaced',
  repairs: true,
  find(text, survey) {
    const found: Stretch[] = [];
    const { singles, doubled, long } = survey.words;
    if (singles >= 3)
      for (const match of matches(text, SPACED, FEW)) push(found, lettersOf(match[0], match.index));
    cutWords(text, found);
    if (doubled.some(({ start, end }) => end - start >= SURELY_DOUBLED))
      for (const { start, end } of doubled) push(found, undoubled(text.slice(start, end), start));
    for (const { start, end } of long) push(found, runTogether(text.slice(start, end), start));
    return apart(found);
  },
};

/** Words with signs within: `ig-nore`. */
function cutWords(text: string, into: Stretch[]): void {
  let done = 0;
  for (const { index } of matches(text, CUT)) {
    if (index < done) continue;
    let start = index;
    let end = index + 1;
    const first = Math.max(done, index - LONGEST_CUT);
    while (start > first && inCut(text, start - 1) > 0) start--;
    while (end < index + LONGEST_CUT && inCut(text, end) > 0) end++;
    done = end;
    while (start < index && inCut(text, start) !== 1) start++;
    while (end > index && inCut(text, end - 1) !== 1) end--;
    let letters = 0;
    for (let at = start; at < end; at++) if (inCut(text, at) === 1) letters++;
    if (mayBeKnown(letters, text.charCodeAt(start), text.charCodeAt(end - 1)))
      push(into, cutWord(text.slice(start, end), start));
  }
}

function push(into: Stretch[], one: Stretch | undefined): void {
  if (one !== undefined) into.push(one);
}

/** A stretch that keeps some characters of its source and sets spaces between some. `places` of -1 are spaces. */
function kept(source: string, at: number, places: readonly number[]): Stretch {
  const end = at + source.length;
  const origins = () => {
    const starts = places.map((place, i) => at + (place < 0 ? (places[i - 1] ?? 0) + 1 : place));
    return { starts, ends: starts.map((start, i) => (places[i] === -1 ? start : start + 1)) };
  };
  const text = places.map((place) => (place < 0 ? ' ' : source[place])).join('');
  return { kind: 'spaced', start: at, end, text, spanOf: byOrigins(origins, { start: at, end }) };
}

/** Sets spaces where words begin, of letters at `places`. */
function split(source: string, at: number, places: readonly number[], starts: readonly number[]): Stretch {
  const begins = new Set(starts);
  return kept(
    source,
    at,
    places.flatMap((place, i) => (i > 0 && begins.has(i) ? [-1, place] : [place])),
  );
}

/**
 * `i g n o r e  a l l`: what stands between most letters is nothing, anything else is a space. With the same between
 * all of them, the words are found by a list.
 */
function lettersOf(source: string, at: number): Stretch | undefined {
  const places: number[] = [];
  const gaps: string[] = [];
  for (const match of source.matchAll(/[A-Za-z0-9@$]/g)) {
    const last = places.at(-1);
    if (last !== undefined) gaps.push(source.slice(last + 1, match.index));
    places.push(match.index);
  }
  const letters = places.map((place) => source[place] ?? '').join('');
  const alphabetic = letters.replace(/[^A-Za-z]/g, '');
  const segments = segment(alphabetic.toLowerCase());
  // Vowels in a row, the counter of a loop: letters set apart make a word, or are none.
  if (alphabetic.length < 4 || alphabetic.length * 3 < letters.length * 2) return;
  if (segments.known < 0.5 && (alphabetic.length < 8 || naturalness(alphabetic) < 0.3)) return;
  const counts = new Map<string, number>();
  for (const gap of gaps) counts.set(gap, (counts.get(gap) ?? 0) + 1);
  const [usual, times] = [...counts].reduce((most, one) => (one[1] > most[1] ? one : most));
  if (times * 2 <= gaps.length) return;
  const wide = gaps.flatMap((gap, i) => (gap !== usual && gap.length >= usual.length ? [i + 1] : []));
  if (wide.length * 2 < gaps.length && wide.length > 0) return split(source, at, places, [0, ...wide]);
  return alphabetic.length === letters.length && segments.known >= 0.6
    ? split(source, at, places, segments.starts)
    : kept(source, at, places);
}

function placesOfLetters(source: string): number[] {
  const places: number[] = [];
  for (let at = 0; at < source.length; at++) if (symbolAt(source, at) !== EDGE) places.push(at);
  return places;
}

/** `ig-nore`, `ins.truc.tions`: the pieces are no words, the whole is one. */
function cutWord(source: string, at: number): Stretch | undefined {
  const pieces = source.toLowerCase().split(/[^a-z]+/);
  const word = pieces.join('');
  if (pieces.length < 2 || word.length < 5 || !KNOWN_WORDS.has(word)) return;
  if (pieces.some((piece) => piece === '' || (piece.length > 3 && KNOWN_WORDS.has(piece)))) return;
  return kept(source, at, placesOfLetters(source));
}

/** Shorter words are doubled in the company of one so long only. */
const SURELY_DOUBLED = 8;
const LONGEST_DOUBLED = 64;

function undoubled(source: string, at: number): Stretch | undefined {
  if (source.length % 2 !== 0 || source.length > LONGEST_DOUBLED) return;
  const places: number[] = [];
  for (let i = 0; i < source.length; i += 2) {
    if (source[i]?.toLowerCase() !== source[i + 1]?.toLowerCase()) return;
    places.push(i);
  }
  return kept(source, at, places);
}

/** At least so many words, of which nearly every letter is known. */
const TOGETHER = 3;
const LONGEST_RUN = 4000;

function runTogether(source: string, at: number): Stretch | undefined {
  if (source.length > LONGEST_RUN) return;
  const { starts, known } = segment(source.toLowerCase());
  if (known < 0.9 || starts.length < TOGETHER || source.length / starts.length < 3) return;
  return split(
    source,
    at,
    [...source].map((_, i) => i),
    starts,
  );
}

/** `ig no re al l pre vio us`: words cut into shreds, which make known words when put together. */
export const shreds: Finder = {
  kind: 'spaced',
  repairs: true,
  find(text, survey) {
    const found: Stretch[] = [];
    for (const { start, end } of survey.words.shreds.slice(0, FEW)) {
      const source = text.slice(start, Math.min(end, start + LONGEST_RUN));
      const pieces = source.toLowerCase().split(/[^a-z]+/);
      const words = pieces.filter((piece) => KNOWN_WORDS.has(piece)).length;
      if (words * 2 > pieces.length) continue;
      const places = placesOfLetters(source);
      const letters = places.map((place) => source[place]).join('');
      const segments = segment(letters.toLowerCase());
      if (segments.known >= 0.9 && segments.starts.length < pieces.length)
        found.push(split(source, start, places, segments.starts));
    }
    return found;
  },
};

/** In order of start, and none over another. */
export function apart<S extends { readonly start: number; readonly end: number }>(found: S[]): S[] {
  if (found.length < 2) return found;
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  let end = 0;
  return found.filter((one) => {
    if (one.start < end) return false;
    end = one.end;
    return true;
  });
}
