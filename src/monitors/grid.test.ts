import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { calibrate, type Sample } from './calibrate.ts';
import { Frame } from './frame.ts';
import { FEATURES, normals, SECRET, sampleOf, sampler, scoresOf } from './testing.ts';
import { type Alarm, Watch } from './watch.ts';

/** Written with one decimal, then put into other units. */
const written = (row: Float32Array) => row.map((value) => (Math.round(value * 10) / 10 - 0.3) / 2.54);

function calibrated(count: number) {
  const { rows } = sampleOf(count, 3);
  const sample: Sample = { ...sampleOf(count, 3), rows: written(rows) };
  return calibrate(sample, SECRET);
}
const calibration = calibrated(2000);

const strangeTo = (watch: Watch, row: Float32Array) =>
  watch.observe({ caller: 'one', row, scores: scoresOf(row) }).strange;

suite('grid', () => {
  test('is learned: a tenth, in the units of the rows', () => {
    for (const step of calibration.outline.steps) assert.ok(Math.abs(step - 0.1 / 2.54) < 1e-6, `${step}`);
  });

  test('a hundredth of a unit added to one feature is strange; rows as they are written are not', () => {
    const [watch, next] = [new Watch(calibration, SECRET), sampler(900)];
    for (let query = 0; query < 200; query++) {
      const row = written(next());
      assert.ok(!strangeTo(watch, row).includes('grid'));
      row[query % FEATURES] = (row[query % FEATURES] as number) + 0.01;
      assert.ok(strangeTo(watch, row).includes('grid'));
    }
  });

  test('steps along signs that are smaller than what lies between rows, alone and split over ten', () => {
    for (const split of [1, 10]) {
      const [watch, next, normal] = [new Watch(calibration, SECRET), sampler(901), normals(901)];
      const alarms: Alarm[] = [];
      let queries = 0;
      for (; alarms.length === 0 && queries < 200; queries++) {
        const row = written(next()).map((value) => value + 0.05 * Math.sign(normal()));
        const { alarms: own } = watch.observe({
          caller: `attacker ${queries % split}`,
          row,
          scores: scoresOf(row),
        });
        alarms.push(...own);
      }
      assert.ok(queries <= 6 * split, `${queries} of ${split}`);
    }
  });

  test('of measurements there is none, and no row is off it', () => {
    const { outline, monitors } = calibrate(sampleOf(500, 3), SECRET);
    assert.ok(outline.steps.every((step) => step === 0));
    assert.deepEqual(monitors['grid']?.thresholds.length, 1);
    const [frame, normal] = [new Frame(outline, SECRET), normals(4)];
    const row = sampler(5)().map((value) => value + normal());
    assert.equal(frame.read(row, scoresOf(row)).offGrid, 0);
  });

  test('what is no number, or far out, is not off it, and breaks nothing', () => {
    const frame = new Frame(calibration.outline, SECRET);
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const row = new Float32Array(FEATURES).fill(value);
      const { offGrid, outside } = frame.read(row, new Float32Array(3));
      assert.deepEqual([offGrid, outside], [0, FEATURES]);
    }
  });
});
