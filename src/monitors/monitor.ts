import type { Frame, Reading } from './frame.ts';
import type { Secret } from './secret.ts';

/** All that a tracker remembers is in arrays of numbers: their bytes are its size, and are saved and loaded as they are. */
export type Memory = Int8Array | Uint8Array | Int32Array | Uint32Array | Float32Array | Float64Array;

/** What a monitor keeps of one caller. */
export interface Tracker {
  readonly memory: readonly Memory[];
  /** How many queries the next one is compared with; missing where it is with none. */
  readonly among?: number;
  /**
   * Takes one query. How strange it is, the larger the stranger, as a logarithm where it can be; undefined where nothing can
   * be said of it.
   */
  score(reading: Reading): number | undefined;
}

/** A technique of an attacker, by those who number them. */
export interface Technique {
  /** MITRE ATLAS. */
  readonly atlas: string;
  /** OWASP Machine Learning Security Top 10, 2023. */
  readonly owasp: string;
}

/** Queries made to copy a model. */
export const EXTRACTION: Technique = { atlas: 'AML.T0024.002', owasp: 'ML05' };
/** Queries made to find an input that fools it. */
export const EVASION: Technique = { atlas: 'AML.T0043.001', owasp: 'ML01' };

/** One thing that is looked for in the queries of a caller. */
export interface Monitor {
  readonly name: string;
  readonly title: string;
  /** The paper or advisory that it is from. */
  readonly source: string;
  readonly technique: Technique;
  /** What an alarm says, in plain words, after “many queries”. */
  readonly explanation: string;
  /** How often a benign query may be called strange. */
  readonly level: number;
  /** Queries that a tracker compares with, at the most. The more there are, the likelier a hit by chance: thresholds allow for it. */
  readonly history: number;
  /** Whether each class has a threshold of its own: scores of one class are compared with those of the same. */
  readonly perClass: boolean;
  /** Whether the queries of all callers are tested together, too: where they are compared. Where rows lie is not: that drifts. */
  readonly together: boolean;
  start(frame: Frame, secret: Secret): Tracker;
}
