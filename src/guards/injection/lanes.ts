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
    pool: 'all',
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
/** What the upper part of the model sees: lanes, and the greatest and the mean of each dense feature. */
export const POOLED = A * PER_LANE + 2 * DENSE;

/** Bit g of lane l: the lane looks at group g. */
const looks = Uint8Array.from({ length: A * GROUPS }, (_, i) =>
  (ALL_LANES[Math.floor(i / GROUPS)] as Lane).groups.includes(i % GROUPS) ? 1 : 0,
);

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
  readonly #number = new Int32Array(A);
  readonly #all = new Float64Array(A);
  readonly #allNumber = new Int32Array(A);
  readonly #inGroup = new Int32Array(GROUPS);

  constructor(weights: LaneWeights) {
    this.#weights = weights;
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
    const { table, scale, letters, letterScale, dense } = this.#weights;
    const sum = this.#sum;
    const number = this.#number;
    const inGroup = this.#inGroup;
    sum.fill(0);
    inGroup.fill(0);
    const to = features.from[s + 1] as number;
    const { bucket, group } = features;
    // A lane's weights for groups that it does not look at are zero: nothing to ask in the loop.
    for (let f = features.from[s] as number; f < to; f++) {
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
    for (let k = 0; k < A; k++) {
      let n = 0;
      for (let g = 0; g < GROUPS; g++) if (looks[k * GROUPS + g] === 1) n += inGroup[g] as number;
      number[k] = n;
      const value = (sum[k] as number) * (k < L ? (scale[k] as number) : (letterScale[k - L] as number));
      this.#all[k] = (this.#all[k] as number) + value;
      this.#allNumber[k] = (this.#allNumber[k] as number) + n;
      let score = value / Math.sqrt(Math.max(1, n));
      for (let d = 0; d < DENSE; d++)
        score += (dense[k * DENSE + d] as number) * (features.dense[s * DENSE + d] as number);
      this.scores[s * A + k] = score;
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
    for (let d = 0; d < DENSE; d++) {
      let most = 0;
      let mean = 0;
      for (let s = 0; s < count; s++) {
        const value = features.dense[s * DENSE + d] as number;
        mean += value;
        if (value > most) most = value;
      }
      pooled[A * PER_LANE + d] = most;
      pooled[A * PER_LANE + DENSE + d] = mean / count;
    }
  }
}

/** Whether a lane learns from what a speaker says. */
export const learnsFrom = ({ of }: Lane, speaker: (typeof SPEAKERS)[number]): boolean =>
  of === undefined || (of === 'data') === (speaker === 'data' || speaker === 'tool-definition');
