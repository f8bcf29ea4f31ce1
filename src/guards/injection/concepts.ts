/**
 * Words and phrases of many languages by what they mean: ignore, disregard, vergiss and 忽略 are all OVERRIDE. What
 * the model learns of one language it then knows of the others.
 */
export const CONCEPTS = [
  'OVERRIDE',
  'PRIOR',
  'INSTRUCTION',
  'SYSTEM',
  'REVEAL',
  'SECRET',
  'PERSONA',
  'UNRESTRICTED',
  'COMPLY',
  'REFUSE',
  'ETHICS',
  'FICTION',
  'RESEARCH',
  'AI',
  'NEWTASK',
  'SEND',
  'DELETE',
  'EXECUTE',
  'MONEY',
  'CREDENTIAL',
  'URGENT',
  'AUTHORITY',
  'ENCODE',
  'TRANSLATE',
  'FORMAT',
  'HIDE',
  'USERREF',
  'DOCREF',
  'WEAPON',
  'DRUG',
  'HACK',
  'FRAUD',
  'VIOLENCE',
  'SELFHARM',
  'HATE',
  'SEXUAL',
  'CRIME',
  'ILLICIT',
  'HOWTO',
  'DETAIL',
  'SURE',
  'QUESTION',
  'POLITE',
  'YOU',
  'ME',
  'NEGATION',
  'CODE',
  'BUSINESS',
  'EDUCATION',
  'COOKING',
  'HEALTH',
  'TRAVEL',
  'TASK',
] as const;
export type Concept = (typeof CONCEPTS)[number];

/** Up to three concepts of an entry, a byte each, number + 1; 0 for none. */
export type Meaning = number;

/** What kinds of entries there are in a {@link Lexicon}; a key is the hash of the words and one of these. */
export const ENTRY = { word: 1, stem: 2, begins: 3, unspaced: 4, beginsUnspaced: 5 } as const;

/** A frozen hash table from 32-bit keys to meanings: open addressing behind a bitmap that answers most of what is not there. */
export class Lexicon {
  readonly #keys: Int32Array;
  readonly #values: Int32Array;
  readonly #mask: number;
  readonly #maybe = new Int32Array(1 << 14);
  /** The longest entry of an unspaced script, in units. */
  readonly longest: number;

  /** @param table keys, then values, a power of two of each, key 0 for an empty place */
  constructor(table: Int32Array, longest: number) {
    const size = table.length >> 1;
    this.#keys = table.subarray(0, size);
    this.#values = table.subarray(size);
    this.#mask = size - 1;
    this.longest = longest;
    for (const key of this.#keys) {
      if (key !== 0)
        this.#maybe[(key >>> 5) & 0x3fff] = (this.#maybe[(key >>> 5) & 0x3fff] as number) | (1 << key);
    }
  }

  /** The meaning of a key; 0 where it has none. {@link ENTRY.begins} keys mean 1. */
  get(key: number): Meaning {
    return ((this.#maybe[(key >>> 5) & 0x3fff] as number) & (1 << key)) === 0 ? 0 : this.#find(key);
  }

  #find(key: number): Meaning {
    for (let i = key & this.#mask; ; i = (i + 1) & this.#mask) {
      const found = this.#keys[i] as number;
      if (found === key) return this.#values[i] as number;
      if (found === 0) return 0;
    }
  }
}

/** The table of a {@link Lexicon}. */
export function lexiconTable(entries: ReadonlyMap<number, Meaning>): Int32Array {
  let size = 16;
  while (size < entries.size * 2) size *= 2;
  const table = new Int32Array(size * 2);
  for (const [key, value] of entries) {
    let i = key & (size - 1);
    while (table[i] !== 0 && table[i] !== key) i = (i + 1) & (size - 1);
    table[i] = key;
    table[size + i] = value;
  }
  return table;
}

/** The key of an entry of a kind; never 0. */
export const entryKey = (hash: number, kind: number): number => (hash ^ Math.imul(kind, 0x2545f491)) | 0 || 1;
