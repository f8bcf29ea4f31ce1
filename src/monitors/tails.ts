/** The value that a share of `level` of the values exceeds, at the most: the conformal quantile. `values` are sorted, the largest first. */
const conformal = (values: Float64Array, level: number): number =>
  values[Math.max(0, Math.floor(level * (values.length + 1)) - 1)] as number;

/** Values at the end of a tail by which its slope is told. */
const TAIL = 100;
/** With fewer values above, a quantile is too uncertain to be read off. */
const ENOUGH = 20;

/**
 * A threshold that benign scores exceed with a chance of `level`. Read off where there are enough scores; beyond them the
 * tail is continued as an exponential one (Hill's estimator, for scores that are logarithms). Needs one score at least.
 */
export function upperThreshold(scores: readonly number[], level: number): number {
  const sorted = Float64Array.from(scores).sort().reverse();
  if (level * sorted.length >= ENOUGH) return conformal(sorted, level);
  const count = Math.max(1, Math.min(TAIL, Math.ceil(sorted.length / 10), sorted.length - 1));
  const base = sorted[count] ?? (sorted[0] as number);
  let excess = 0;
  for (let at = 0; at < count; at++) excess += (sorted[at] as number) - base;
  const slope = Math.max(excess / count, Number.EPSILON);
  return base + slope * Math.max(0, Math.log(count / (sorted.length * level)));
}

/**
 * A bound on how often benign queries exceed a threshold that was set at `level` on `count` scores: what was left to chance
 * in setting it (three standard errors), and half as much again for callers who are not like the average.
 */
export const boundedChance = (level: number, count: number): number =>
  Math.min(0.5, 1.5 * (level + 3 * Math.sqrt((level * (1 - level)) / count) + 1 / count));

/** Less is not believed: honest callers are not quite like the rows at hand. */
const LEAST_CHANCE = 0.005;

/**
 * The same, for scores many of which are equal, such as counts: where fewer than `level` of them exceed the threshold, and there
 * are enough to tell, a hit says more.
 */
export function chanceAbove(scores: readonly number[], threshold: number, level: number): number {
  const { length } = scores;
  if (level * length < ENOUGH) return boundedChance(level, Math.max(1, length));
  const above = scores.filter((score) => score > threshold).length;
  return Math.max(LEAST_CHANCE, boundedChance(Math.min(level, (above + 1) / length), length));
}
