import type { Secret } from './secret.ts';

/** Rounds over the rows; over their covariance, where it is small, and the least components count, too. */
const ROUNDS = 4;
const ROUNDS_OF_COVARIANCE = 200;
const SMALL = 128;

/**
 * The directions in which rows vary most, [count × features], of length one and at right angles: principal components by
 * subspace iteration (Halko, Martinsson, Tropp: Finding structure with randomness, 2011). `rows` have mean zero, laid end to
 * end. Linear in the rows; the start is drawn by the key, so that the same rows give the same.
 */
export function principalComponents(
  rows: Float32Array,
  features: number,
  count: number,
  secret: Secret,
): Float32Array {
  const start = secret.words('components', count * features);
  let basis = Float32Array.from(start, (word) => word / 2 ** 31 - 1);
  orthonormalise(basis, features);
  const small = features <= SMALL;
  const covariance = small ? covarianceOf(rows, features) : undefined;
  for (let round = 0; round < (small ? ROUNDS_OF_COVARIANCE : ROUNDS); round++) {
    basis =
      covariance === undefined
        ? throughRows(rows, features, basis, count)
        : throughCovariance(covariance, features, basis, count);
    orthonormalise(basis, features);
  }
  return basis;
}

function covarianceOf(rows: Float32Array, features: number): Float64Array {
  const out = new Float64Array(features * features);
  for (let from = 0; from < rows.length; from += features)
    for (let one = 0; one < features; one++)
      for (let other = 0; other < features; other++) {
        const at = one * features + other;
        out[at] = (out[at] as number) + (rows[from + one] as number) * (rows[from + other] as number);
      }
  return out;
}

function throughCovariance(
  covariance: Float64Array,
  features: number,
  basis: Float32Array,
  count: number,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(count * features);
  for (let component = 0; component < count; component++)
    for (let one = 0; one < features; one++) {
      let sum = 0;
      for (let other = 0; other < features; other++)
        sum +=
          (covariance[one * features + other] as number) * (basis[component * features + other] as number);
      out[component * features + one] = sum;
    }
  return out;
}

/** The same without the covariance, which is too large: row by row. */
function throughRows(
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

/** Gram–Schmidt, in place; directions of which nothing is left become zero. */
function orthonormalise(basis: Float32Array, features: number): void {
  const count = basis.length / features;
  for (let index = 0; index < count; index++) {
    const own = basis.subarray(index * features, (index + 1) * features);
    const before = Math.sqrt(dot(own, own));
    for (let other = 0; other < index; other++) {
      const theirs = basis.subarray(other * features, (other + 1) * features);
      const along = dot(own, theirs);
      for (let at = 0; at < features; at++) own[at] = (own[at] as number) - along * (theirs[at] as number);
    }
    const length = Math.sqrt(dot(own, own));
    const empty = length <= 1e-6 * before;
    for (let at = 0; at < features; at++) own[at] = empty ? 0 : (own[at] as number) / length;
  }
}

function dot(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < one.length; at++) sum += (one[at] as number) * (other[at] as number);
  return sum;
}
