import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Random } from '../attacks/random.ts';
import type { JsonObject } from '../base/json.ts';
import { Problem } from '../base/problem.ts';
import { calibrate } from '../monitors/calibrate.ts';
import { fitGate } from '../shapers/outlier-gate.ts';
import {
  defenceKeys,
  type ModelCalibration,
  readModelCalibration,
  writeModelCalibration,
} from './calibration.ts';

const keys = defenceKeys(Buffer.from('a key for tests only'));
const random = new Random(4);
const rows = Float32Array.from({ length: 300 * 3 }, () => random.normal());
const scores = Float32Array.from({ length: 600 }, (_, at) => (at % 4 === 0 || at % 4 === 3 ? 0.8 : 0.2));
const calibration: ModelCalibration = {
  model: 'ab'.repeat(32),
  scores: { output: 'p', form: 'probabilities', single: false },
  labels: { output: 'label', classes: ['no', 'yes'] },
  monitors: calibrate({ features: 3, classes: 2, rows, scores }, keys.monitors),
  gate: fitGate({ features: 3, classes: 2, rows, probabilities: scores }),
  accuracy: { share: 0.875, rows: 300 },
};
const text = writeModelCalibration(calibration, keys);
const refused = (text: string, why: RegExp, own = keys) =>
  assert.throws(
    () => readModelCalibration(text, own, 'c.json'),
    (error) => error instanceof Problem && error.kind === 'usage' && why.test(error.message),
  );

suite('the calibration of a model', () => {
  test('is read as it was written', () => {
    assert.deepEqual(readModelCalibration(text, keys, 'c.json'), calibration);
    const bare = { ...calibration, labels: undefined, accuracy: undefined };
    assert.deepEqual(readModelCalibration(writeModelCalibration(bare, keys), keys, 'c.json'), bare);
  });

  test('is sealed as a whole: whatever is changed shows, and another key opens nothing', () => {
    const document = JSON.parse(text) as JsonObject;
    const changes: JsonObject[] = [
      { scores: { output: 'p', form: 'logits', single: false } },
      { labels: { output: 'label', classes: ['yes', 'no'] } },
      { model: 'cd'.repeat(32) },
      { accuracy: { share: 0.5, rows: 300 } },
      { gate: { ...(document.gate as JsonObject), units: '' } },
    ];
    for (const change of changes) refused(JSON.stringify({ ...document, ...change }), /c\.json was changed/);
    const { labels, ...fewer } = document;
    refused(JSON.stringify(fewer), /c\.json was changed/);
    refused(text, /another key/, defenceKeys(Buffer.from('another key for tests')));
  });

  test('is of one model', () => {
    const other = fitGate({ features: 1, classes: 2, rows: rows.slice(0, 300), probabilities: scores });
    refused(writeModelCalibration({ ...calibration, gate: other }, keys), /of different models/);
    const three = { output: 'label', classes: ['a', 'b', 'c'] };
    refused(writeModelCalibration({ ...calibration, labels: three }, keys), /of different models/);
  });

  test('is not anything else', () => {
    refused('{', /not JSON/);
    refused('[]', /no calibration/);
    refused(JSON.stringify({ kind: 'gatehouse-monitors', version: 1 }), /earlier version/);
    refused(JSON.stringify({ ...(JSON.parse(text) as JsonObject), more: 1 }), /more/);
  });
});

test('each purpose has a key of its own, and short ones are refused', () => {
  const own = defenceKeys(Buffer.alloc(16, 7));
  assert.notDeepEqual(own.shapers, Buffer.alloc(16, 7));
  assert.notEqual(own.monitors.seal('x'), own.document.seal('x'));
  assert.deepEqual(own.shapers, defenceKeys(Buffer.alloc(16, 7)).shapers);
  assert.throws(() => defenceKeys(Buffer.alloc(15)), /at least 16 bytes/);
});
