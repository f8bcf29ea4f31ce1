import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Problem } from '../base/problem.ts';
import { calibrate } from './calibrate.ts';
import { readCalibration, thresholdOf, writeCalibration } from './calibration.ts';
import { MONITORS } from './index.ts';
import {
  CALIBRATION,
  CLASSES,
  FEATURES,
  normals,
  OTHER_SECRET,
  SECRET,
  sampleOf,
  sampler,
  scoresOf,
} from './testing.ts';
import { Watch } from './watch.ts';

suite('calibration', () => {
  test('every monitor has a limit, on enough scores', () => {
    for (const { name, perClass } of MONITORS) {
      const limit = CALIBRATION.monitors[name];
      assert.equal(limit?.thresholds.length, perClass ? CLASSES : 1, name);
      assert.ok((limit?.scores ?? 0) >= 20, name);
    }
  });

  test('is the same for the same rows and key', () => {
    const sample = sampleOf(300, 5);
    assert.equal(
      writeCalibration(calibrate(sample, SECRET), SECRET),
      writeCalibration(calibrate(sample, SECRET), SECRET),
    );
  });

  test('is written and read back as it was', () => {
    assert.deepEqual(readCalibration(writeCalibration(CALIBRATION, SECRET), SECRET), CALIBRATION);
  });

  test('one that was changed, or is of another key, is refused', () => {
    const text = writeCalibration(CALIBRATION, SECRET);
    const chance = CALIBRATION.across.chance;
    const milder = text.replace(String(chance), '0.4');
    assert.notEqual(milder, text);
    assert.throws(() => readCalibration(milder, SECRET), /changed, or was made under another key/);
    assert.throws(() => readCalibration(text, OTHER_SECRET), /changed, or was made under another key/);
    for (const bad of ['', 'null', '[]', '{}', text.slice(0, -1), text.replace('"version":1', '"version":2')])
      assert.throws(() => readCalibration(bad, SECRET), Problem);
  });

  test('holds no row of the owner', () => {
    const { rows } = sampleOf(300, 5);
    const text = writeCalibration(calibrate(sampleOf(300, 5), SECRET), SECRET);
    for (let at = 0; at < 300; at++) {
      const row = rows.slice(at * FEATURES, at * FEATURES + 3);
      assert.ok(!text.includes(Buffer.from(row.buffer).toString('base64')));
    }
  });

  test('too few rows, and rows with values that are no numbers, are refused', () => {
    assert.throws(() => calibrate(sampleOf(99, 1), SECRET), /99 rows are too few/);
    const sample = sampleOf(200, 1);
    sample.rows[77] = Number.NaN;
    assert.throws(() => calibrate(sample, SECRET), /missing or infinite/);
    assert.throws(() => calibrate({ ...sampleOf(200, 1), scores: new Float32Array(3) }, SECRET), RangeError);
  });

  test('rows that are all the same can be calibrated on', () => {
    const rows = new Float32Array(200 * FEATURES).fill(1);
    const calibration = calibrate(
      { features: FEATURES, classes: CLASSES, rows, scores: new Float32Array(600).fill(1) },
      SECRET,
    );
    const watch = new Watch(calibration, SECRET);
    watch.observe({ caller: 'one', row: new Float32Array(FEATURES).fill(1), scores: new Float32Array(3) });
    assert.ok(Number.isFinite(watch.about('one')?.strength ?? Number.NaN));
  });

  test('rows that come again and again do not hide what is near', () => {
    const { rows, scores, ...rest } = sampleOf(1500, 9);
    const twice = <T extends Float32Array>(values: T) => Float32Array.from([...values, ...values]);
    const calibration = calibrate({ ...rest, rows: twice(rows), scores: twice(scores) }, SECRET);
    const watch = new Watch(calibration, SECRET);
    const [row, normal] = [sampler(9)(), normals(9)];
    let alarms = 0;
    for (let query = 0; query < 40; query++) {
      const changed = row.map((value) => value + 0.05 * normal());
      const raised = watch.observe({ caller: 'one', row: changed, scores: scoresOf(changed) }).alarms;
      alarms += raised.filter(({ monitor }) => monitor === 'near-duplicates').length;
    }
    assert.ok(alarms > 0);
  });

  test('few rows make monitors careful: no alarm about honest callers', () => {
    const watch = new Watch(calibrate(sampleOf(150, 6), SECRET), SECRET);
    const next = sampler(7000);
    for (let query = 0; query < 2000; query++) {
      const row = next();
      const { alarms } = watch.observe({ caller: `honest ${query % 50}`, row, scores: scoresOf(row) });
      assert.deepEqual(
        alarms.filter(({ scope }) => scope === 'caller'),
        [],
      );
    }
  });

  test('a class that the calibration did not have has the mildest threshold', () => {
    const limit = { thresholds: [1, null, 2], slopes: [], history: 0, chance: 0.1, scores: 30 };
    assert.equal(thresholdOf(limit, 0), 1);
    for (const label of [1, 7, -1]) assert.equal(thresholdOf(limit, label), 2, `${label}`);
    assert.equal(thresholdOf({ ...limit, thresholds: [null, null] }, 0), undefined);
  });

  test('with fewer to compare with, a threshold is lower', () => {
    const limit = { thresholds: [5], slopes: [0.5], history: 512, chance: 0.1, scores: 30 };
    assert.equal(thresholdOf(limit, 0), 5);
    assert.equal(thresholdOf(limit, 0, 512), 5);
    assert.ok(Math.abs((thresholdOf(limit, 0, 512 / Math.E) ?? 0) - 4.5) < 1e-9);
    assert.equal(thresholdOf(limit, 0, 0), thresholdOf(limit, 0, 1));
    const { slopes, history } = CALIBRATION.monitors['near-duplicates'] ?? { slopes: [], history: 0 };
    assert.equal(history, 512);
    assert.ok(slopes.length === CLASSES && slopes.every((slope) => slope > 0));
  });
});
