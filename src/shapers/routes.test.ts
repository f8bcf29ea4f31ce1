import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { Keyed } from './keyed.ts';
import { drawnOf, switchOf, vote } from './routes.ts';
import { top } from './shaper.ts';

const keyed = new Keyed(Buffer.from('a key for tests only'), 'model', [1, 1]);

suite('a moving target', () => {
  test('each model answers its part of the cells, and the same cell has the same model', () => {
    const counts = [0, 0, 0];
    for (let at = 0; at < 4000; at++) {
      const row = [at * 0.73, -at * 1.37];
      const chosen = switchOf([2, 1, 0], keyed.of(row));
      assert.equal(switchOf([2, 1, 0], keyed.of(row)), chosen);
      counts[chosen] = (counts[chosen] ?? 0) + 1;
    }
    assert.equal(counts[2], 0);
    assert.ok(Math.abs((counts[0] ?? 0) / 4000 - 2 / 3) < 0.03, String(counts));
  });

  test('is another in another period', () => {
    const draws = Array.from({ length: 200 }, (_, at) => keyed.of([at * 3.1, at]));
    const moved = draws.filter((one) => switchOf([1, 1], one, 1) !== switchOf([1, 1], one, 2));
    assert.ok(moved.length > 60 && moved.length < 140, String(moved.length));
  });

  test('takes weights that are some', () => {
    for (const weights of [[], [0], [1, -1], [Number.NaN], [Number.POSITIVE_INFINITY]])
      assert.throws(() => drawnOf(weights, 0.5), RangeError);
    assert.equal(drawnOf([0, 1, 0], 0.999999), 1);
    assert.equal(drawnOf([0, 1, 0], 0), 1);
  });
});

const probabilities = fc
  .array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 })
  .map((weights) => {
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return Float64Array.from(weights, (weight) => weight / sum);
  });
const several = fc.array(probabilities, { minLength: 1, maxLength: 6 });

suite('a vote', () => {
  test('is probabilities, whatever the rule and the order of the models; who agree do not disagree', () => {
    fc.assert(
      fc.property(several, fc.constantFrom('mean' as const, 'majority' as const), (answers, rule) => {
        const { probabilities, disagreement } = vote(answers, rule);
        const sum = probabilities.reduce((total, value) => total + value, 0);
        assert.ok(Math.abs(sum - 1) < 1e-9 && probabilities.every((value) => value >= 0));
        assert.ok(disagreement >= 0 && disagreement <= 1);
        const turned = vote([...answers].reverse(), rule);
        for (const [at, value] of turned.probabilities.entries())
          assert.ok(Math.abs(value - (probabilities[at] ?? 0)) < 1e-9);
        const [one = new Float64Array()] = answers;
        assert.ok(vote([one, one, one], rule).disagreement < 1e-9);
      }),
    );
  });

  test('of sure models that differ is as much disagreement as there is', () => {
    const [a, b] = [Float64Array.of(1, 0), Float64Array.of(0, 1)];
    assert.ok(Math.abs(vote([a, b], 'mean').disagreement - 1) < 1e-12);
    assert.ok(Math.abs(vote([a, b], 'majority').disagreement - 1) < 1e-12);
  });

  test('by majority is won by most, and a tie by the higher mean', () => {
    const [a, b, c] = [Float64Array.of(0.6, 0.4, 0), Float64Array.of(0.6, 0.4, 0), Float64Array.of(0, 1, 0)];
    assert.equal(top(vote([a, b, c], 'majority').probabilities), 0);
    assert.equal(top(vote([a, c], 'majority').probabilities), 1);
    assert.equal(top(vote([c, a], 'majority').probabilities), 1);
  });

  test('needs the same classes of all', () => {
    assert.throws(() => vote([], 'mean'), RangeError);
    assert.throws(() => vote([Float64Array.of(1, 0), Float64Array.of(1, 0, 0)], 'mean'), RangeError);
    assert.throws(() => vote([Float64Array.of(Number.NaN, 1)], 'mean'), RangeError);
  });
});
