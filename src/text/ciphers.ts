import type { Span } from '../base/spans.ts';
import { EDGE, knownShare, lettersIn, naturalness, pairScore, SAMPLE, symbolAt } from './natural.ts';
import { scratch, written } from './scratch.ts';
import { byOrigins, from } from './spans.ts';
import type { Finder, Stretch } from './stretch.ts';
import type { ViewKind } from './view.ts';
import { isKnown } from './words.ts';

/** Letters for letters: rotations, atbash, and text that runs backwards. Only what then reads better is kept. */

/** How much better, in bits per letter (`naturalness`, and two more for known words). */
const BETTER = 0.7;
/** A short stretch must have known words; a long one may be of a language whose words are not known. */
const KNOWN = 0.25;
const SURE = 0.9;
const LONG = 40;
/** Fewer letters say nothing; with 26 ways to try, they must say more. */
const FEWEST = 10;
const FEWEST_TURNED = 14;

/** Quick questions first: few stretches get to the words. */
function readsBetter(after: string, before: string, fewest = FEWEST): boolean {
  const length = lettersIn(before);
  if (length < fewest) return false;
  const bits = naturalness(after);
  const least = naturalness(before) + BETTER;
  if (bits < 0.4 || bits + 2 < least) return false;
  const known = knownShare(after);
  if (bits + 2 * known < least + 2 * knownShare(before)) return false;
  return known >= KNOWN || (length >= LONG && bits >= SURE);
}

const sampled = (text: string) => (text.length > SAMPLE ? text.slice(0, SAMPLE) : text);

/** Tables from code to code: 1 to 25 rotate, 0 is atbash. */
const TABLES = Array.from({ length: 26 }, (_, turn) =>
  Uint8Array.from({ length: 128 }, (_, code) => {
    const letter = (code | 32) - 97;
    if (code < 65 || letter < 0 || letter > 25) return code;
    return code - letter + (turn === 0 ? 25 - letter : (letter + turn) % 26);
  }),
);

/** The same for symbols: letters by their place in the alphabet. */
const TURNS = TABLES.map((table) =>
  Uint8Array.from({ length: EDGE + 1 }, (_, symbol) =>
    symbol === EDGE ? EDGE : (table[symbol + 97] as number) - 97,
  ),
);

function translated(text: string, turn: number): string {
  const table = TABLES[turn] ?? new Uint8Array(128);
  if (!/[^\x00-\x7f]/.test(text)) {
    const bytes = Buffer.from(text, 'latin1');
    for (let i = 0; i < bytes.length; i++) bytes[i] = table[bytes[i] ?? 0] ?? 0;
    return bytes.toString('latin1');
  }
  const units = scratch(text.length);
  for (let i = 0; i < text.length; i++) units[i] = table[text.charCodeAt(i)] ?? text.charCodeAt(i);
  return written(units, text.length);
}

/** Letters of what a turn is judged by. */
const TURNED = 160;
const symbols = new Uint8Array(TURNED + 1);

/** The rotation (or atbash) under which a stretch reads best. */
function bestTurn(sample: string): number {
  const length = Math.min(sample.length, TURNED);
  for (let i = 0; i < length; i++) symbols[i] = symbolAt(sample, i);
  symbols[length] = EDGE;
  let best = 13;
  let most = Number.NEGATIVE_INFINITY;
  for (let turn = 0; turn < 26; turn++) {
    const into = TURNS[turn] as Uint8Array;
    let last = EDGE;
    let sum = 0;
    for (let i = 0; i <= length; i++) {
      const next = into[symbols[i] as number] as number;
      if (next !== EDGE || last !== EDGE) sum += pairScore(last, next);
      last = next;
    }
    if (sum <= most) continue;
    most = sum;
    best = turn;
  }
  return best;
}

export const rotations: Finder = {
  kind: 'caesar',
  repairs: false,
  find(text, survey) {
    const found: Stretch[] = [];
    for (const suspect of merged(survey.words.unnatural)) {
      const sample = sampled(text.slice(suspect.start, suspect.end));
      const turn = bestTurn(sample);
      const kind: ViewKind = turn === 13 ? 'rot13' : turn === 0 ? 'atbash' : 'caesar';
      const fewest = kind === 'caesar' ? FEWEST_TURNED : FEWEST;
      if (!readsBetter(translated(sample, turn), sample, fewest)) continue;
      const { start, end } = widened(text, suspect, (word) => translated(word, turn));
      if (start < (found.at(-1)?.end ?? 0)) continue;
      found.push({ kind, start, end, text: translated(text.slice(start, end), turn), spanOf: from(start) });
    }
    return found;
  },
};

/** Some words of a cipher happen to look like words: what is so near belongs together. */
const NEAR = 32;

function merged(suspects: readonly Span[]): Span[] {
  const found: { start: number; end: number }[] = [];
  for (const { start, end } of suspects) {
    const last = found.at(-1);
    if (last !== undefined && start - last.end <= NEAR) last.end = end;
    else found.push({ start, end });
  }
  return found;
}

/** How far a stretch is followed into words that its cipher makes better. UTF-16 units on each side. */
const FARTHEST = 240;

function widened(text: string, { start, end }: Span, read: (word: string) => string): Span {
  const better = (word: string) => {
    const other = read(word);
    const known = isKnown(word);
    const knownOther = isKnown(other);
    return known === knownOther ? naturalness(other) > naturalness(word) : knownOther;
  };
  const isLetter = (at: number) => symbolAt(text, at) !== EDGE;
  const least = Math.max(0, start - FARTHEST);
  const most = Math.min(text.length, end + FARTHEST);
  let first = start;
  for (let at = start; ; ) {
    while (at > least && !isLetter(at - 1)) at--;
    const until = at;
    while (at > least && isLetter(at - 1)) at--;
    if (at === until || !better(text.slice(at, until))) break;
    first = at;
  }
  let last = end;
  for (let at = end; ; ) {
    while (at < most && !isLetter(at)) at++;
    const since = at;
    while (at < most && isLetter(at)) at++;
    if (at === since || !better(text.slice(since, at))) break;
    last = at;
  }
  return { start: first, end: last };
}

/** Word pairs in the order that English has them. */
const ORDER = new Set(
  `of the,in the,to the,on the,and the,for the,ignore all,all previous,previous instructions,prior instructions,above instructions,
your instructions,the instructions,all instructions,system prompt,your system,the system,the user,tell me,show me,give me,you are,are now,
how to,to make,do not,from now,now on,is the,all the,the following,me the,me your,reveal your,reveal the,all prior,the above,what is,
i am,will be,you can,you will,the secret,secret key,the password,ignore previous,ignore the,forget all,forget your,disregard all,all your`.split(
    /,\s*/,
  ),
);

function orderOf(text: string): number {
  const words =
    sampled(text)
      .toLowerCase()
      .match(/[a-z']+/g) ?? [];
  let order = 0;
  for (let i = 1; i < words.length; i++) {
    if (ORDER.has(`${words[i - 1]} ${words[i]}`)) order++;
    if (ORDER.has(`${words[i]} ${words[i - 1]}`)) order--;
  }
  return order;
}

/** Backwards: as a whole, or word by word where that gives the order that English has. */
export const reversed: Finder = {
  kind: 'reversed',
  repairs: false,
  find(text, survey) {
    const found: Stretch[] = [];
    let done = 0;
    for (const suspect of merged(survey.words.backward)) {
      const { start, end } = widened(text, suspect, backwards);
      if (start < done) continue;
      const source = text.slice(start, end);
      const sample = sampled(source);
      const back = backwards(sample);
      if (!readsBetter(back, sample)) continue;
      done = end;
      const wordwise = orderOf(back) < 0;
      found.push(wordwise ? eachWord(source, start, end) : turned(source, start, end, 'reversed', undefined));
    }
    return found;
  },
};

/** By characters, so that those of two units stay whole. */
const backwards = (text: string) =>
  /[^\x00-\x7f]/.test(text)
    ? [...text].reverse().join('')
    : Buffer.from(text, 'latin1').reverse().toString('latin1');

export function turned(
  source: string,
  start: number,
  end: number,
  kind: ViewKind,
  into: ((char: string) => string) | undefined,
): Stretch {
  const text = into === undefined ? backwards(source) : [...source].reverse().map(into).join('');
  const origins = () => {
    const starts: number[] = [];
    const ends: number[] = [];
    let at = end;
    for (const char of [...source].reverse()) {
      at -= char.length;
      for (let unit = 0; unit < (into?.(char) ?? char).length; unit++) {
        starts.push(at);
        ends.push(at + char.length);
      }
    }
    return { starts, ends };
  };
  return { kind, start, end, text, spanOf: byOrigins(origins, { start, end }) };
}

function eachWord(source: string, start: number, end: number): Stretch {
  const origins = () => {
    const starts: number[] = [];
    for (const { index, 0: piece } of source.matchAll(/[A-Za-z]+|[^A-Za-z]+/g))
      for (let i = 0; i < piece.length; i++)
        starts.push(start + index + (/[A-Za-z]/.test(piece) ? piece.length - 1 - i : i));
    return { starts, ends: starts.map((at) => at + 1) };
  };
  const text = source.replace(/[A-Za-z]+/g, backwards);
  return { kind: 'reversed', start, end, text, spanOf: byOrigins(origins, { start, end }) };
}
