import { lowerUnit, UNIT, unitClass } from './alphabet.ts';
import { ENTRY, entryKey, type Lexicon } from './concepts.ts';
import { HASH_START, hashPair, hashUnit } from './hash.ts';

/** What a token is. */
export const TOKEN = { word: 1, number: 2, ideograph: 3, punctuation: 4 } as const;

/** A segment is closed at the end of a sentence or a line once it has so many words, and at all events at the last. */
const SENTENCE_WORDS = 5;
const LINE_WORDS = 3;
const MOST_WORDS = 36;

/**
 * A text cut into tokens and segments (about a sentence each), in arrays that are used again for the next text. One pass,
 * no strings made.
 */
export class Tokens {
  count = 0;
  /** Of the lower-case letters; numbers and runs of one punctuation have hashes of their own. */
  hash = new Int32Array(1024);
  kind = new Uint8Array(1024);
  start = new Int32Array(1024);
  end = new Int32Array(1024);
  /** Concepts that the token, or a phrase that ends with it, stands for: a byte each. */
  meaning = new Int32Array(1024);
  /** 1 begins with a capital, 2 all capitals. */
  caps = new Uint8Array(1024);
  /** 1 where a phrase of the lexicon begins with the token. */
  #begins = new Uint8Array(1024);
  segments = 0;
  /** Token that each segment begins with; one more at the end. */
  segment = new Int32Array(128);
  readonly #lexicon: Lexicon;

  constructor(lexicon: Lexicon) {
    this.#lexicon = lexicon;
  }

  read(text: string): void {
    this.count = 0;
    this.segments = 0;
    this.#segment(0);
    let words = 0;
    for (let at = 0; at < text.length; ) {
      const unit = text.charCodeAt(at);
      const kind = unitClass(unit);
      if (kind === UNIT.letter || kind === UNIT.digit) {
        at = this.#word(text, at);
        words++;
        if (words >= MOST_WORDS) words = this.#close();
      } else if (kind === UNIT.ideograph) {
        this.#ideograph(text, at++);
        words += 0.5;
        if (words >= MOST_WORDS) words = this.#close();
      } else if (kind === UNIT.stop) {
        const last = at;
        while (at < text.length && unitClass(text.charCodeAt(at)) === UNIT.stop) at++;
        this.#mark(unit, Math.min(at - last, 3), last, at);
        const ends = at === text.length || unit > 0x7f || unitClass(text.charCodeAt(at)) % 5 === 0;
        if (ends && words >= SENTENCE_WORDS) words = this.#close();
      } else if (kind === UNIT.newline) {
        const last = at;
        while (at < text.length && unitClass(text.charCodeAt(at)) % 5 === 0) at++;
        this.#mark(10, Math.min(at - last, 2), last, at);
        if (words >= LINE_WORDS) words = this.#close();
      } else if (kind === UNIT.space) at++;
      else at = this.#punctuation(text, at, unit);
    }
    if (this.count > (this.segment[this.segments - 1] as number)) this.#segment(this.count);
    else if (this.segments > 1 || this.count === 0) this.segment[this.segments - 1] = this.count;
    this.segments--;
  }

  #close(): number {
    this.#segment(this.count);
    return 0;
  }

  #segment(token: number): void {
    if (this.segments > 0 && this.segment[this.segments - 1] === token) return;
    if (this.segments === this.segment.length) this.segment = doubled(this.segment);
    this.segment[this.segments++] = token;
  }

  #place(hash: number, kind: number, start: number, end: number, caps: number): number {
    if (this.count === this.hash.length) this.#grow();
    const at = this.count++;
    this.hash[at] = hash;
    this.kind[at] = kind;
    this.start[at] = start;
    this.end[at] = end;
    this.meaning[at] = 0;
    this.caps[at] = caps;
    this.#begins[at] =
      kind !== TOKEN.punctuation && this.#lexicon.get(entryKey(hash, ENTRY.begins)) !== 0 ? 1 : 0;
    return at;
  }

  #grow(): void {
    this.hash = doubled(this.hash);
    this.start = doubled(this.start);
    this.end = doubled(this.end);
    this.meaning = doubled(this.meaning);
    this.kind = doubled(this.kind);
    this.caps = doubled(this.caps);
    this.#begins = doubled(this.#begins);
  }

  #word(text: string, start: number): number {
    const lexicon = this.#lexicon;
    let hash = HASH_START;
    let letters = 0;
    let capitals = 0;
    let stem = 0;
    let at = start;
    for (; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      const kind = unitClass(unit);
      if (kind === UNIT.digit) {
        hash = hashUnit(hash, 48);
        continue;
      }
      if (kind !== UNIT.letter) break;
      const lower = lowerUnit(unit);
      if (lower !== unit) capitals++;
      letters++;
      hash = hashUnit(hash, lower);
      if (letters >= 3) {
        const meaning = lexicon.get(entryKey(hash, ENTRY.stem));
        if (meaning !== 0) stem = meaning;
      }
    }
    const caps = capitals === 0 ? 0 : capitals === letters && letters > 1 ? 2 : 1;
    const token = this.#place(hash, letters === 0 ? TOKEN.number : TOKEN.word, start, at, caps);
    if (letters > 0) this.meaning[token] = lexicon.get(entryKey(hash, ENTRY.word)) || stem;
    this.#phrase(token);
    return at;
  }

  /** Phrases of up to four words that end with this token. */
  #phrase(last: number): void {
    let begins = last;
    for (let back = 1; back <= 3; back++) {
      begins--;
      while (begins >= 0 && this.kind[begins] === TOKEN.punctuation && this.hash[begins] !== NEWLINE)
        begins--;
      if (begins < 0 || this.kind[begins] === TOKEN.punctuation) return;
      if (this.#begins[begins] === 0) continue;
      let hash = this.hash[begins] as number;
      for (let i = begins + 1; i <= last; i++) {
        if (this.kind[i] !== TOKEN.punctuation) hash = hashPair(hash, this.hash[i] as number);
      }
      const meaning = this.#lexicon.get(entryKey(hash, ENTRY.word));
      if (meaning !== 0) this.meaning[last] = meaning;
    }
  }

  #ideograph(text: string, at: number): void {
    const token = this.#place(hashUnit(HASH_START, text.charCodeAt(at)), TOKEN.ideograph, at, at + 1, 0);
    const lexicon = this.#lexicon;
    // Entries that begin here stand for their first character; a longer one takes the place of a shorter.
    let hash = HASH_START;
    const end = Math.min(text.length, at + lexicon.longest);
    for (let i = at; i < end; i++) {
      hash = hashUnit(hash, text.charCodeAt(i));
      const meaning = lexicon.get(entryKey(hash, ENTRY.unspaced));
      if (meaning !== 0) this.meaning[token] = meaning;
      if (lexicon.get(entryKey(hash, ENTRY.beginsUnspaced)) === 0) break;
    }
  }

  #punctuation(text: string, start: number, unit: number): number {
    let at = start + 1;
    while (at < text.length && text.charCodeAt(at) === unit) at++;
    this.#mark(unit, Math.min(at - start, 3), start, at);
    return at;
  }

  /** A run of one sign: its length counts up to three. */
  #mark(unit: number, run: number, start: number, end: number): void {
    const hash = unit === 10 ? NEWLINE : hashPair(unit, run);
    this.#place(hash, TOKEN.punctuation, start, end, 0);
  }
}

/** The hash of the ends of lines. */
export const NEWLINE = hashPair(10, 1);

function doubled<A extends Int32Array | Uint8Array>(array: A): A {
  const next = new (array.constructor as new (length: number) => A)(array.length * 2);
  next.set(array);
  return next;
}
