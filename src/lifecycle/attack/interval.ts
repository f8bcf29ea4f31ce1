import type { Quantiles, Share } from './result.ts';

/** A share with its exact interval of 95 %: Clopper and Pearson, Biometrika 26, 1934. */
export function shareOf(count: number, of: number): Share {
  if (of === 0) return { count, of, share: 0, low: 0, high: 1 };
  return {
    count,
    of,
    share: count / of,
    low: count === 0 ? 0 : solve((p) => 1 - atMost(count - 1, of, p) - TAIL),
    high: count === of ? 1 : solve((p) => TAIL - atMost(count, of, p)),
  };
}

const TAIL = 0.025;

/** Where a function that rises on [0, 1] is zero. */
function solve(rising: (p: number) => number): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (rising(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The chance of at most `count` of `of`, each with chance `p`. */
function atMost(count: number, of: number, p: number): number {
  if (p <= 0) return 1;
  if (p >= 1) return count >= of ? 1 : 0;
  const odds = Math.log(p) - Math.log1p(-p);
  let log = of * Math.log1p(-p);
  let sum = Math.exp(log);
  for (let k = 1; k <= count; k++) {
    log += Math.log(of - k + 1) - Math.log(k) + odds;
    sum += Math.exp(log);
  }
  return Math.min(1, sum);
}

/** undefined of nothing. */
export function quantilesOf(values: readonly number[]): Quantiles | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  return { least: sorted[0] ?? 0, median: median(sorted), most: sorted.at(-1) ?? 0 };
}

/** Of numbers that are sorted. */
export function median(sorted: readonly number[]): number {
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? 0) + upper) / 2;
}
