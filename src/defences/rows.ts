/** The most that a row holds: what is beyond it is far out, and is not to pass for missing. */
const MOST = (2 - 2 ** -23) * 2 ** 127;

/**
 * Rows in which every value is there: one that is missing, which models are told by a number that is none, is that of the mean.
 * Neither monitors nor shapers can measure one that is not there. One that is too large for single precision is the largest.
 *
 * @param rows [count × features]
 */
export function withoutMissing(rows: Float32Array, mean: Float32Array): Float32Array {
  const out = new Float32Array(rows.length);
  const { length } = mean;
  for (let at = 0; at < rows.length; at++) {
    const value = rows[at] as number;
    out[at] = Number.isNaN(value) ? (mean[at % length] as number) : Math.max(-MOST, Math.min(MOST, value));
  }
  return out;
}
