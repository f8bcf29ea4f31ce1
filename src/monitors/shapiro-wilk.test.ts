import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shapiroWilk, shapiroWilkWeights } from './shapiro-wilk.ts';

const w = (values: number[]) => {
  const sorted = Float32Array.from(values).sort();
  return shapiroWilk(sorted, shapiroWilkWeights(sorted.length));
};

test('as scipy.stats.shapiro says', () => {
  for (const [values, expected] of VECTORS)
    assert.ok(Math.abs(w(values) - expected) < 2e-5, `${w(values)} ${expected}`);
});

test('values that are all the same are no evidence', () => assert.equal(w(new Array(60).fill(3)), 1));

/** Made with SciPy 1.10.1: squares, a sine, and a line. */
const VECTORS: readonly (readonly [number[], number])[] = [
  [Array.from({ length: 60 }, (_, at) => at * at), 0.89368],
  [Array.from({ length: 60 }, (_, at) => Math.sin(at)), 0.900219],
  [Array.from({ length: 100 }, (_, at) => at), 0.954725],
  [Array.from({ length: 12 }, (_, at) => Math.exp(at / 3)), 0.825167],
];
