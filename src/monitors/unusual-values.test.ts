import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { calibrate, type Sample } from './calibrate.ts';
import { CALIBRATION, SECRET, sampleOf, sampler, scoresOf } from './testing.ts';
import { Watch } from './watch.ts';

/** Whole numbers, most of them nought, as of pictures and of counts. */
const sparse = (row: Float32Array) => row.map((value) => Math.max(0, Math.round(3 * (value - 2))));
const sample: Sample = { ...sampleOf(3000, 3), rows: sparse(sampleOf(3000, 3).rows) };
const calibration = calibrate(sample, SECRET);

/** The share of rows that are strange to the monitor. */
function share(change: (row: Float32Array) => Float32Array): number {
  const [watch, next] = [new Watch(calibration, SECRET), sampler(910)];
  let strange = 0;
  for (let query = 0; query < 300; query++) {
    const honest = next();
    const row = change(sparse(honest));
    const { strange: to } = watch.observe({ caller: `${query}`, row, scores: scoresOf(honest) });
    strange += to.includes('unusual-values') ? 1 : 0;
  }
  return strange / 300;
}

suite('unusual values', () => {
  test('honest rows are at the commonest values as often as those of the owner', () =>
    assert.ok(share((row) => row) < 0.03));

  test('one more everywhere is strange, though all values are such as data have', () =>
    assert.ok(share((row) => row.map((value) => value + 1)) > 0.95));

  test('what is no number, and rounding, are no unusual values', () => {
    assert.ok(share((row) => row.map((value) => value + 1e-6)) < 0.03);
    assert.equal(
      share((row) => row.fill(Number.NaN)),
      0,
    );
  });

  test('where no value comes often, nothing is said', () =>
    assert.ok(CALIBRATION.outline.usual.every(Number.isNaN)));
});
