import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PredictionRule, Rung } from '../../policy/predictions.ts';
import { rounding } from '../../shapers/rounding.ts';
import { topK } from '../../shapers/top-k.ts';
import { given, marksAnswers, shapingOf } from './shaping.ts';

const rung = (respond: Rung['respond'], more: Partial<Rung> = {}): Rung => ({
  respond,
  shapers: [],
  model: undefined,
  approval: false,
  ...more,
});
const rule = (more: Partial<PredictionRule>): PredictionRule => ({
  place: 'predictions[0]',
  models: () => true,
  external: () => true,
  shapers: [],
  ladder: [rung('log')],
  forget: undefined,
  patience: 50,
  budget: {},
  ...more,
});

test('a rule that changes nobody’s answers is none', () => {
  assert.equal(shapingOf(rule({ ladder: [rung('log'), rung('block')] }), undefined), undefined);
  assert.notEqual(shapingOf(rule({ ladder: [rung('decoy', { model: 'other' })] }), undefined), undefined);
});

test('who is on a rung has the shapers of those below, also where the ladder has no such rung any more', () => {
  const shaping = shapingOf(
    rule({
      shapers: [{ use: 'rounding', decimals: 3 }],
      ladder: [
        rung('log'),
        rung('coarser', { shapers: [{ use: 'top-k', k: 2 }] }),
        rung('decoy', { model: 'other' }),
      ],
    }),
    undefined,
  );
  const of = (stance: Parameters<NonNullable<typeof shaping>['chainFor']>[0]) => {
    const chain = shaping?.chainFor(stance);
    return [chain?.settingsOf(rounding)?.decimals, chain?.settingsOf(topK)?.k, shaping?.decoyFor(stance)];
  };
  assert.deepEqual(of(undefined), [3, undefined, undefined]);
  assert.deepEqual(of('log'), [3, undefined, undefined]);
  assert.deepEqual(of('coarser'), [3, 2, undefined]);
  assert.deepEqual(of('misinformation'), [3, 2, undefined]);
  assert.deepEqual(of('decoy'), [3, 2, 'other']);
  const without = shapingOf(rule({ shapers: [{ use: 'rounding' }] }), undefined);
  assert.deepEqual(
    [without?.decoyFor('decoy'), without?.chainFor('block').settingsOf(rounding)?.decimals],
    [undefined, 1],
  );
});

test('shapers that have to know rows are refused without a calibration, with their place', () => {
  for (const use of ['dawn', 'boundary-privacy', 'misinformation'])
    assert.throws(
      () => shapingOf(rule({ ladder: [rung('log'), rung('coarser', { shapers: [{ use }] })] }), undefined),
      /predictions\[0\]\.ladder\[1\]\.shapers\[0\]: .* has to know rows/,
    );
});

test('which answers are marked, and which outputs are given', () => {
  assert.equal(marksAnswers([rule({})]), false);
  assert.equal(marksAnswers([rule({ ladder: [rung('coarser', { shapers: [{ use: 'dawn' }] })] })]), true);
  const outputs = [
    { name: 'y', type: 'float32' },
    { name: 'label', type: 'int64' },
  ] as const;
  assert.deepEqual(given({ shaping: undefined, known: undefined }, outputs), outputs);
  const shaping = shapingOf(rule({ shapers: [{ use: 'rounding' }] }), undefined);
  assert.deepEqual(given({ shaping, known: undefined }, outputs), [outputs[0]]);
});
