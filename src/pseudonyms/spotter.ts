import type { StandIn } from './form.ts';
import { type Place, Trie } from './trie.ts';
import { ESCAPES, isUnseen, unitAt } from './units.ts';

/** A stand-in in a text: half-open, in UTF-16 code units from the start of the text. */
export interface Spot {
  readonly start: number;
  readonly end: number;
  readonly standIn: StandIn;
}

/** What is known after the text so far; as with a guard, `found` lies before `clear`, and `clear` never goes back. */
export interface Spotted {
  readonly clear: number;
  readonly found: readonly Spot[];
}

/** Characters without meaning between two of a stand-in: what Markdown, a line wrap or another grouping puts there. */
const MOST_BETWEEN = 12;

/** UTF-16 code units that a stand-in may take in a text, however it is written: more is never held back. */
const LONGEST = 512;

/** Spaces and line ends, emphasis, escapes, quoted lines, and what groups digits. Never what holds JSON together. */
const BETWEEN = /^[\s_\-.*`~+()/\\>@‐‑–\u00a0]$/u;
const WORD = /^[a-z0-9]$/;

/** The ways in which stand-ins may be written, all in one: built as they are made, and read by any number of texts. */
export class Spellings {
  /** Read with anything of {@link BETWEEN} between their characters. */
  readonly loose = new Trie<StandIn>();
  /** Read as they stand. */
  readonly strict = new Trie<StandIn>();
  /** By code: with this ASCII character one may begin, or the escape of one with which one may. */
  readonly starts = new Uint8Array(0x80);
  /** Asked when one is found: what it stands for may have been erased since. */
  readonly stands: (standIn: StandIn) => boolean;

  constructor(stands: (standIn: StandIn) => boolean = () => true) {
    this.stands = stands;
    for (const char of ESCAPES) this.starts[char.charCodeAt(0)] = 1;
  }

  add(standIn: StandIn): void {
    const { loose = [], strict = [] } = standIn.spellings;
    for (const [first = ''] of [...loose, ...strict]) {
      for (const char of [first, first.toUpperCase()]) this.starts[char.charCodeAt(0)] = 1;
    }
    for (const spelling of loose) this.loose.add(spelling, standIn);
    for (const spelling of strict) this.strict.add(spelling, standIn);
  }
}

/** A stand-in that may be coming. */
interface Live {
  readonly start: number;
  readonly trie: Trie<StandIn>;
  readonly loose: boolean;
  /** It begins in the middle of a word. */
  readonly inWord: boolean;
  place: Place<StandIn>;
  between: number;
  whole: { readonly end: number; readonly standIn: StandIn } | undefined;
  over: boolean;
}

/**
 * Finds stand-ins in one text, split anywhere, in time linear in it. The leftmost counts, and of those the longest. Text
 * is held back only from where one may still be coming.
 */
export class Spotter {
  readonly #spellings: Spellings;
  #live: Live[] = [];
  /** The start of an escape whose end has not come. */
  #open = '';
  /** Offset up to which all is read. */
  #at = 0;
  #inWord = false;
  /** Offset up to which all belongs to what was found. */
  #taken = 0;
  #found: Spot[] = [];

  constructor(spellings: Spellings) {
    this.#spellings = spellings;
  }

  push(text: string): Spotted {
    this.#read(this.#open + text, false);
    return this.#spotted();
  }

  end(): Spotted {
    this.#read(this.#open, true);
    for (const one of this.#live) one.over = true;
    this.#settle();
    return this.#spotted();
  }

  #spotted(): Spotted {
    const found = this.#found;
    this.#found = [];
    return { clear: this.#live[0]?.start ?? this.#at, found };
  }

  #read(text: string, final: boolean): void {
    this.#open = '';
    for (let i = 0; i < text.length; ) {
      if (this.#live.length === 0) {
        const from = i;
        i = this.#skip(text, i);
        this.#at += i - from;
        if (i === text.length) return;
      }
      const unit = unitAt(text, i, final);
      if (unit === undefined) {
        this.#open = text.slice(i);
        return;
      }
      i += unit.length;
      this.#step(unit.char, this.#at, this.#at + unit.length);
      this.#at += unit.length;
    }
  }

  /** Over what none can begin with: nearly all of nearly every text. */
  #skip(text: string, from: number): number {
    const { starts } = this.#spellings;
    let to = from;
    while (to < text.length && starts[text.charCodeAt(to)] !== 1) to++;
    for (let i = to - 1; i >= from; i--) {
      if (isUnseen(text.charAt(i))) continue;
      this.#inWord = WORD.test(text.charAt(i).toLowerCase());
      break;
    }
    return to;
  }

  #step(char: string, start: number, end: number): void {
    const isWord = WORD.test(char);
    if (this.#live.length > 0) {
      let over = false;
      for (const one of this.#live) {
        if (!one.over) advance(one, char, isWord, start, end);
        over ||= one.over;
      }
      if (over) this.#settle();
    }
    if (char !== '' && start >= this.#taken) this.#beginAll(char, start);
    if (char !== '') this.#inWord = isWord;
  }

  #beginAll(char: string, start: number): void {
    const { loose, strict } = this.#spellings;
    if (loose.begins(char)) this.#begin(loose, true, char, start);
    if (strict.begins(char)) this.#begin(strict, false, char, start);
  }

  #begin(trie: Trie<StandIn>, loose: boolean, char: string, start: number): void {
    const place = trie.step(trie.start, char);
    if (place === undefined) return;
    const inWord = this.#inWord && WORD.test(char);
    this.#live.push({ start, trie, loose, inWord, place, between: 0, whole: undefined, over: false });
  }

  /** Takes what is decided from the front. */
  #settle(): void {
    for (let first = this.#live[0]; first?.over; first = this.#live[0]) {
      const { start, whole } = first;
      if (whole === undefined || !this.#spellings.stands(whole.standIn)) {
        this.#live.shift();
        continue;
      }
      this.#found.push({ start, ...whole });
      this.#taken = whole.end;
      this.#live = this.#live.filter((other) => other.start >= whole.end);
    }
  }
}

function advance(one: Live, char: string, isWord: boolean, start: number, end: number): void {
  const { trie, place, whole } = one;
  // Digits that go on are another number.
  if (isWord && whole?.standIn.bounded === true && whole.end === start) one.whole = undefined;
  const next = char === '' ? place : trie.step(place, char);
  if (next !== undefined && end - one.start <= LONGEST) {
    if (char === '') return;
    one.place = next;
    one.between = 0;
    const standIn = trie.valueAt(next);
    if (standIn === undefined || (standIn.bounded && one.inWord)) return;
    one.whole = { end, standIn };
    one.over = !standIn.bounded && !trie.goesOn(next);
    return;
  }
  const goesOn = one.loose && one.whole === undefined && one.between < MOST_BETWEEN && BETWEEN.test(char);
  if (goesOn && end - one.start <= LONGEST) one.between++;
  else one.over = true;
}
