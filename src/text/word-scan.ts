import type { Span } from '../base/spans.ts';
import { PAIR_STEPS } from './letter-pairs.ts';
import { EDGE, PAIRS, symbolOf } from './natural.ts';

/** What one walk over the words of a text tells the finders that look at words. */
export interface WordScan {
  /** Stretches whose letters are no language's, and such as would be one backwards: they may be ciphers. */
  readonly unnatural: readonly Span[];
  readonly backward: readonly Span[];
  /** Six short words and more in a row: they may be shreds of longer ones. */
  readonly shreds: readonly Span[];
  /** The most words of one letter in a row. */
  readonly singles: number;
  /** Words in which every letter may stand twice, and words so long that they may be several. */
  readonly doubled: readonly Span[];
  readonly long: readonly Span[];
  /** The most words that end in -ay in a row (pig Latin). */
  readonly ay: number;
}

const SYMBOLS = 27;
/** Bits per letter below which a word adds to a stretch, and at which it takes away. */
const UNNATURAL = Math.round(0.3 * PAIR_STEPS * 2) / 2;
const BACKWARD = 0.12 * PAIR_STEPS;
/** Bits in all that make a stretch worth a look. */
const WORTH = 5 * PAIR_STEPS;
/** Beyond so many stretches the rest of the text is one; beyond so many words of a kind the rest is let be. */
const MOST = 32;
const MOST_WORDS = 2048;
const LONG_WORD = 16;
const DOUBLED_WORD = 4;
const SHRED = 4;
const SHREDS = 6;
const AY = 24; // y after a
/** Both sums in one number: forwards in the low bits, backwards in the high ones. */
const SHIFT = 1 << 16;
/** The sums of a shorter word fit into 32 bits. */
const EXACT = 400;

/** By pair of symbols: forwards, and backwards times SHIFT. */
const BOTH_WAYS = Int32Array.from(PAIRS, (forth, pair) => {
  const back = PAIRS[(pair % SYMBOLS) * SYMBOLS + Math.floor(pair / SYMBOLS)] ?? 0;
  return forth + back * SHIFT;
});

/** The stretches with the most in their favour, by running sums (Kadane). */
class Stretches {
  readonly found: { start: number; end: number }[] = [];
  open = false;
  #sum = 0;
  #best = 0;
  #start = 0;
  #end = 0;

  add(value: number, start: number, end: number): void {
    if (!this.open) {
      this.#start = start;
      this.open = true;
    }
    this.#sum += value;
    if (this.#sum > this.#best) {
      this.#best = this.#sum;
      this.#end = end;
    }
    if (this.#sum <= 0 || this.#sum < this.#best - WORTH) this.close();
  }

  close(): void {
    const last = this.found.at(-1);
    if (this.#best >= WORTH) {
      if (last !== undefined && this.found.length >= MOST) last.end = this.#end;
      else this.found.push({ start: this.#start, end: this.#end });
    }
    this.#sum = this.#best = 0;
    this.open = false;
  }
}

export function scanWords(text: string): WordScan {
  const unnatural = new Stretches();
  const backward = new Stretches();
  const shreds: Span[] = [];
  const doubled: Span[] = [];
  const long: Span[] = [];
  let singles = 0;
  let singlesNow = 0;
  let ay = 0;
  let ayNow = 0;
  let shortNow = 0;
  let shortStart = 0;
  let shortEnd = 0;
  let last = EDGE;
  let before = EDGE;
  let start = 0;
  let sums = 0;
  let twice = 0;
  const length = text.length;
  for (let i = 0; i <= length; i++) {
    const symbol = i < length ? symbolOf(text.charCodeAt(i)) : EDGE;
    if (symbol !== EDGE) {
      if (last === EDGE) start = i;
      else if (last === symbol) twice++;
      sums += BOTH_WAYS[last * SYMBOLS + symbol] ?? 0;
      before = last;
      last = symbol;
      continue;
    }
    if (last === EDGE) continue;
    const size = i - start;
    if (size === 1) {
      if (++singlesNow > singles) singles = singlesNow;
    } else {
      singlesNow = 0;
      sums += BOTH_WAYS[last * SYMBOLS + EDGE] ?? 0;
      const back = size < EXACT ? (sums + SHIFT / 2) >> 16 : Math.round(sums / SHIFT);
      const forth = sums - back * SHIFT;
      const strange = UNNATURAL * size - forth;
      if (strange > 0 || unnatural.open) unnatural.add(strange, start, i);
      const turned = back - forth - BACKWARD * size;
      if (turned > 0 || backward.open) backward.add(turned, start, i);
      if (last !== AY || before !== 0 || size < 4) ayNow = 0;
      else if (++ayNow > ay) ay = ayNow;
      if (twice > 1 && twice * 2 >= size && size >= DOUBLED_WORD) {
        if (doubled.length < MOST_WORDS) doubled.push({ start, end: i });
      } else if (size >= LONG_WORD && long.length < MOST_WORDS) long.push({ start, end: i });
    }
    if (size > SHRED || (shortNow > 0 && start - shortEnd > 1)) {
      if (shortNow >= SHREDS && shreds.length < MOST_WORDS) shreds.push({ start: shortStart, end: shortEnd });
      shortNow = 0;
    }
    if (size <= SHRED) {
      if (shortNow++ === 0) shortStart = start;
      shortEnd = i;
    }
    before = last = EDGE;
    sums = twice = 0;
  }
  if (shortNow >= SHREDS && shreds.length < MOST_WORDS) shreds.push({ start: shortStart, end: shortEnd });
  unnatural.close();
  backward.close();
  return { unnatural: unnatural.found, backward: backward.found, shreds, singles, doubled, long, ay };
}
