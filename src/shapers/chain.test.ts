import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Problem } from '../base/problem.ts';
import { Chain } from './chain.ts';
import { dawn } from './dawn.ts';
import { Keyed } from './keyed.ts';
import { rounding } from './rounding.ts';

const keyed = new Keyed(new Uint8Array(16).fill(1), 'model', [1, 1]);
const context = { draws: keyed.of([1, 2]), outlier: 0, external: true };

suite('a chain of shapers', () => {
  test('runs them in order, and says which changed what', () => {
    const chain = new Chain([{ use: 'rounding' }, { use: 'misinformation' }, { use: 'label-only' }], {
      gate: true,
    });
    const { scores, changes } = chain.shape([0.62, 0.38], 'probabilities', context);
    assert.deepEqual([...scores], [1, 0]);
    assert.deepEqual(
      changes.map(({ name, l1 }) => [name, Math.round(l1 * 100)]),
      [
        ['rounding', 4],
        ['label-only', 80],
      ],
    );
  });

  test('answers logits where it was given logits', () => {
    const chain = new Chain([{ use: 'rounding', decimals: 1 }], { gate: false });
    const { scores } = chain.shape([100, 100.5, -400], 'logits', context);
    assert.ok(Math.abs(Math.exp(scores[1] ?? 0) - 0.6) < 1e-9);
    assert.ok([...scores].every(Number.isFinite));
    assert.deepEqual([...new Chain([], { gate: false }).shape([3, -8], 'logits', context).scores], [3, -8]);
  });

  test('refuses what is no answer', () => {
    const chain = new Chain([], { gate: false });
    for (const answer of [[1], [Number.NaN, 1], [0, 0], [-0.1, 1.1], [0.7, 0.7]])
      assert.throws(() => chain.shape(answer, 'probabilities', context), RangeError);
    assert.throws(() => chain.shape([Number.POSITIVE_INFINITY, 1], 'logits', context), RangeError);
  });

  test('refuses a list that does not fit, or lacks its gate', () => {
    for (const list of [
      [{ use: 'rouding' }],
      [{ use: 'rounding', decimals: 0 }],
      [{ use: 'rounding', steps: 3 }],
      [{}],
      { use: 'rounding' },
    ])
      assert.throws(() => new Chain(list, { gate: true }), Problem);
    assert.throws(() => new Chain([{ use: 'misinformation' }], { gate: false }), /gate/);
    new Chain([{ use: 'misinformation', gate: 'confidence', threshold: 0.9 }], { gate: false });
  });

  test('tells the settings of a shaper, with defaults', () => {
    const chain = new Chain([{ use: 'rounding' }], { gate: false });
    assert.deepEqual(chain.settingsOf(rounding), { decimals: 1 });
    assert.equal(chain.settingsOf(dawn), undefined);
  });
});
