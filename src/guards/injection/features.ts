import type { Provenance } from '../../exchange/part.ts';
import { hashPair, mixed } from './hash.ts';
import { EITHER, OPENS, quotation } from './quotation.ts';
import { TOKEN, type Tokens } from './tokens.ts';

/** Who gives the text, as the model tells them apart. */
export const SPEAKERS = ['user', 'data', 'tool-definition', 'operator'] as const;
export type Speaker = (typeof SPEAKERS)[number];

/** A user may give orders; what is fetched, called or declared may not. */
export function speakerOf(provenance: Provenance): Speaker {
  if (provenance === 'tool-result' || provenance === 'document') return 'data';
  if (provenance === 'tool-definition') return 'tool-definition';
  if (provenance === 'system' || provenance === 'assistant' || provenance === 'reasoning') return 'operator';
  return 'user';
}

/** Kinds of sparse features; training drops some of them at random, so that the model leans on none alone. */
export const GROUP = {
  word: 0,
  pair: 1,
  triple: 2,
  letters: 3,
  marks: 4,
  concept: 5,
  concepts: 6,
  opening: 7,
} as const;
export const GROUPS = 8;

/** Dense features of a segment; see {@link Features.read}. */
export const DENSE = 22;

const DECODED = 14;

/** A letter, a space or another character, for the table of how often letters follow each other. */
export const BIGRAM_LETTERS = 28;

const SALT = {
  pair: 11,
  triple: 13,
  skip: 17,
  letters: 19,
  mark: 23,
  before: 29,
  after: 31,
  one: 37,
  two: 41,
  three: 43,
  first: 47,
  firstTwo: 53,
  firstConcept: 59,
  caps: 61,
  last: 67,
};

/** What is known of segments of earlier readings; see `Sentences`. */
export interface Earlier {
  /** The number of a segment that is the same in all that its features are made of; -1 if none was. */
  find(text: string, tokens: Tokens, segment: number, inside: boolean): number;
  /** [segments × DENSE] */
  readonly dense: Float32Array;
  /** 1 where a quotation is open after the segment. */
  readonly quoted: Uint8Array;
}

/** Everything the model is told about a text: sparse features (buckets) and dense ones, by segment. */
export class Features {
  count = 0;
  bucket = new Int32Array(8192);
  group = new Uint8Array(8192);
  segments = 0;
  /** First feature of each segment, and one more at the end. */
  from = new Int32Array(129);
  dense = new Float32Array(128 * DENSE);
  /** Span of each segment in the text, UTF-16. */
  start = new Int32Array(128);
  end = new Int32Array(128);
  /** The number of the same segment in an earlier reading, whose sparse features are not made again; -1 of a new one. */
  known = new Int32Array(128);
  /** A quotation is open where the segment begins; one more at the end. */
  inside = new Uint8Array(129);
  readonly #mask: number;
  readonly #surprise: Float32Array;

  /**
   * @param buckets a power of two
   * @param surprise −log₂ of how often a letter follows another, [28 × 28], of texts in Latin letters
   */
  constructor(buckets: number, surprise: Float32Array) {
    this.#mask = buckets - 1;
    this.#surprise = surprise;
  }

  /** @param earlier readings of the same text by the same speaker */
  read(text: string, tokens: Tokens, speaker: Speaker, decoded: boolean, earlier?: Earlier): void {
    const { segments } = tokens;
    this.count = 0;
    this.segments = segments;
    this.#reserve(segments, tokens.count * 14 + text.length * 2);
    this.inside[0] = 0;
    for (let s = 0; s < segments; s++) {
      this.from[s] = this.count;
      this.start[s] = tokens.start[tokens.segment[s] as number] ?? 0;
      this.end[s] = tokens.end[(tokens.segment[s + 1] as number) - 1] ?? 0;
      const known = earlier?.find(text, tokens, s, this.inside[s] === 1) ?? -1;
      this.known[s] = known;
      if (earlier !== undefined && known >= 0) {
        for (let d = 0; d < DENSE; d++)
          this.dense[s * DENSE + d] = earlier.dense[known * DENSE + d] as number;
        this.inside[s + 1] = earlier.quoted[known] as number;
      } else this.#segment(text, tokens, s);
      const at = s * DENSE;
      for (let who = 0; who < SPEAKERS.length; who++)
        this.dense[at + who] = speaker === SPEAKERS[who] ? 1 : 0;
      this.dense[at + 12] = s === 0 ? 1 : 0;
      this.dense[at + 13] = s === segments - 1 ? 1 : 0;
      this.dense[at + DECODED] = decoded ? 1 : 0;
      this.dense[at + 17] = segments === 1 ? 1 : 0;
      this.dense[at + 18] = Math.min(1, segments / 20);
    }
    this.from[segments] = this.count;
    // All at once, so that the loop above stays small.
    const { bucket, count } = this;
    const mask = this.#mask;
    for (let f = 0; f < count; f++) bucket[f] = mixed(bucket[f] as number) & mask;
  }

  /** From here on the text that was read counts as what a view has decoded. */
  decode(): void {
    for (let s = 0; s < this.segments; s++) this.dense[s * DENSE + DECODED] = 1;
  }

  #reserve(segments: number, features: number): void {
    if (this.from.length <= segments) {
      const size = segments * 2;
      this.from = new Int32Array(size + 1);
      this.dense = new Float32Array(size * DENSE);
      this.start = new Int32Array(size);
      this.end = new Int32Array(size);
      this.known = new Int32Array(size);
      this.inside = new Uint8Array(size + 1);
    }
    if (this.bucket.length < features) {
      this.bucket = new Int32Array(features * 2);
      this.group = new Uint8Array(features * 2);
    }
  }

  #add(hash: number, group: number): void {
    this.bucket[this.count] = hash;
    this.group[this.count++] = group;
  }

  #segment(text: string, tokens: Tokens, s: number): void {
    const from = tokens.segment[s] as number;
    const to = tokens.segment[s + 1] as number;
    const { hash, kind, meaning, caps } = tokens;
    let words = 0;
    let [ideographs, numbers, signs, shouting, capitals, meanings] = [0, 0, 0, 0, 0, 0];
    let [before, beforeThat] = [0, 0];
    let [concept, conceptBefore] = [0, 0];
    let sign = 0;
    let quotes = 0;
    let open = this.inside[s] === 1;
    let questions = 0;
    let exclamations = 0;
    let first = 0;
    let surprise = 0;
    let letters = 0;
    for (let t = from; t < to; t++) {
      const h = hash[t] as number;
      if (kind[t] === TOKEN.punctuation) {
        const unit = text.charCodeAt(tokens.start[t] as number);
        const quote = quotation(unit);
        if (quote !== 0) {
          quotes++;
          open = quote === OPENS || (quote === EITHER && !open);
        }
        if (unit === 63 || unit === 0xff1f) questions++;
        else if (unit === 33) exclamations++;
        if (unit > 32 && unit !== 44 && unit !== 46)
          signs += (tokens.end[t] as number) - (tokens.start[t] as number);
        this.#add(hashPair(h, SALT.mark), GROUP.marks);
        if (before !== 0) this.#add(hashPair(hashPair(before, h), SALT.before), GROUP.marks);
        if (sign !== 0) this.#add(hashPair(hashPair(sign, h), SALT.mark), GROUP.marks);
        sign = h;
        continue;
      }
      if (kind[t] === TOKEN.ideograph) ideographs++;
      else if (kind[t] === TOKEN.number) numbers++;
      words++;
      this.#add(h, GROUP.word);
      if (sign !== 0) this.#add(hashPair(hashPair(sign, h), SALT.after), GROUP.marks);
      sign = 0;
      if (words === 1) {
        first = h;
        this.#add(hashPair(h, SALT.first), GROUP.opening);
      } else {
        if (words === 2) this.#add(hashPair(hashPair(first, h), SALT.firstTwo), GROUP.opening);
        const pair = hashPair(before, h);
        this.#add(hashPair(pair, SALT.pair), GROUP.pair);
        if (words > 2) {
          this.#add(hashPair(hashPair(beforeThat, pair), SALT.triple), GROUP.triple);
          this.#add(hashPair(hashPair(beforeThat, h), SALT.skip), GROUP.pair);
        }
      }
      if (caps[t] === 2) {
        shouting++;
        this.#add(hashPair(h, SALT.caps), GROUP.word);
      }
      if (caps[t] !== 0) capitals++;
      beforeThat = before;
      before = h;
      const meant = meaning[t] as number;
      if (meant !== 0) {
        meanings++;
        this.#concepts(meant, concept, conceptBefore, words);
        conceptBefore = concept;
        concept = meant;
      }
      if (kind[t] === TOKEN.word) {
        const start = tokens.start[t] as number;
        const end = tokens.end[t] as number;
        letters += end - start + 1;
        surprise += this.#letters(text, start, end);
      }
    }
    if (before !== 0) this.#add(hashPair(before, SALT.last), GROUP.opening);
    this.inside[s + 1] = open ? 1 : 0;
    const length = Math.max(1, (this.end[s] as number) - (this.start[s] as number));
    const at = s * DENSE;
    const { dense } = this;
    dense[at + 4] = Math.min(1, words / 36);
    dense[at + 5] = shouting / Math.max(1, words);
    dense[at + 6] = capitals / Math.max(1, words);
    dense[at + 7] = Math.min(1, (signs / length) * 4);
    dense[at + 8] = numbers / Math.max(1, words);
    dense[at + 9] = letters === 0 ? 0 : Math.min(2, surprise / letters / 5);
    dense[at + 10] = questions > 0 ? 1 : 0;
    dense[at + 11] = exclamations > 0 ? 1 : 0;
    dense[at + 15] = meanings / Math.max(1, words);
    dense[at + 16] = ideographs > 0 ? 1 : 0;
    dense[at + 19] = 1;
    dense[at + 20] = this.inside[s] as number;
    dense[at + 21] = quotes > 0 ? 1 : 0;
  }

  /** Concepts by themselves, and with the one or two that came before, whatever words lie between. */
  #concepts(meant: number, last: number, lastBut: number, words: number): void {
    for (let rest = meant; rest !== 0; rest >>>= 8) {
      const one = rest & 255;
      this.#add(hashPair(one, SALT.one), GROUP.concept);
      if (words === 1) this.#add(hashPair(one, SALT.firstConcept), GROUP.opening);
      for (let other = last; other !== 0; other >>>= 8) {
        this.#add(hashPair((other & 255) * 256 + one, SALT.two), GROUP.concepts);
      }
    }
    if (lastBut !== 0) {
      const three = ((lastBut & 255) << 16) | ((last & 255) << 8) | (meant & 255);
      this.#add(hashPair(three, SALT.three), GROUP.concepts);
    }
  }

  /** Four letters in a row, the ends of the word among them. Gives how surprising its letters are together, in bits. */
  #letters(text: string, start: number, end: number): number {
    const surprise = this.#surprise;
    const { bucket, group } = this;
    let { count } = this;
    let bits = 0;
    let previous = 0;
    let [first, second, third] = [0, 0, 0];
    const from = end - start >= 4 ? start + 3 : end + 1;
    for (let i = start; i <= end; i++) {
      const unit = i === end ? 32 : text.charCodeAt(i) | 32;
      const letter = unit === 32 ? 0 : unit >= 97 && unit <= 122 ? unit - 96 : 27;
      bits += surprise[previous * BIGRAM_LETTERS + letter] as number;
      previous = letter;
      if (i >= from) {
        bucket[count] = hashPair(four(first, second, third, i === end ? 1 : unit), SALT.letters);
        group[count++] = GROUP.letters;
      }
      first = second;
      second = third;
      third = unit;
    }
    this.count = count;
    return bits;
  }
}

const four = (first: number, second: number, third: number, fourth: number): number =>
  (Math.imul(Math.imul(Math.imul(first, 0x1003f) + second, 0x1003f) + third, 0x1003f) + fourth) | 0;
