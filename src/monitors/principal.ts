import type { Secret } from './secret.ts';

/** The directions in which rows vary most. */
export interface Components {
  /** [count × features], of length one, at right angles. */
  readonly basis: Float32Array;
  /** The variance along each. */
  readonly variances: Float64Array;
}

const ROUNDS = 4;

/**
 * Principal components by subspace iteration (Halko, Martinsson, Tropp: Finding structure with randomness, 2011). `rows`
 * have mean zero, laid end to end. Linear in the rows; the start is drawn by the key, so that the same rows give the same.
 */
export function principalComponents(
  rows: Float32Array,
  features: number,
  count: number,
  secret: Secret,
): Components {
  const start = secret.words('components', count * features);
  let basis = Float32Array.from(start, (word) => word / 2 ** 31 - 1);
  let variances = orthonormalise(basis, features);
  for (let round = 0; round < ROUNDS; round++) {
    basis = multiplied(rows, features, basis, count);
    variances = orthonormalise(basis, features);
  }
  const total = rows.length / features;
  return { basis, variances: variances.map((length) => length / total) };
}

/** The covariance, times the rows, applied to each direction. */
function multiplied(
  rows: Float32Array,
  features: number,
  basis: Float32Array,
  count: number,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(count * features);
  for (let from = 0; from < rows.length; from += features)
    for (let component = 0; component < count; component++) {
      const base = component * features;
      let along = 0;
      for (let at = 0; at < features; at++)
        along += (rows[from + at] as number) * (basis[base + at] as number);
      for (let at = 0; at < features; at++)
        out[base + at] = (out[base + at] as number) + along * (rows[from + at] as number);
    }
  return out;
}

/** Gram–Schmidt, in place. The lengths that the directions had left; those of no length become zero. */
function orthonormalise(basis: Float32Array, features: number): Float64Array {
  const count = basis.length / features;
  const lengths = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    const own = basis.subarray(index * features, (index + 1) * features);
    const before = Math.sqrt(dot(own, own));
    for (let other = 0; other < index; other++) {
      const theirs = basis.subarray(other * features, (other + 1) * features);
      const along = dot(own, theirs);
      for (let at = 0; at < features; at++) own[at] = (own[at] as number) - along * (theirs[at] as number);
    }
    const length = Math.sqrt(dot(own, own));
    const empty = length <= 1e-5 * before;
    lengths[index] = empty ? 0 : length;
    for (let at = 0; at < features; at++) own[at] = empty ? 0 : (own[at] as number) / length;
  }
  return lengths;
}

function dot(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < one.length; at++) sum += (one[at] as number) * (other[at] as number);
  return sum;
}
