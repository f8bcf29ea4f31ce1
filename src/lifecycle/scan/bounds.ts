/** Bounds for one file. */
export interface Bounds {
  /** Milliseconds. */
  readonly time: number;
  /** Levels of things inside things. */
  readonly depth: number;
  /** Files, members and pickles inside, all together. */
  readonly parts: number;
  /** Bytes unpacked, all together. */
  readonly unpacked: number;
  readonly findings: number;
}

export const BOUNDS: Bounds = {
  time: 300_000,
  depth: 8,
  parts: 200_000,
  unpacked: 8 * 2 ** 30,
  findings: 1_000,
};
