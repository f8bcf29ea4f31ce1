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
      key: true,
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
    const chain = new Chain([{ use: 'rounding', decimals: 1 }], { key: true, gate: false });
    const { scores } = chain.shape([100, 100.5, -400], 'logits', context);
    assert.ok(Math.abs(Math.exp(scores[1] ?? 0) - 0.6) < 1e-9);
    assert.ok([...scores].every(Number.isFinite));
    // What was not changed is of the same form, and does not show.
    const [first = 0, second = 0] = new Chain([], { key: false, gate: false }).shape(
      [3, -8],
      'logits',
      context,
    ).scores;
    assert.ok(Math.abs(first - second - 11) < 1e-9);
    assert.ok(Math.abs(Math.exp(first) + Math.exp(second) - 1) < 1e-12);
  });

  test('takes probabilities as trees in single precision add them up', () => {
    // Ten trees, each of a tenth: a little more than one, and the other class the rest.
    const sum = Array.from({ length: 10 }).reduce(
      (total: number) => Math.fround(total + Math.fround(0.1)),
      0,
    );
    assert.ok(sum > 1);
    const { scores } = new Chain([], { key: false, gate: false }).shape(
      [1 - sum, sum],
      'probabilities',
      context,
    );
    assert.deepEqual([...scores], [0, 1]);
  });

  test('what is exchanged twice is not as it was: of those that draw the last of each kind runs', () => {
    for (const list of [
      [{ use: 'dawn', rate: 0.1 }],
      [{ use: 'boundary-privacy', epsilon: 0.05, zone: 1 }],
    ]) {
      const [once, twice] = [list, [...list, { use: 'rounding', decimals: 3 }, ...list]].map(
        (one) => new Chain(one, { key: true, gate: true }),
      );
      const changed = (chain: Chain | undefined) =>
        Array.from({ length: 500 }, (_, at) => {
          const asked = { draws: keyed.of([at, -at]), outlier: 0, external: true };
          return chain?.shape([0.625, 0.375], 'probabilities', asked).scores[0] !== 0.625;
        });
      assert.ok(changed(once).filter(Boolean).length > 10);
      assert.deepEqual(changed(twice), changed(once));
    }
  });

  test('refuses what is no answer', () => {
    const chain = new Chain([], { key: true, gate: false });
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
      assert.throws(() => new Chain(list, { key: true, gate: true }), Problem);
    assert.throws(() => new Chain([{ use: 'misinformation' }], { key: true, gate: false }), /gate/);
    assert.throws(() => new Chain([{ use: 'dawn' }], { key: false, gate: false }), /key/);
    new Chain([{ use: 'misinformation', gate: 'confidence', threshold: 0.9 }], { key: true, gate: false });
  });

  test('has those last that change the form of every answer', () => {
    const list = [{ use: 'rounding' }, { use: 'misinformation', threshold: 0.5 }];
    const { scores, changes } = new Chain(list, { key: true, gate: true }).shape(
      [0.62, 0.38],
      'probabilities',
      {
        ...context,
        outlier: 0.9,
      },
    );
    assert.deepEqual(
      changes.map(({ name }) => name),
      ['misinformation', 'rounding'],
    );
    for (const score of scores) assert.ok(Math.abs(score * 10 - Math.round(score * 10)) < 1e-9);
  });

  test('tells the settings of a shaper, with defaults', () => {
    const chain = new Chain([{ use: 'rounding' }], { key: true, gate: false });
    assert.deepEqual(chain.settingsOf(rounding), { decimals: 1 });
    assert.equal(chain.settingsOf(dawn), undefined);
  });
});
