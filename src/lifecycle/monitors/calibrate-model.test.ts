import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Problem } from '../../base/problem.ts';
import { readCalibration, writeCalibration } from '../../monitors/calibration.ts';
import { Secret } from '../../monitors/secret.ts';
import { linear } from '../attack/testing.ts';
import { calibrateModel } from './calibrate-model.ts';

const secret = new Secret(Buffer.from('a key for tests only'));
const columns = ['a', 'b', 'c', 'd', 'label'];
/** Rows that fill a box evenly (the plastic number's powers), and a text at the end. */
const rows = Array.from({ length: 400 }, (_, at) => [
  ...[0.8191725, 0.6710436, 0.5497005, 0.4503].map((step) => (at * step) % 1),
  'yes',
]);
const data = (own: readonly (readonly (string | number)[])[] = rows) => ({
  name: 'sample.csv',
  sha256: '',
  content: { kind: 'table' as const, columns, rows: own, place: (row: number) => `sample.csv:${row + 2}` },
});
const options = { drop: ['label'], scale: undefined };

suite('a model is calibrated on', () => {
  test('rows of its owner, and honest callers are let be', async () => {
    const { calibration, rehearsal } = await calibrateModel(linear(4), data(), secret, options);
    assert.equal(calibration.rows, 400);
    assert.deepEqual([calibration.outline.features, calibration.outline.classes], [4, 2]);
    assert.deepEqual(readCalibration(writeCalibration(calibration, secret), secret), calibration);
    assert.equal(rehearsal.alarmed, 0);
  });

  test('pictures of bytes as numbers from 0 to 1', async () => {
    const content = {
      kind: 'array' as const,
      dims: [400, 2, 2],
      data: Float64Array.from({ length: 1600 }, (_, at) => (at * 89) % 256),
      bytes: true,
    };
    const { calibration } = await calibrateModel(linear(4), { ...data(), content }, secret, options);
    assert.ok(Math.max(...calibration.outline.upper) <= 1);
  });

  test('not on what is not its own: columns, texts, too few', async () => {
    const refused = (own: ReturnType<typeof data>, drop: string[], why: RegExp) =>
      assert.rejects(calibrateModel(linear(4), own, secret, { drop, scale: undefined }), (error) => {
        assert.ok(error instanceof Problem && error.kind === 'usage');
        assert.match(error.message, why);
        return true;
      });
    await refused(data(), [], /has 5 columns, and the model takes 4/);
    await refused(data(), ['age'], /has no column “age”/);
    await refused(data(), ['a'], /row 1: “label” is no number/);
    await refused(data(rows.slice(0, 50)), ['label'], /50 rows are too few/);
  });
});
