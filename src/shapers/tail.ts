/** What numbers of one kind are like, to say how unusual another is. */
export interface Tail {
  /** As they were measured, in order. */
  readonly sorted: Float64Array;
  /** Mean excess of the highest two hundredth, ten at least, over the least of them. */
  readonly excess: number;
}

/** @param values at least 50, finite. Throws RangeError for fewer */
export function fitTail(values: ArrayLike<number>): Tail {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length < 50) throw new RangeError('50 rows or more say what is usual');
  const highest = Math.max(10, Math.ceil(sorted.length / 200));
  const from = sorted.at(-highest) as number;
  const over = sorted.subarray(-highest).reduce((sum, value) => sum + value - from, 0) / highest;
  // All alike: then any that is higher is as unusual as can be told.
  return { sorted, excess: Math.max(over, Math.abs(from) * 1e-9, Number.MIN_VALUE) };
}

/**
 * −ln of the share of numbers that are as high. Among those measured it is counted; above, the tail is taken to be
 * exponential, so that it goes on rising: peaks over threshold (Pickands 1975; Siffer et al., Anomaly detection in streams
 * with extreme value theory, KDD 2017, with shape zero).
 */
export function surprise({ sorted, excess }: Tail, value: number): number {
  const { length } = sorted;
  const most = sorted[length - 1] as number;
  if (Number.isNaN(value)) return Number.POSITIVE_INFINITY;
  if (value > most) return Math.log(length) + (value - most) / excess;
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return Math.log(length / (length - low));
}
