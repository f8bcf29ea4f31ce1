/** Makes the median absolute deviation of normal data their standard deviation. */
const TO_SIGMA = 1.4826;

/** Middle and spread of some numbers, which a few wild ones among them do not move. */
export interface Usual {
  readonly median: number;
  /** 1.4826 times the median absolute deviation. */
  readonly sigma: number;
}

/**
 * Median and scaled median absolute deviation; of none, zeros.
 * @see B. Iglewicz, D. Hoaglin: How to Detect and Handle Outliers (1993), for the modified z-score
 */
export function usual(values: readonly number[]): Usual {
  const median = medianOf(values);
  return { median, sigma: TO_SIGMA * medianOf(values.map((value) => Math.abs(value - median))) };
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
