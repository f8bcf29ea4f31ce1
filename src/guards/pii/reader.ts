import type { Found, Reader, Reading } from '../guard.ts';
import type { Candidate } from './candidate.ts';
import { LONGEST_STRETCH, MARGIN } from './finder.ts';
import { LOUD, NAMING } from './loud.ts';
import { isSpace } from './tokens.ts';

/** So many quiet chunks end what a loud one began: no entity goes on beyond them. */
const QUIET_ENOUGH = 4;

/** What may follow a word that announces a name. */
const ANNOUNCED = 3;

const NOTHING: readonly Found[] = [];

/** Finds what is in `text` between two offsets; what is around them is context. */
export type Look = (text: string, from: number, to: number) => readonly Candidate[];

/** Says what a chunk of the text means for what is held back, as `loud.ts` has it. */
export type Loudness = (text: string, from: number, to: number) => number;

const endsChunk = (code: number): boolean =>
  isSpace(code) ||
  (code >= 0x3001 && code <= 0x3002) ||
  code === 0xff0c ||
  code === 0xff01 ||
  code === 0xff1f ||
  code === 0xff1b;

/**
 * Reads a text in blocks that the text itself makes: from a chunk that could be or begin an entity to the fourth chunk
 * in a row that could not. What is in a block depends on it and on the 96 code units before it, never on where the
 * text was cut, and what is between blocks leaves at once.
 */
export class BlockReader implements Reader {
  readonly #look: Look;
  readonly #loudness: Loudness;
  readonly #foundOf: (one: Candidate) => Found;
  /** The text from {@link #base} on. */
  #text = '';
  #base = 0;
  /** In the text that is held: where the chunk begins that is being read, and how far it was searched for its end. */
  #chunk = 0;
  #searched = 0;
  /** Where the block began; −1 between blocks. */
  #block = -1;
  #quiet = 0;
  #announced = 0;

  constructor(look: Look, loudness: Loudness, foundOf: (one: Candidate) => Found) {
    this.#look = look;
    this.#loudness = loudness;
    this.#foundOf = foundOf;
  }

  push(piece: string): Reading {
    this.#text = this.#text === '' ? piece : this.#text + piece;
    return this.#read(false);
  }

  end(): Reading {
    return this.#read(true);
  }

  #read(last: boolean): Reading {
    const found: Found[] = [];
    const text = this.#text;
    const { length } = text;
    for (;;) {
      while (this.#searched < length && !endsChunk(text.charCodeAt(this.#searched))) {
        this.#searched++;
        if (this.#searched - this.#start() >= LONGEST_STRETCH) this.#cut(text, found);
      }
      if (this.#searched === length && !last) break;
      if (this.#searched > this.#chunk) this.#take(text, found);
      if (this.#searched === length) break;
      this.#searched++;
      this.#chunk = this.#searched;
      if (this.#block >= 0 && this.#searched - this.#block >= LONGEST_STRETCH) this.#cut(text, found);
    }
    if (last && this.#block >= 0) this.#settle(text, length, found);
    const clear = last ? length : this.#start();
    const reading = { clear: this.#base + clear, found: found.length === 0 ? NOTHING : found };
    this.#forget(clear - MARGIN);
    return reading;
  }

  /** Where what is not yet decided begins. */
  #start(): number {
    return this.#block >= 0 ? this.#block : this.#chunk;
  }

  #take(text: string, found: Found[]): void {
    const how = this.#loudness(text, this.#chunk, this.#searched);
    const announced = this.#announced > 0;
    if (announced) this.#announced--;
    if (how === NAMING) this.#announced = ANNOUNCED;
    if (how === LOUD || announced) {
      if (this.#block < 0) this.#block = this.#chunk;
      this.#quiet = 0;
    } else if (this.#block >= 0 && ++this.#quiet >= QUIET_ENOUGH) this.#settle(text, this.#searched, found);
  }

  #settle(text: string, to: number, found: Found[]): void {
    for (const one of this.#look(text.slice(0, to), this.#block, to)) found.push(this.#place(one));
    this.#block = -1;
  }

  /** A block grew too long: all is settled but its last part, or what reaches into that. */
  #cut(text: string, found: Found[]): void {
    const from = this.#start();
    const to = from + LONGEST_STRETCH;
    const all = this.#look(text.slice(0, to), from, to);
    const torn = all.find(({ end }) => end > to - MARGIN);
    const limit = torn === undefined ? to - MARGIN : Math.min(to - MARGIN, torn.start);
    const cut = limit > from ? limit : to;
    for (const one of all) if (one.end <= cut) found.push(this.#place(one));
    this.#block = cut;
    this.#quiet = 0;
    this.#chunk = Math.max(this.#chunk, cut);
  }

  #place(one: Candidate): Found {
    return this.#foundOf({ ...one, start: one.start + this.#base, end: one.end + this.#base });
  }

  #forget(before: number): void {
    if (before <= 0) return;
    this.#text = this.#text.slice(before);
    this.#base += before;
    this.#chunk -= before;
    this.#searched -= before;
    if (this.#block >= 0) this.#block -= before;
  }
}
