import type { Random } from '../random.ts';
import type { Space } from '../space.ts';

/** How bad it is: the levels of Hendrycks and Dietterich, Benchmarking neural network robustness, ICLR 2019. */
export type Severity = 1 | 2 | 3 | 4 | 5;

export const SEVERITIES: readonly Severity[] = [1, 2, 3, 4, 5];

/** What happens to rows without anybody meaning it. */
export interface Corruption {
  /** As it is called on the command line. */
  readonly name: string;
  readonly title: string;
  /** Of images, or of records. */
  readonly of: 'images' | 'records';
  /**
   * A corrupted copy of a row, in the bounds of the space; features that are fixed stay. The same seed, the same copy. For
   * `images` the space has an `image`.
   */
  apply(row: Float32Array, severity: Severity, space: Space, random: Random): Float32Array;
}

/** One of five numbers. */
export const level = (
  levels: readonly [number, number, number, number, number],
  severity: Severity,
): number => levels[severity - 1] as number;
