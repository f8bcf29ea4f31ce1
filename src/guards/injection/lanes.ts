import { DENSE, type Features, GROUP, GROUPS, type SPEAKERS } from './features.ts';
import type { Head } from './heads.ts';

/**
 * A linear score of a segment, or of a whole text: a column of the weights. Lanes differ in whose texts they learned
 * from (what an order means depends on who gives it), in what they look at, and in what they look for.
 */
export interface Lane {
  readonly name: string;
  readonly head: Head;
  /** Learned from texts of these speakers only; undefined: from all. */
  readonly of: 'user' | 'data' | undefined;
  /** The best segment speaks for the text (multiple-instance learning), or all of it as one. */
  readonly pool: 'best' | 'all';
  readonly groups: readonly number[];
}

const MEANING = [GROUP.concept, GROUP.concepts, GROUP.opening, GROUP.marks];
const WORDS = [GROUP.word, GROUP.pair, GROUP.triple, ...MEANING];

const technique = (head: Head): Lane => ({ name: head, head, of: undefined, pool: 'best', groups: WORDS });

/** Columns of the table of words, marks and concepts. */
export const LANES: readonly Lane[] = [
  { name: 'words', head: 'attack', of: undefined, pool: 'best', groups: WORDS },
  { name: 'meaning', head: 'attack', of: undefined, pool: 'best', groups: MEANING },
  { name: 'user words', head: 'attack', of: 'user', pool: 'best', groups: WORDS },
  { name: 'data words', head: 'attack', of: 'data', pool: 'best', groups: WORDS },
  { name: 'whole words', head: 'attack', of: undefined, pool: 'all', groups: WORDS },
  { name: 'whole meaning', head: 'attack', of: undefined, pool: 'all', groups: MEANING },
  technique('direct-override'),
  technique('jailbreak'),
  technique('prompt-extraction'),
  technique('encoded-payload'),
  technique('indirect'),
  technique('tool-poisoning'),
  technique('exfiltration'),
  technique('delimiter-forgery'),
  technique('adversarial-suffix'),
  {
    name: 'harm',
    head: 'harm',
    of: undefined,
    pool: 'best',
    groups: [GROUP.word, GROUP.pair, GROUP.concept, GROUP.concepts],
  },
];

/** Columns of the table of letters. */
export const LETTER_LANES: readonly Lane[] = [
  { name: 'letters', head: 'attack', of: undefined, pool: 'best', groups: [GROUP.letters] },
  { name: 'data letters', head: 'attack', of: 'data', pool: 'best', groups: [GROUP.letters] },
  { name: 'whole letters', head: 'attack', of: undefined, pool: 'all', groups: [GROUP.letters] },
  { name: 'harm letters', head: 'harm', of: undefined, pool: 'all', groups: [GROUP.letters] },
];

export const ALL_LANES: readonly Lane[] = [...LANES, ...LETTER_LANES];
const L = LANES.length;
const R = LETTER_LANES.length;
const A = L + R;

/** For each lane: best segment, second best, mean over segments (or the whole text's score, thrice). */
export const PER_LANE = 3;
/**
 * What the upper part of the model sees: each lane over the segments; all lanes and dense features of the one segment
 * that looks most like an attack; the greatest and the mean of each dense feature; how many segments look like attacks.
 */
export const POOLED = A * PER_LANE + A + 3 * DENSE + 2;

/** Groups that lanes look at, each set once, and which of them is a lane's. */
const SETS: readonly (readonly number[])[] = [
  ...new Map(ALL_LANES.map(({ groups }) => [groups.join(), groups])).values(),
];
const SET_OF = Uint8Array.from(ALL_LANES, ({ groups }) =>
  SETS.findIndex((set) => set.join() === groups.join()),
);

/** Where dense features begin in what is pooled. */
const DENSES = A * PER_LANE + A;

export interface LaneWeights {
  readonly buckets: number;
  /** [buckets × LANES] */
  readonly table: Float32Array | Int8Array;
  /** [LANES] */
  readonly scale: Float32Array;
  /** [buckets × LETTER_LANES] */
  readonly letters: Float32Array | Int8Array;
  readonly letterScale: Float32Array;
  /** [all lanes × DENSE] */
  readonly dense: Float32Array;
}

/** Scores of all lanes over the segments of a text. Arrays are used again for the next. */
export class LaneScores {
  /** [segments × lanes] */
  scores = new Float32Array(64 * A);
  readonly pooled = new Float32Array(POOLED);
  /** Segment that speaks loudest in each lane. */
  readonly best = new Int32Array(A);
  readonly #weights: LaneWeights;
  readonly #sum = new Float64Array(A);
  readonly #number = new Int32Array(SETS.length);
  readonly #all = new Float64Array(A);
  readonly #allNumber = new Int32Array(A);
  readonly #inGroup = new Int32Array(GROUPS);

  /** Int8 weights, moved up to 0..255 and read four at a time; undefined while training. */
  /** [DENSE × lanes]: the other way round than in the weights. */
  readonly #dense = new Float32Array(DENSE * A);
  readonly #packed: { readonly table: Uint32Array; readonly letters: Uint32Array } | undefined;

  constructor(weights: LaneWeights) {
    this.#weights = weights;
    const { table, letters, dense } = weights;
    for (let k = 0; k < A; k++)
      for (let d = 0; d < DENSE; d++) this.#dense[d * A + k] = dense[k * DENSE + d] as number;
    if (table instanceof Int8Array && letters instanceof Int8Array) {
      this.#packed = { table: packed(table), letters: packed(letters) };
    }
  }

  read(features: Features): void {
    const count = features.segments;
    if (this.scores.length < count * A) this.scores = new Float32Array(count * 2 * A);
    this.#all.fill(0);
    this.#allNumber.fill(0);
    for (let s = 0; s < count; s++) this.#segment(features, s);
    this.#pool(features);
  }

  #segment(features: Features, s: number): void {
    const { scale, letterScale } = this.#weights;
    const { scores } = this;
    const dense = this.#dense;
    const sum = this.#sum;
    const number = this.#number;
    const inGroup = this.#inGroup;
    sum.fill(0);
    inGroup.fill(0);
    const from = features.from[s] as number;
    const to = features.from[s + 1] as number;
    if (this.#packed !== undefined) this.#addPacked(this.#packed, features, from, to);
    else this.#addFloats(features, from, to);
    for (let i = 0; i < SETS.length; i++) {
      let n = 0;
      for (const g of SETS[i] as readonly number[]) n += inGroup[g] as number;
      number[i] = n;
    }
    const at = s * A;
    for (let k = 0; k < A; k++) {
      const value = (sum[k] as number) * (k < L ? (scale[k] as number) : (letterScale[k - L] as number));
      const n = number[SET_OF[k] as number] as number;
      this.#all[k] = (this.#all[k] as number) + value;
      this.#allNumber[k] = (this.#allNumber[k] as number) + n;
      scores[at + k] = n === 0 ? 0 : value / Math.sqrt(n);
    }
    for (let d = 0; d < DENSE; d++) {
      const value = features.dense[s * DENSE + d] as number;
      if (value === 0) continue;
      for (let k = 0; k < A; k++)
        scores[at + k] = (scores[at + k] as number) + value * (dense[d * A + k] as number);
    }
  }

  /** A lane's weights for groups that it does not look at are zero: nothing to ask in the loop. */
  #addFloats({ bucket, group }: Features, from: number, to: number): void {
    const { table, letters } = this.#weights;
    const sum = this.#sum;
    const inGroup = this.#inGroup;
    for (let f = from; f < to; f++) {
      const g = group[f] as number;
      inGroup[g] = (inGroup[g] as number) + 1;
      if (g === GROUP.letters) {
        const row = (bucket[f] as number) * R;
        for (let k = 0; k < R; k++) sum[L + k] = (sum[L + k] as number) + (letters[row + k] as number);
      } else {
        const row = (bucket[f] as number) * L;
        for (let k = 0; k < L; k++) sum[k] = (sum[k] as number) + (table[row + k] as number);
      }
    }
  }

  /**
   * Sixteen lanes in eight additions: a 32-bit word holds two sums of 16 bits, which cannot run over within
   * {@link STRETCH} features of at most 255.
   */
  #addPacked(
    { table, letters }: { readonly table: Uint32Array; readonly letters: Uint32Array },
    { bucket, group }: Features,
    from: number,
    to: number,
  ): void {
    const sum = this.#sum;
    const inGroup = this.#inGroup;
    for (let start = from; start < to; start += STRETCH) {
      const end = Math.min(to, start + STRETCH);
      let [a, b, c, d, e, f, g, h, i, j] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
      let words = 0;
      for (let at = start; at < end; at++) {
        const kind = group[at] as number;
        inGroup[kind] = (inGroup[kind] as number) + 1;
        if (kind === GROUP.letters) {
          const word = letters[bucket[at] as number] as number;
          i = (i + (word & LOW)) | 0;
          j = (j + ((word >>> 8) & LOW)) | 0;
          continue;
        }
        words++;
        const row = (bucket[at] as number) << 2;
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
      const zero = 128 * words;
      spread(sum, 0, a, b, zero);
      spread(sum, 4, c, d, zero);
      spread(sum, 8, e, f, zero);
      spread(sum, 12, g, h, zero);
      spread(sum, L, i, j, 128 * (end - start - words));
    }
  }

  #pool(features: Features): void {
    const { pooled, best, scores } = this;
    const count = features.segments;
    pooled.fill(0);
    if (count === 0) return;
    for (let k = 0; k < A; k++) {
      const lane = ALL_LANES[k] as Lane;
      let most = -Infinity;
      let second = -Infinity;
      let mean = 0;
      for (let s = 0; s < count; s++) {
        const score = scores[s * A + k] as number;
        mean += score;
        if (score > most) {
          second = most;
          most = score;
          best[k] = s;
        } else if (score > second) second = score;
      }
      mean /= count;
      if (second === -Infinity) second = most;
      const whole = (this.#all[k] as number) / Math.sqrt(Math.max(1, this.#allNumber[k] as number));
      const at = k * PER_LANE;
      pooled[at] = lane.pool === 'best' ? most : whole;
      pooled[at + 1] = lane.pool === 'best' ? second : most;
      pooled[at + 2] = mean;
    }
    // By the first lane, which learned from all texts.
    const loudest = best[0] as number;
    for (let k = 0; k < A; k++) pooled[A * PER_LANE + k] = scores[loudest * A + k] as number;
    for (let d = 0; d < DENSE; d++) {
      let most = 0;
      let mean = 0;
      for (let s = 0; s < count; s++) {
        const value = features.dense[s * DENSE + d] as number;
        mean += value;
        if (value > most) most = value;
      }
      pooled[DENSES + d] = most;
      pooled[DENSES + DENSE + d] = mean / count;
      pooled[DENSES + 2 * DENSE + d] = features.dense[loudest * DENSE + d] as number;
    }
    let likely = 0;
    for (let s = 0; s < count; s++) if ((scores[s * A] as number) > 0) likely++;
    pooled[POOLED - 2] = likely / count;
    pooled[POOLED - 1] = Math.log2(1 + likely);
  }
}

const LOW = 0x00ff00ff;
/** 257 · 255 < 2¹⁶ */
const STRETCH = 256;

/** Four lanes, two to a word, lowest byte first. */
function spread(sum: Float64Array, at: number, even: number, odd: number, zero: number): void {
  sum[at] = (sum[at] as number) + (even & 0xffff) - zero;
  sum[at + 1] = (sum[at + 1] as number) + (odd & 0xffff) - zero;
  sum[at + 2] = (sum[at + 2] as number) + (even >>> 16) - zero;
  sum[at + 3] = (sum[at + 3] as number) + (odd >>> 16) - zero;
}

/** Lanes go by fours into words; all machines that run this are little-endian, and a test says so. */
function packed(weights: Int8Array): Uint32Array {
  const words = new Uint32Array(new Int8Array(weights).buffer);
  // To flip the sign bit of a byte is to add 128 to it.
  for (let i = 0; i < words.length; i++) words[i] = (words[i] as number) ^ 0x80808080;
  return words;
}

/** Whether a lane learns from what a speaker says. */
export const learnsFrom = ({ of }: Lane, speaker: (typeof SPEAKERS)[number]): boolean =>
  of === undefined || (of === 'data') === (speaker === 'data' || speaker === 'tool-definition');
