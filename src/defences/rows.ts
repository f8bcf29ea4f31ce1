/**
 * Rows in which every value is there: one that is missing, which models are told by a number that is none, is that of the mean.
 * Neither monitors nor shapers can measure one that is not there.
 *
 * @param rows [count × features]
 */
export const withoutMissing = (rows: Float32Array, mean: Float32Array): Float32Array =>
  rows.map((value, at) => (Number.isFinite(value) ? value : (mean[at % mean.length] as number)));
