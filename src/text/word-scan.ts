import { PAIR_STEPS } from './letter-pairs.ts';
import { EDGE, PAIRS, pairScore, SYMBOL } from './natural.ts';

/** Words whose letters are no language's, or would be one backwards: a stretch that may be a cipher. */
export interface Suspect {
  readonly start: number;
  readonly end: number;
}

/** What one walk over the words of a text tells the finders that look at words. */
export interface WordScan {
  readonly unnatural: readonly Suspect[];
  readonly backward: readonly Suspect[];
  /** The most words of one letter in a row. */
  readonly singles: number;
  /** Words in which every letter stands twice, and words so long that they may be several. */
  readonly doubled: readonly Suspect[];
  readonly long: readonly Suspect[];
  /** The most words that end in -ay in a row (pig Latin). */
  readonly ay: number;
}

const SYMBOLS = 27;
/** Bits per letter below which a word adds to a stretch, and at which it takes away. */
const UNNATURAL = 0.3 * PAIR_STEPS;
const BACKWARD = 0.12 * PAIR_STEPS;
/** Bits in all that make a stretch worth a look. */
const WORTH = 5 * PAIR_STEPS;
/** Beyond so many stretches the rest of the text is one. */
const MOST = 32;
const LONG_WORD = 16;
const DOUBLED_WORD = 4;
const A = 0;
const Y = 24;

/** The stretches with the most in their favour, by running sums (Kadane). */
class Stretches {
  readonly found: { start: number; end: number }[] = [];
  #sum = 0;
  #best = 0;
  #start = 0;
  #end = 0;

  add(value: number, start: number, end: number): void {
    if (this.#sum <= 0) {
      if (value <= 0) return;
      this.#start = start;
    }
    this.#sum += value;
    if (this.#sum > this.#best) {
      this.#best = this.#sum;
      this.#end = end;
    }
    if (this.#sum <= 0 || this.#sum < this.#best - WORTH) this.flush();
  }

  flush(): void {
    const last = this.found.at(-1);
    if (this.#best >= WORTH) {
      if (last !== undefined && this.found.length >= MOST) last.end = this.#end;
      else this.found.push({ start: this.#start, end: this.#end });
    }
    this.#sum = this.#best = 0;
  }
}

export function scanWords(text: string): WordScan {
  const unnatural = new Stretches();
  const backward = new Stretches();
  const doubled: Suspect[] = [];
  const long: Suspect[] = [];
  let singles = 0;
  let singlesNow = 0;
  let ay = 0;
  let ayNow = 0;
  let last = EDGE;
  let before = EDGE;
  let start = 0;
  let forth = 0;
  let back = 0;
  let twice = 0;
  for (let i = 0; i <= text.length; i++) {
    const symbol = SYMBOL[text.charCodeAt(i)] ?? EDGE;
    if (symbol !== EDGE) {
      if (last === EDGE) start = i;
      else if (last === symbol) twice++;
      forth += PAIRS[last * SYMBOLS + symbol] ?? 0;
      back += PAIRS[symbol * SYMBOLS + last] ?? 0;
    } else if (last !== EDGE) {
      const length = i - start;
      if (length === 1) {
        if (++singlesNow > singles) singles = singlesNow;
      } else {
        singlesNow = 0;
        forth += pairScore(last, EDGE);
        back += pairScore(EDGE, last);
        unnatural.add(UNNATURAL * length - forth, start, i);
        backward.add(back - forth - BACKWARD * length, start, i);
        if (last === Y && before === A && length > 3) {
          if (++ayNow > ay) ay = ayNow;
        } else ayNow = 0;
        if (twice * 2 >= length && length >= DOUBLED_WORD) doubled.push({ start, end: i });
        else if (length >= LONG_WORD) long.push({ start, end: i });
      }
      forth = back = twice = 0;
    }
    before = last;
    last = symbol;
  }
  unnatural.flush();
  backward.flush();
  return { unnatural: unnatural.found, backward: backward.found, singles, doubled, long, ay };
}
