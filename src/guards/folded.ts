import { fold } from '../text/fold.ts';
import type { Found, Reader, Reading } from './guard.ts';
import type { MatchReader } from './match-reader.ts';

const FOLDED = new Map<string, string>();

/** A character in plain dress: what is not seen is nothing. */
function plain(char: string): string {
  if (char < '\u0080') return char;
  const known = FOLDED.get(char);
  if (known !== undefined) return known;
  const { text } = fold(char);
  if (FOLDED.size < 16_384) FOLDED.set(char, text);
  return text;
}

/** Lets a reader read a text in plain dress, character by character, and says where in the text its findings are. */
export class FoldedReader implements Reader {
  readonly #reader: MatchReader;
  /** Of each character of the folded text from {@link #base} on: where what it was written as begins and ends. */
  #starts: number[] = [];
  #ends: number[] = [];
  #base = 0;
  #at = 0;
  #clear = 0;
  /** The first half of a surrogate pair. */
  #high = '';

  constructor(reader: MatchReader) {
    this.#reader = reader;
  }

  push(text: string): Reading {
    const whole = this.#high + text;
    this.#high = /[\ud800-\udbff]$/.exec(whole)?.[0] ?? '';
    const folded = this.#fold(whole.slice(0, whole.length - this.#high.length));
    return this.#placed(this.#reader.push(folded));
  }

  end(): Reading {
    const folded = this.#fold(this.#high);
    this.#high = '';
    const first = this.#placed(this.#reader.push(folded));
    const last = this.#placed(this.#reader.end());
    return { clear: last.clear, found: [...first.found, ...last.found] };
  }

  #fold(text: string): string {
    let folded = '';
    for (const char of text) {
      const letters = plain(char);
      for (let i = 0; i < letters.length; i++) {
        this.#starts.push(this.#at);
        this.#ends.push(this.#at + char.length);
      }
      this.#at += char.length;
      folded += letters;
    }
    return folded;
  }

  #placed({ clear, found }: Reading): Reading {
    const from = this.#clear;
    const placed: Found[] = [];
    for (const one of found) {
      // A character may be several letters, of which a finding has some.
      const start = Math.max(from, this.#starts[one.start - this.#base] ?? from);
      const end = this.#ends[one.end - 1 - this.#base] ?? start;
      if (end > start) placed.push({ ...one, start, end });
    }
    const settled = this.#starts[clear - this.#base] ?? this.#at;
    this.#clear = Math.max(from, settled, ...placed.map(({ end }) => end));
    this.#starts.splice(0, clear - this.#base);
    this.#ends.splice(0, clear - this.#base);
    this.#base = clear;
    return { clear: this.#clear, found: placed };
  }
}
