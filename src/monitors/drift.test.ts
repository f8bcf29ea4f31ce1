import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { calibrate } from './calibrate.ts';
import { chiSquareTail } from './chi-square.ts';
import { AccuracyWatch, type Drift, DriftWatch, distance, stability } from './drift.ts';
import { Frame } from './frame.ts';
import { CALIBRATION, SECRET, sampleOf, sampler, scoresOf } from './testing.ts';

function driftsOf(count: number, change: (row: Float32Array) => Float32Array, seed = 50): Drift[] {
  const [frame, watch, next] = [
    new Frame(CALIBRATION.outline, SECRET),
    new DriftWatch(CALIBRATION.reference, SECRET),
    sampler(seed),
  ];
  return Array.from({ length: count }, () => {
    const row = change(next());
    return watch.take(row, frame.read(row, scoresOf(row)));
  }).flat();
}

suite('drift', () => {
  test('rows like the reference raise nothing, in 20 windows', () =>
    assert.deepEqual(
      driftsOf(10_000, (row) => row),
      [],
    ));

  test('one feature that moved is named, by both tests', () => {
    const drifts = driftsOf(500, (row) => row.with(3, (row[3] as number) + 10));
    assert.deepEqual(new Set(drifts.map(({ of }) => of)).has('feature 3'), true);
    assert.deepEqual(
      new Set(drifts.filter(({ of }) => of === 'feature 3').map(({ test: name }) => name)),
      new Set(['psi', 'ks']),
    );
  });

  test('inputs that moved as a whole raise MMD', () => {
    assert.ok(driftsOf(500, (row) => row.map((value) => value + 6)).some(({ test: name }) => name === 'mmd'));
  });

  test('answers of one class only raise χ²', () => {
    const drifts = driftsOf(500, () => sampler(0)());
    assert.ok(drifts.some(({ test: name, of }) => name === 'chi-square' && of === 'labels'));
  });

  test('accuracy: a fall is told, chance is not', () => {
    const watch = new AccuracyWatch(0.95);
    const windows = (every: number) =>
      Array.from({ length: 2500 }, (_, at) => watch.take(at % every !== 0)).filter(
        (one) => one !== undefined,
      );
    assert.equal(windows(20).length, 0);
    assert.equal(windows(5).length, 5);
  });

  test('values by hand', () => {
    assert.ok(Math.abs(stability([0.5, 0.5], Float64Array.of(75, 25)) - 0.25 * Math.log(3)) < 1e-12);
    assert.equal(distance([0.25, 0.25, 0.5], Float64Array.of(50, 25, 25)), 0.25);
  });

  test('χ² as scipy.stats.chi2.sf says', () => {
    for (const [value, freedom, expected] of [
      [3.84, 1, 0.05004352124870519],
      [30, 9, 0.00043872177097947936],
      [1200, 1000, 1.2255942330622893e-5],
    ] as const)
      assert.ok(Math.abs(chiSquareTail(value, freedom) / expected - 1) < 1e-9);
    assert.equal(chiSquareTail(0, 5), 1);
  });
});

test('a small reference, from which 500 queries differ by chance, raises nothing', () => {
  const small = calibrate(sampleOf(100, 8), SECRET);
  const [frame, watch, next] = [
    new Frame(small.outline, SECRET),
    new DriftWatch(small.reference, SECRET),
    sampler(60),
  ];
  for (let query = 0; query < 5000; query++) {
    const row = next();
    assert.deepEqual(watch.take(row, frame.read(row, scoresOf(row))), []);
  }
});
