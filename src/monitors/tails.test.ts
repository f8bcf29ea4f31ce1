import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boundedChance, chanceAbove, upperThreshold } from './tails.ts';

/** Quantiles of an exponential distribution, in an order that is not theirs. */
const exponential = (count: number) =>
  Array.from({ length: count }, (_, at) => -Math.log(1 - (((at * 7919) % count) + 0.5) / count));

test('where there are enough scores, the conformal quantile', () => {
  const scores = Array.from({ length: 10_000 }, (_, at) => at);
  const threshold = upperThreshold(scores, 0.01);
  assert.equal(scores.filter((score) => score > threshold).length, 99);
});

test('beyond them, the tail goes on as it was', () => {
  const threshold = upperThreshold(exponential(2000), 1e-5);
  assert.ok(Math.abs(threshold - -Math.log(1e-5)) < 1, `${threshold}`);
});

test('one score, and scores that are all the same, give a threshold that they do not exceed', () => {
  assert.ok(upperThreshold([3], 0.01) >= 3);
  assert.ok(upperThreshold(new Array(50).fill(2), 0.01) >= 2);
});

test('the chance that is reckoned with is above the level, and the more so the fewer scores there were', () => {
  assert.ok(boundedChance(0.01, 10_000) > 0.015);
  assert.ok(boundedChance(0.01, 100) > boundedChance(0.01, 10_000));
  assert.equal(boundedChance(0.01, 1), 0.5);
});

test('a count that is hardly ever above nought says more when it is; with few rows, nothing is made of it', () => {
  const counts = (length: number) => Array.from({ length }, () => 0);
  assert.equal(chanceAbove(counts(5000), 0, 0.01), 0.005);
  assert.equal(chanceAbove(counts(500), 0, 0.01), boundedChance(0.01, 500));
  assert.ok(chanceAbove([...counts(4960), ...counts(40).fill(1)], 0, 0.01) > 0.01);
});
