import { fold } from '../../text/fold.ts';
import type { Found, Reader, Reading } from '../guard.ts';

/** Letters that must fit before text is held back: fewer fit by chance. */
const SURE = 6;

/** So many words of the token, no further apart than this, are no chance either (18 bits each): lists have more between them. */
const WORDS = 4;
const APART = 400;

/** Needles by their first two characters. */
export type NeedleIndex = ReadonlyMap<number, readonly string[]>;

const LEET = new Map(
  ['0o', '1i', '3e', '4a', '5s', '7t', '8b', '9g'].map(([digit, letter]) => [digit, letter]),
);
/** Of letters and digits, by the letters that digits stand for. */
const LETTERS = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code);
  return (LEET.get(char) ?? char).charCodeAt(0);
});

const pairOf = (first: number, second: number): number =>
  ((LETTERS[first] as number) << 8) | (LETTERS[second] as number);

export function indexOf(needles: readonly string[]): NeedleIndex {
  const index = new Map<number, string[]>();
  for (const needle of needles) {
    const pair = pairOf(needle.charCodeAt(0), needle.charCodeAt(1));
    const known = index.get(pair);
    if (known === undefined) index.set(pair, [needle]);
    else known.push(needle);
  }
  return index;
}

interface Live {
  readonly needle: string;
  fits: number;
  /** Where the text is held from. */
  from: number;
}

/**
 * Looks for needles in the letters and digits of a text, whatever stands between them, in any case and dress. Exact:
 * holds back only what has fitted for so long that it is no chance.
 */
export class NeedleReader implements Reader {
  readonly #index: NeedleIndex;
  readonly #what: Omit<Found, 'start' | 'end'>;
  readonly #words: ReadonlySet<string>;
  /** Where each word was read last. */
  readonly #read = new Map<string, number>();
  #live: Live[] = [];
  #last = 0;
  #at = 0;
  /** The end of what was found last. */
  #found = 0;
  /** The first half of a surrogate pair. */
  #high = '';

  /** @param words those of the needles of which one alone says nothing */
  constructor(
    index: NeedleIndex,
    what: Omit<Found, 'start' | 'end'>,
    words: ReadonlySet<string> = new Set(),
  ) {
    this.#index = index;
    this.#words = words;
    this.#what = what;
  }

  push(text: string): Reading {
    const found: Found[] = [];
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      this.#at++;
      if (code < 0x80) this.#unit(code, found);
      else if (code >= 0xd800 && code < 0xdc00) this.#high = text[i] as string;
      else {
        for (const char of plain(this.#high + text[i])) this.#unit(char.charCodeAt(0), found);
        this.#high = '';
      }
    }
    return this.#reading(found);
  }

  end(): Reading {
    this.#live = [];
    return this.#reading([]);
  }

  #unit(code: number, found: Found[]): void {
    const unit = code >= 65 && code <= 90 ? code + 32 : code;
    if (!((unit >= 97 && unit <= 122) || (unit >= 48 && unit <= 57))) return;
    const char = String.fromCharCode(unit);
    if (this.#live.length > 0) this.#live = this.#live.filter((live) => this.#fits(live, char, found));
    const starting = this.#index.get(pairOf(this.#last, unit));
    if (starting !== undefined) {
      for (const needle of starting) this.#live.push({ needle, fits: 2, from: 0 });
    }
    this.#last = unit;
  }

  #fits(live: Live, char: string, found: Found[]): boolean {
    const wanted = live.needle[live.fits];
    if (char !== wanted && LEET.get(char) !== wanted) return false;
    live.fits++;
    if (live.fits === SURE) live.from = this.#at - 1;
    if (live.fits < live.needle.length) return true;
    if (this.#words.has(live.needle) && !this.#isEnough(live.needle)) return false;
    // Needles overlap; what is found once is found.
    const start = Math.max(live.from, this.#found);
    if (start < this.#at) found.push({ ...this.#what, start, end: this.#at });
    this.#found = this.#at;
    return false;
  }

  #isEnough(word: string): boolean {
    this.#read.set(word, this.#at);
    return [...this.#read.values()].filter((at) => this.#at - at <= APART).length >= WORDS;
  }

  #reading(found: Found[]): Reading {
    let clear = this.#at;
    for (const { fits, from } of this.#live) if (fits >= SURE && from < clear) clear = from;
    return { clear: Math.max(clear, this.#found), found };
  }
}

const FOLDED = new Map<string, string>();

/** A character beyond ASCII as the letters that it looks like. */
function plain(char: string): string {
  const known = FOLDED.get(char);
  if (known !== undefined) return known;
  const letters = fold(char)
    .text.normalize('NFKD')
    .replace(/[^a-z0-9]/gi, '');
  if (FOLDED.size < 8192) FOLDED.set(char, letters);
  return letters;
}
