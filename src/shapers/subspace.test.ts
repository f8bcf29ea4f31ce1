import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../attacks/random.ts';
import { distanceFrom, fitSubspace } from './subspace.ts';

test('the directions of most variance are found, orthonormal, with their variances', () => {
  const random = new Random(7);
  const rows = Float32Array.from(
    { length: 2000 * 3 },
    (_, at) => random.normal() * ([5, 2, 0.1][at % 3] ?? 0),
  );
  const { directions, variances } = fitSubspace(rows, 3, 3, 0.99);
  assert.equal(variances.length, 2);
  assert.ok(Math.abs((variances[0] ?? 0) - 25) < 2 && Math.abs((variances[1] ?? 0) - 4) < 0.5);
  const [a, b] = [directions.subarray(0, 3), directions.subarray(3, 6)];
  const dot = (one: Float32Array, other: Float32Array) =>
    one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
  assert.ok(Math.abs(dot(a, b)) < 1e-4 && Math.abs(dot(a, a) - 1) < 1e-4);
});

test('also where the rows to begin with are alike', () => {
  // Every eighth row is one and the same: those that are taken from all over the set.
  const random = new Random(8);
  const rows = new Float32Array(800 * 4);
  for (let row = 0; row < 800; row++)
    if (row % 8 !== 0) for (let at = 0; at < 4; at++) rows[row * 4 + at] = random.normal();
  const { variances } = fitSubspace(rows, 4, 4, 1);
  assert.equal(variances.filter((variance) => variance > 0.1).length, 4);
  const few = fitSubspace(new Float32Array(400).fill(3), 4, 4);
  assert.equal(distanceFrom(few, Float32Array.of(3, 3, 3, 3)).away, 0);
  assert.ok(distanceFrom(few, Float32Array.of(3, 3, 3, 4)).away > 0);
});
