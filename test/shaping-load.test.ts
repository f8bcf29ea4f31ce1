import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Problem } from '../src/base/problem.ts';
import { Secret } from '../src/base/secret.ts';
import { readContract } from '../src/contracts/document.ts';
import { knownOf, rowsOf as rowsAsked } from '../src/gateway/predict/known.ts';
import type { PredictionSettings } from '../src/settings/predictions.ts';
import { float32 } from '../src/tensors/tensor.ts';
import { CONTRACT, calibrationOf, classifier, KEY } from './harness/classifiers.ts';

const text = await calibrationOf(classifier());
const contract = readContract(CONTRACT, 'fraud.yaml');

function known(given = text, key = KEY, held = contract) {
  const calibration = { file: 'fraud.json', text: given, key: new Secret(key) };
  return knownOf({ name: 'fraud', calibration } as PredictionSettings, held);
}

suite('a calibration', () => {
  const fails = (act: () => unknown, words: RegExp) =>
    assert.throws(
      act,
      (error) => error instanceof Problem && error.kind === 'usage' && words.test(error.message),
    );

  test('is that of the model, its contract and its key', () => {
    assert.equal(known()?.keyed.features, 4);
    fails(() => known(text, 'another key of the tests'), /fraud\.json .*another key/);
    fails(() => known(text, 'short'), /16 bytes/);
    fails(() => known(text.replace('"version":1', '"version":1 ,"x":1')), /fraud\.json/);
    fails(() => known(text.replace(/"rows":\d+/, '"rows":7')), /fraud\.json was changed/);
    const inputs = (more: string) => `version: 1\ninputs:\n  x: { type: float32, shape: [rows, 5] }\n${more}`;
    fails(() => known(text, KEY, readContract(inputs(''), 'c')), /rows of 4 numbers, and its contract of 5/);
    const two = readContract(inputs('  y: { type: float32, shape: [rows, 4] }\n'), 'c');
    fails(() => known(text, KEY, two), /its contract of others/);
  });

  test('fills in what is missing by its mean', () => {
    const model = known() ?? assert.fail();
    const { mean } = model.calibration.monitors.outline;
    const rows = rowsAsked(model, new Map([['x', float32([1, 4], [1, Number.NaN, 2, Number.NaN])]]));
    assert.deepEqual([...rows], [1, mean[1], 2, mean[3]]);
  });
});
