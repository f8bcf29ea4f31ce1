import { Problem } from '../../base/problem.ts';

/** What the lexicon knows of a word, as bits. */
export const WORD = {
  given: 1,
  surname: 2,
  place: 4,
  street: 8,
  title: 16,
  company: 32,
  particle: 64,
  /** Also an ordinary word: `Mark`, `Rose`, `Will`. */
  common: 128,
  /** What comes before a name, in any language: `name`, `called`, `llamo`. */
  naming: 256,
  /** Days, months, languages, peoples. */
  calendar: 512,
  country: 1024,
} as const;

export const LABELS = ['O', 'B-PER', 'I-PER', 'B-LOC', 'I-LOC', 'B-ADR', 'I-ADR', 'B-ORG', 'I-ORG'] as const;
export const LABEL_COUNT = LABELS.length;
export const BUCKETS = 1 << 17;

const MAGIC = 0x31494950;

/** Weights of the tagger: what each feature says for each label, and how labels follow each other. */
export interface Model {
  readonly lexicon: Lexicon;
  /** BUCKETS × LABEL_COUNT */
  readonly weights: Int8Array;
  /** From × to; the last row is the start. */
  readonly transitions: Int16Array;
  /** What turns a mean lead over `O` into a probability. */
  readonly scale: number;
}

/** Words by their hash: an open table, a power of two in size, at most half full. */
export class Lexicon {
  readonly keys: Uint32Array;
  readonly values: Uint16Array;
  readonly #mask: number;

  constructor(keys: Uint32Array, values: Uint16Array) {
    this.keys = keys;
    this.values = values;
    this.#mask = keys.length - 1;
  }

  static of(words: ReadonlyMap<number, number>): Lexicon {
    const size = 2 ** Math.ceil(Math.log2(words.size * 2 + 2));
    const keys = new Uint32Array(size);
    const values = new Uint16Array(size);
    for (const [hash, bits] of words) {
      let at = hash & (size - 1);
      while (values[at] !== 0) at = (at + 1) & (size - 1);
      keys[at] = hash;
      values[at] = bits;
    }
    return new Lexicon(keys, values);
  }

  /** The bits of {@link WORD}; 0 for a word that is not there. */
  get(hash: number): number {
    for (let at = hash & this.#mask; ; at = (at + 1) & this.#mask) {
      const bits = this.values[at] as number;
      if (bits === 0 || this.keys[at] === hash) return bits;
    }
  }
}

export function encodeModel({ lexicon, weights, transitions, scale }: Model): Uint8Array {
  const size = lexicon.keys.length;
  const head = new ArrayBuffer(16);
  const view = new DataView(head);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, size, true);
  view.setUint32(8, BUCKETS, true);
  view.setFloat32(12, scale, true);
  const bytes = (array: Uint32Array | Uint16Array | Int16Array | Int8Array) =>
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  return Buffer.concat([
    new Uint8Array(head),
    bytes(lexicon.keys),
    bytes(lexicon.values),
    bytes(transitions),
    bytes(weights),
  ]);
}

/** Throws `Problem('environment', …)` where the bytes are no model of this version. */
export function decodeModel(file: Uint8Array): Model {
  const bytes = Uint8Array.from(file);
  const view = new DataView(bytes.buffer);
  const size = bytes.length < 16 ? 0 : view.getUint32(4, true);
  const rows = (LABEL_COUNT + 1) * LABEL_COUNT;
  if (
    size === 0 ||
    view.getUint32(0, true) !== MAGIC ||
    view.getUint32(8, true) !== BUCKETS ||
    bytes.length !== 16 + size * 6 + rows * 2 + BUCKETS * LABEL_COUNT
  ) {
    throw new Problem(
      'environment',
      'The file of weights pii.bin is not of this version.',
      'Install the package again.',
    );
  }
  let at = 16;
  const take = (length: number): number => {
    at += length;
    return at - length;
  };
  const keys = new Uint32Array(bytes.buffer, take(size * 4), size);
  const values = new Uint16Array(bytes.buffer, take(size * 2), size);
  const transitions = new Int16Array(bytes.buffer, take(rows * 2), rows);
  const weights = new Int8Array(bytes.buffer, take(BUCKETS * LABEL_COUNT));
  return { lexicon: new Lexicon(keys, values), weights, transitions, scale: view.getFloat32(12, true) };
}
