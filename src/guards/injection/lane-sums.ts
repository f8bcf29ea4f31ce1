import { type Features, GROUP, GROUPS } from './features.ts';
import { ALL_LANES, LANES, type LaneWeights, LETTER_LANES } from './lanes.ts';

const L = LANES.length;
const R = LETTER_LANES.length;

/** Groups that lanes look at, each set once, and which of them is a lane's. */
const SETS: readonly (readonly number[])[] = [
  ...new Map(ALL_LANES.map(({ groups }) => [groups.join(), groups])).values(),
];
export const SET_OF = Uint8Array.from(ALL_LANES, ({ groups }) =>
  SETS.findIndex((set) => set.join() === groups.join()),
);
/** So many numbers a segment comes to: a sum for each lane, and how many features each set has. */
export const SUMS = L + R + SETS.length;
/** Where the numbers of features begin. */
export const COUNTS = L + R;

/** What the weights of the features of a stretch come to, not yet scaled. */
export interface LaneSums {
  /** Adds to `into` (which has {@link SUMS} numbers) what the features from `from` up to `to` come to. */
  add(features: Features, from: number, to: number, into: Float64Array): void;
}

export const laneSums = ({ table, letters }: LaneWeights): LaneSums =>
  table instanceof Int8Array && letters instanceof Int8Array
    ? new PackedSums(table, letters)
    : new PlainSums(table, letters);

/** Weights as they are while they are learned. */
class PlainSums implements LaneSums {
  readonly #table: ArrayLike<number>;
  readonly #letters: ArrayLike<number>;
  readonly #inGroup = new Int32Array(GROUPS);

  constructor(table: ArrayLike<number>, letters: ArrayLike<number>) {
    this.#table = table;
    this.#letters = letters;
  }

  /** A lane's weights for groups that it does not look at are zero: nothing to ask in the loop. */
  add({ bucket, group }: Features, from: number, to: number, into: Float64Array): void {
    const table = this.#table;
    const letters = this.#letters;
    const inGroup = this.#inGroup.fill(0);
    for (let f = from; f < to; f++) {
      const g = group[f] as number;
      inGroup[g] = (inGroup[g] as number) + 1;
      if (g === GROUP.letters) {
        const row = (bucket[f] as number) * R;
        for (let k = 0; k < R; k++) into[L + k] = (into[L + k] as number) + (letters[row + k] as number);
      } else {
        const row = (bucket[f] as number) * L;
        for (let k = 0; k < L; k++) into[k] = (into[k] as number) + (table[row + k] as number);
      }
    }
    SETS.forEach((set, i) => {
      for (const g of set) into[COUNTS + i] = (into[COUNTS + i] as number) + (inGroup[g] as number);
    });
  }
}

const LOW = 0x00ff00ff;
/** 255 · 255 < 2¹⁶, and 255 < 2⁸. */
const STRETCH = 255;

/** By group: a byte for each set, 1 where it has the group. */
const IN_SETS = Int32Array.from({ length: GROUPS }, (_, g) =>
  SETS.reduce((bytes, set, i) => bytes | (set.includes(g) ? 1 << (8 * i) : 0), 0),
);

/**
 * Int8 weights, moved up to 0..255 and read four at a time. Sixteen lanes take eight additions: a 32-bit word holds two
 * sums of 16 bits, which cannot run over within {@link STRETCH} features of at most 255; and four counts of 8 bits.
 */
class PackedSums implements LaneSums {
  readonly #table: Int32Array;
  readonly #letters: Int32Array;
  /** Buckets of a stretch, told apart: to ask of each feature in turn which table it is for costs more than all the rest. */
  readonly #words = new Int32Array(STRETCH + 1);
  readonly #parts = new Int32Array(STRETCH + 1);

  constructor(table: Int8Array, letters: Int8Array) {
    this.#table = packed(table);
    this.#letters = packed(letters);
  }

  add(features: Features, from: number, to: number, into: Float64Array): void {
    for (let at = from; at < to; at += STRETCH) this.#stretch(features, at, Math.min(to, at + STRETCH), into);
  }

  #stretch({ bucket, group }: Features, from: number, to: number, into: Float64Array): void {
    const words = this.#words;
    const parts = this.#parts;
    let w = 0;
    let p = 0;
    let counts = 0;
    for (let at = from; at < to; at++) {
      const kind = group[at] as number;
      counts = (counts + (IN_SETS[kind] as number)) | 0;
      const one = bucket[at] as number;
      const isPart = kind === GROUP.letters ? 1 : 0;
      words[w] = one;
      parts[p] = one;
      w += 1 - isPart;
      p += isPart;
    }
    for (let i = 0; i < SETS.length; i++)
      into[COUNTS + i] = (into[COUNTS + i] as number) + ((counts >>> (8 * i)) & 255);
    this.#addWords(w, into);
    this.#addParts(p, into);
  }

  #addWords(count: number, into: Float64Array): void {
    const table = this.#table;
    const words = this.#words;
    let [a, b, c, d, e, f, g, h] = [0, 0, 0, 0, 0, 0, 0, 0];
    for (let i = 0; i < count; i++) {
      const row = (words[i] as number) << 2;
      const first = table[row] as number;
      const second = table[row + 1] as number;
      const third = table[row + 2] as number;
      const fourth = table[row + 3] as number;
      a = (a + (first & LOW)) | 0;
      b = (b + ((first >>> 8) & LOW)) | 0;
      c = (c + (second & LOW)) | 0;
      d = (d + ((second >>> 8) & LOW)) | 0;
      e = (e + (third & LOW)) | 0;
      f = (f + ((third >>> 8) & LOW)) | 0;
      g = (g + (fourth & LOW)) | 0;
      h = (h + ((fourth >>> 8) & LOW)) | 0;
    }
    const zero = 128 * count;
    spread(into, 0, a, b, zero);
    spread(into, 4, c, d, zero);
    spread(into, 8, e, f, zero);
    spread(into, 12, g, h, zero);
  }

  #addParts(count: number, into: Float64Array): void {
    const letters = this.#letters;
    const parts = this.#parts;
    let [a, b] = [0, 0];
    for (let i = 0; i < count; i++) {
      const word = letters[parts[i] as number] as number;
      a = (a + (word & LOW)) | 0;
      b = (b + ((word >>> 8) & LOW)) | 0;
    }
    spread(into, L, a, b, 128 * count);
  }
}

/** Four lanes, two to a word, lowest byte first. */
function spread(into: Float64Array, at: number, even: number, odd: number, zero: number): void {
  into[at] = (into[at] as number) + (even & 0xffff) - zero;
  into[at + 1] = (into[at + 1] as number) + (odd & 0xffff) - zero;
  into[at + 2] = (into[at + 2] as number) + (even >>> 16) - zero;
  into[at + 3] = (into[at + 3] as number) + (odd >>> 16) - zero;
}

/** Lanes go by fours into words; all machines that run this are little-endian, and a test says so. */
function packed(weights: Int8Array): Int32Array {
  const words = new Int32Array(new Int8Array(weights).buffer);
  // To flip the sign bit of a byte is to add 128 to it.
  for (let i = 0; i < words.length; i++) words[i] = (words[i] as number) ^ 0x80808080;
  return words;
}
