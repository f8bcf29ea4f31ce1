/** Values that are far apart by fewer units of rounding could be off it by rounding alone. */
const LEAST_UNITS = 512;
/** Different values that settle it: one chance in 2¹⁵ that the true step is half of what they show. */
const ENOUGH_VALUES = 16;
/** Or fewer, where each came so often that hardly another will (Good, 1953). */
const ENOUGH_TIMES = 5;
/** The least gap may be so many steps. */
const MOST_STEPS = 6;

/**
 * The step of the lattice on which all values of a feature lie, counted from the least: 1 of whole numbers, 0.01 of prices,
 * 1/255 of pixels, whatever they were divided by. 0 where there is none, or too little was seen to tell. `values` are sorted,
 * the least first.
 */
export function latticeStep(values: Float32Array): number {
  const { distinct, rarest } = counted(values);
  const [first, last] = [distinct[0] ?? 0, distinct.at(-1) ?? 0];
  if (distinct.length < 2 || (distinct.length < ENOUGH_VALUES && rarest < ENOUGH_TIMES)) return 0;
  // Numbers of 32 bits are rounded to 24.
  const unit = Math.max(Math.abs(first), Math.abs(last)) * 2 ** -23;
  let gap = Number.POSITIVE_INFINITY;
  for (let at = 1; at < distinct.length; at++)
    gap = Math.min(gap, (distinct[at] as number) - (distinct[at - 1] as number));
  for (let steps = 1; steps <= MOST_STEPS && gap / steps > LEAST_UNITS * unit; steps++) {
    const step = fitted(distinct, gap / steps, unit);
    if (step !== undefined) return step;
  }
  return 0;
}

/** The values, each once, and how often the rarest came. */
function counted(values: Float32Array): { readonly distinct: readonly number[]; readonly rarest: number } {
  const distinct: number[] = [];
  let [rarest, times] = [Number.POSITIVE_INFINITY, 0];
  for (const value of values) {
    if (value !== distinct.at(-1)) {
      if (times > 0) rarest = Math.min(rarest, times);
      distinct.push(value);
      times = 0;
    }
    times += 1;
  }
  return { distinct, rarest: Math.min(rarest, times) };
}

/** A step near to `guess` of which all values are multiples; each value, farther out than the last, makes it more exact. */
function fitted(distinct: readonly number[], guess: number, unit: number): number | undefined {
  const first = distinct[0] as number;
  let [step, before] = [guess, 1];
  for (const value of distinct.slice(1)) {
    const far = value - first;
    const count = Math.round(far / step);
    const rounding = unit * (1 + count / before);
    if (count === 0 || rounding > step / 4 || Math.abs(far - count * step) > rounding) return undefined;
    step = far / count;
    before = count;
  }
  return step;
}
