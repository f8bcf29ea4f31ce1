import type { Found, Reader, Reading } from '../guard.ts';
import type { LeakIndex } from './index-of.ts';
import { lettersOf, Rolling, STRETCH } from './letters.ts';

/** Letters without a known stretch among them after which a quotation is over. */
const GAP = 60;
/** Characters of one run without spaces that may be an encoding. */
const LONG_RUN = 40;

/** Follows one reading of a text: how much of it in a row is the system text. */
class Track {
  readonly #index: LeakIndex;
  readonly #need: number;
  readonly #rolling = new Rolling();
  #covered = 0;
  #lastHit = Number.NEGATIVE_INFINITY;
  #from = 0;

  constructor(index: LeakIndex, need: number) {
    this.#index = index;
    this.#need = need;
  }

  /**
   * @param start offset of what the letter was written as, and where that ends
   * @returns where a finding begins that ends here
   */
  letter(code: number, start: number, end: number): number | undefined {
    const hash = this.#rolling.push(code);
    if (hash === undefined || !this.#index.has(hash)) return undefined;
    const since = this.#rolling.count - this.#lastHit;
    this.#lastHit = this.#rolling.count;
    if (since > GAP) {
      this.#covered = STRETCH;
      this.#from = start;
    } else {
      this.#covered += Math.min(since, STRETCH);
    }
    if (this.#covered < this.#need) return undefined;
    const from = this.#from;
    this.#from = end;
    return from;
  }

  /** From where text is held; Infinity where nothing is. */
  get held(): number {
    return this.#rolling.count - this.#lastHit <= GAP ? this.#from : Number.POSITIVE_INFINITY;
  }
}

/**
 * Finds the system text in what a model says: word for word, whatever is done to case, spaces, signs and numbers of lines;
 * backwards, in rot13, in base64 and hexadecimal. Text is held back only from where 24 letters in a row are the system
 * text's.
 */
export class LeakReader implements Reader {
  readonly #plain: Track;
  /** By how many characters of the run stand before the encoding: `d=` of a query, a slash. */
  readonly #base64: readonly Track[];
  readonly #hex: Track;
  readonly #what: Omit<Found, 'start' | 'end'>;
  #at = 0;
  #high = '';
  #run = 0;
  #quanta = NO_QUANTA;
  #pair = '';
  #found: Found[] = [];
  /** The end of what was found last. */
  #settled = 0;

  constructor(index: LeakIndex, need: number, what: Omit<Found, 'start' | 'end'>) {
    this.#plain = new Track(index, need);
    this.#base64 = NO_QUANTA.map(() => new Track(index, need));
    this.#hex = new Track(index, need);
    this.#what = what;
  }

  push(text: string): Reading {
    for (let i = 0; i < text.length; i++) {
      const char = text[i] as string;
      const code = text.charCodeAt(i);
      this.#at++;
      if (code >= 0xd800 && code < 0xdc00) {
        this.#high = char;
        continue;
      }
      const whole = this.#high + char;
      this.#high = '';
      this.#feed(this.#plain, lettersOf(whole), this.#at - 1);
      this.#encoded(char, code);
    }
    return this.#reading(Math.min(this.#plain.held, this.#hex.held, ...this.#base64.map(({ held }) => held)));
  }

  end(): Reading {
    return this.#reading(Number.POSITIVE_INFINITY);
  }

  #feed(track: Track, letters: string, start: number): void {
    for (let i = 0; i < letters.length; i++) {
      const from = track.letter(letters.charCodeAt(i), start, this.#at);
      if (from === undefined) continue;
      // Two readings may find the same: it is found once.
      const found = { ...this.#what, start: Math.max(from, this.#settled), end: this.#at };
      if (found.start < found.end) this.#found.push(found);
      this.#settled = this.#at;
    }
  }

  /** A run without spaces (a line may end in it), read as if it were an encoding. */
  #encoded(char: string, code: number): void {
    if (code === 10 || code === 13) return;
    if (!isBase64(code)) {
      this.#run = 0;
      this.#quanta = NO_QUANTA;
      this.#pair = '';
      return;
    }
    this.#run++;
    this.#quanta = this.#quanta.map((quantum, before) => (this.#run > before ? quantum + char : ''));
    this.#pair = isHex(code) ? this.#pair + char : '';
    if (this.#pair.length === 2) {
      this.#feed(this.#hex, lettersOf(String.fromCharCode(Number.parseInt(this.#pair, 16))), this.#at - 1);
      this.#pair = '';
    }
    // The beginning of a run is kept until it is long enough to be one.
    if (this.#run < LONG_RUN) return;
    this.#quanta = this.#quanta.map((quantum, before) => {
      if (quantum.length === 0 || quantum.length % 4 !== 0) return quantum;
      for (const byte of Buffer.from(quantum, 'base64')) {
        this.#feed(this.#base64[before] as Track, lettersOf(String.fromCharCode(byte)), this.#at - 1);
      }
      return '';
    });
  }

  #reading(held: number): Reading {
    const found = this.#found;
    this.#found = [];
    return { clear: Math.max(Math.min(held, this.#at), this.#settled), found };
  }
}

/** The beginning of a run, read from each of its first four characters on. */
const NO_QUANTA: readonly string[] = ['', '', '', ''];

const isBase64 = (code: number): boolean =>
  (code >= 48 && code <= 57) ||
  ((code | 32) >= 97 && (code | 32) <= 122) ||
  code === 43 ||
  code === 45 ||
  code === 47 ||
  code === 61 ||
  code === 95;
const isHex = (code: number): boolean =>
  (code >= 48 && code <= 57) || ((code | 32) >= 97 && (code | 32) <= 102);
