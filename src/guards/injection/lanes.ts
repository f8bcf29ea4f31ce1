import { DENSE, GROUP, type SPEAKERS } from './features.ts';
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
const A = ALL_LANES.length;

/** For each lane: best segment, second best, mean over segments (or the whole text's score, thrice). */
export const PER_LANE = 3;
/**
 * What the upper part of the model sees: each lane over the segments; all lanes and dense features of the one segment
 * that looks most like an attack; the greatest and the mean of each dense feature; how many segments look like attacks.
 */
export const POOLED = A * PER_LANE + A + 3 * DENSE + 2;

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

/** Whether a lane learns from what a speaker says. */
export const learnsFrom = ({ of }: Lane, speaker: (typeof SPEAKERS)[number]): boolean =>
  of === undefined || (of === 'data') === (speaker === 'data' || speaker === 'tool-definition');
