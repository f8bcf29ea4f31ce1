import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Problem } from '../../base/problem.ts';
import { defenceKeys, readModelCalibration, writeModelCalibration } from '../../defences/calibration.ts';
import { outlierOf } from '../../shapers/outlier-gate.ts';
import { labelled, linear, sigmoid, tree } from '../attack/testing.ts';
import { type CalibrateOptions, calibrateModel } from './calibrate-model.ts';

const keys = defenceKeys(Buffer.from('a key for tests only'));
const columns = ['a', 'b', 'c', 'd', 'class'];
const isFirst = ([a = 0, b = 0, c = 0, d = 0]: readonly number[]) => a + b > c + d;
/** Rows that fill a box evenly (the plastic number's powers), and what {@link linear} says of them, one in ten wrongly. */
const rows = Array.from({ length: 400 }, (_, at) => {
  const values = [0.8191725, 0.6710436, 0.5497005, 0.4503].map((step) => (at * step) % 1);
  return [...values, isFirst(values) === at % 10 > 0 ? 'yes' : 'no'];
});
const data = (own: readonly (readonly (string | number)[])[] = rows) => ({
  name: 'sample.csv',
  sha256: '',
  content: { kind: 'table' as const, columns, rows: own, place: (row: number) => `sample.csv:${row + 2}` },
});
const options: CalibrateOptions = { drop: ['class'], scale: undefined };

suite('a model is calibrated on', () => {
  test('rows of its owner, and honest callers are let be', async () => {
    const { calibration, rehearsal } = await calibrateModel(linear(4), data(), keys, options);
    const { monitors, scores, gate } = calibration;
    assert.equal(monitors.rows, 400);
    assert.deepEqual([monitors.outline.features, monitors.outline.classes], [4, 2]);
    assert.deepEqual(scores, { output: 'y', form: 'logits', single: false });
    assert.deepEqual([calibration.labels, calibration.accuracy], [undefined, undefined]);
    assert.ok(outlierOf(gate, [9, -9, 9, -9], Float64Array.of(0.9, 0.1)) > 0.999);
    const text = writeModelCalibration(calibration, keys);
    assert.deepEqual(readModelCalibration(text, keys, 'it'), calibration);
    assert.equal(rehearsal.alarmed, 0);
  });

  test('pictures of bytes as numbers from 0 to 1', async () => {
    const content = {
      kind: 'array' as const,
      dims: [400, 2, 2],
      data: Float64Array.from({ length: 1600 }, (_, at) => (at * 89) % 256),
      bytes: true,
    };
    const { calibration } = await calibrateModel(linear(4), { ...data(), content }, keys, options);
    assert.ok(Math.max(...calibration.monitors.outline.upper) <= 1);
  });

  test('one number a row as scores of two classes', async () => {
    const { calibration } = await calibrateModel(sigmoid(4), data(), keys, options);
    assert.deepEqual(calibration.scores, { output: 'y', form: 'probabilities', single: true });
    assert.equal(calibration.monitors.outline.classes, 2);
  });

  test('labels: what the model calls its classes, and how often it is right', async () => {
    const named = { drop: [], label: 'class', classes: ['no', 'yes'], scale: undefined };
    const { calibration } = await calibrateModel(labelled(4, [5, 3]), data(), keys, named);
    assert.deepEqual(calibration.labels, { output: 'label', classes: [5, 3] });
    assert.deepEqual(calibration.scores, { output: 'y', form: 'logits', single: false });
    assert.deepEqual(calibration.accuracy, { share: 0.9, rows: 400 });
    await assert.rejects(
      calibrateModel(labelled(4, [5, 3]), data(), keys, { ...named, classes: undefined } as CalibrateOptions),
      /none of the model’s 2 classes \(5, 3\)/,
    );
  });

  test('not on what is not its own: columns, texts, too few', async () => {
    const refused = (own: ReturnType<typeof data>, drop: string[], why: RegExp) =>
      assert.rejects(calibrateModel(linear(4), own, keys, { drop, scale: undefined }), (error) => {
        assert.ok(error instanceof Problem && error.kind === 'usage');
        assert.match(error.message, why);
        return true;
      });
    await refused(data(), [], /has 5 columns, and the model takes 4/);
    await refused(data(), ['age'], /has no column “age”/);
    await refused(data(), ['a'], /row 1: “class” is no number/);
    await refused(data(rows.slice(0, 50)), ['class'], /50 rows are too few/);
  });

  test('rows with missing values, which monitors take as the mean', async () => {
    // A tree goes on where a value is missing; arithmetic does not.
    const some = rows.map((row, at) => (at % 7 === 0 ? [row[0] ?? 0, '', 'NaN', ...row.slice(3)] : row));
    const { calibration } = await calibrateModel(tree(4), data(some), keys, options);
    const [, middle = 0] = calibration.monitors.outline.mean;
    assert.ok(Math.abs(middle - 0.5) < 0.1);
    await assert.rejects(calibrateModel(linear(4), data(some), keys, options), /no finite numbers/);
    const none = rows.map(([a = 0, , ...others]) => [a, '', ...others]);
    await assert.rejects(calibrateModel(tree(4), data(none), keys, options), /feature 2 has no value/);
  });

  test('what several models say together, and how far they differ', async () => {
    const voters = [linear(4)];
    const { calibration } = await calibrateModel(linear(4), data(), keys, { ...options, voters });
    const alone = await calibrateModel(linear(4), data(), keys, options);
    assert.notEqual(calibration.model, alone.calibration.model);
    // They are the same: they never differ, and any that would is strange.
    const { thresholds = [], scores = 0 } = calibration.monitors.monitors.disagreement ?? {};
    assert.ok(scores > 100 && thresholds.every((threshold) => (threshold ?? 0) < -10), String(thresholds));
    assert.deepEqual(alone.calibration.monitors.monitors.disagreement?.scores, 0);
    for (const other of [sigmoid(4), labelled(4, [0, 1])])
      await assert.rejects(
        calibrateModel(linear(4), data(), keys, { ...options, voters: [other] }),
        /do not answer alike/,
      );
  });

  test('not where it was stopped', async () => {
    const stopped = { ...options, signal: AbortSignal.abort() };
    await assert.rejects(calibrateModel(linear(4), data(), keys, stopped), { name: 'AbortError' });
  });
});
