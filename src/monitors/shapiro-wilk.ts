/** The inverse of the normal distribution (Acklam's approximation; relative error below 1.2e-9). */
function normalQuantile(p: number): number {
  const a = [
    -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716,
    2.506628277459239,
  ];
  const b = [
    -54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1,
  ];
  const c = [
    -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
    2.938163982698783,
  ];
  const d = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1];
  const at = (terms: readonly number[], x: number) => terms.reduce((sum, term) => sum * x + term, 0);
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return at(c, q) / at(d, q);
  }
  const q = p - 0.5;
  return (at(a, q * q) * q) / at(b, q * q);
}

/** The weights of the statistic for `count` sorted values, 12 to 5,000. Royston, Applied Statistics 44 (1995), algorithm AS R94. */
export function shapiroWilkWeights(count: number): Float64Array {
  const scores = Float64Array.from({ length: count }, (_, at) =>
    normalQuantile((at + 1 - 0.375) / (count + 0.25)),
  );
  const sum = scores.reduce((total, score) => total + score * score, 0);
  const root = 1 / Math.sqrt(count);
  const last = scores[count - 1] as number;
  const next = scores[count - 2] as number;
  const poly = (terms: readonly number[], start: number) =>
    terms.reduce((total, term, power) => total + term * root ** (power + 1), start);
  const largest = poly([0.221157, -0.147981, -2.07119, 4.434685, -2.706056], last / Math.sqrt(sum));
  const second = poly([0.042981, -0.293762, -1.752461, 5.682633, -3.582633], next / Math.sqrt(sum));
  const shrink = Math.sqrt(
    (sum - 2 * last * last - 2 * next * next) / (1 - 2 * largest * largest - 2 * second * second),
  );
  const weights = scores.map((score) => score / shrink);
  weights.set([-largest, -second]);
  weights.set([second, largest], count - 2);
  return weights;
}

/** Shapiro and Wilk's W of sorted values: near 1 where they are of a normal distribution. 1 where they are all the same. */
export function shapiroWilk(sorted: Float32Array, weights: Float64Array): number {
  const mean = sorted.reduce((total, value) => total + value, 0) / sorted.length;
  let [spread, fit] = [0, 0];
  for (let at = 0; at < sorted.length; at++) {
    const value = (sorted[at] as number) - mean;
    spread += value * value;
    fit += (weights[at] as number) * value;
  }
  return spread === 0 ? 1 : (fit * fit) / spread;
}
