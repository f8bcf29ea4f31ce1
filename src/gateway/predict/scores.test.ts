import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { Refusal } from '../../base/refusal.ts';
import { Chain } from '../../shapers/chain.ts';
import { float32, int64, type Tensor } from '../../tensors/tensor.ts';
import { realsOf } from './known.ts';
import { labelsWith, scoresIn } from './scores.ts';
import { shapeAnswer } from './shape-answer.ts';

const refused = (act: () => unknown) =>
  assert.throws(act, (error) => error instanceof Refusal && error.code === 'upstream_invalid');
const likely = float32([2, 2], [0.75, 0.25, 0, 1]);
const known = (single = false) => ({ output: 'y', form: 'logits' as const, single, classes: 2 });

suite('scores are found', () => {
  test('where the calibration says, and nowhere else', () => {
    const logits = float32([2, 2], [3, -4, 0, 9]);
    const found = scoresIn(
      new Map([
        ['p', likely],
        ['y', logits],
      ]),
      2,
      known(),
    );
    assert.deepEqual([found.output, found.form, found.served], ['y', 'logits', logits.data]);
    for (const other of [
      float32([2, 3], [1, 2, 3, 4, 5, 6]),
      float32([1, 2], [1, 2]),
      float32([], [1]),
      int64([2, 2], [1, 0, 0, 1]),
    ])
      refused(() =>
        scoresIn(
          new Map([
            ['p', likely],
            ['y', other],
          ]),
          2,
          known(),
        ),
      );
    refused(() => scoresIn(new Map([['p', likely]]), 2, known()));
    refused(() => scoresIn(new Map([['y', logits]]), 2, known(true)));
  });

  test('without one, where rows are probabilities, and in one output only', () => {
    const label = int64([2], [0, 1]);
    assert.equal(
      scoresIn(
        new Map<string, Tensor>([
          ['l', label],
          ['p', likely],
        ]),
        2,
        undefined,
      ).output,
      'p',
    );
    assert.equal(scoresIn(new Map([['p', float32([2, 1], [0.5, 0])]]), 2, undefined).single, true);
    refused(() =>
      scoresIn(
        new Map([
          ['p', likely],
          ['q', likely],
        ]),
        2,
        undefined,
      ),
    );
    refused(() => scoresIn(new Map([['p', float32([2, 2], [0.5, 0.6, 0, 1])]]), 2, undefined));
    refused(() => scoresIn(new Map([['p', float32([2, 1], [0.5, Number.NaN])]]), 2, undefined));
    refused(() => scoresIn(new Map([['p', float32([2], [0.5, 1.5])]]), 2, undefined));
    refused(() => scoresIn(new Map([['l', label]]), 2, undefined));
    refused(() => scoresIn(new Map([['p', likely]]), 1, undefined));
  });
});

test('names of classes keep the type that the model gave', () => {
  const chosen = Int32Array.of(1, 0);
  const labels = (classes: (string | number)[]) => ({ output: 'l', classes });
  assert.deepEqual(labelsWith(int64([2], [0, 0]), chosen, labels([5, 7])).data, BigInt64Array.of(7n, 5n));
  const texts: Tensor = { type: 'string', dims: [2, 1], data: ['', ''] };
  assert.deepEqual(labelsWith(texts, chosen, labels(['a', 'b'])).data, ['b', 'a']);
  refused(() => labelsWith(texts, chosen, labels([5, 7])));
  refused(() => labelsWith(int64([3], [0, 0, 0]), chosen, labels([5, 7])));
});

test('a shaped answer keeps form, type and dims, and says nothing of the numbers but what shapers leave', async () => {
  const chain = new Chain([{ use: 'label-only' }], { key: false, gate: false });
  const row = fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 8 }),
      fc.constantFrom('float32', 'float64', 'float16'),
      fc.constantFrom('logits', 'probabilities'),
      async (weights, type, form) => {
        const numbers = weights.flatMap((one) => {
          const sum = one.reduce((total, weight) => total + weight, 0);
          return one.map((weight) => (form === 'logits' ? Math.log(weight) : weight / sum));
        });
        const dims = [weights.length, 3];
        const tensor: Tensor =
          type === 'float16'
            ? { type, dims, data: new Uint16Array(Float16Array.from(numbers).buffer) }
            : type === 'float64'
              ? { type, dims, data: Float64Array.from(numbers) }
              : float32(dims, numbers);
        const made = new Map<string, Tensor>([
          ['y', tensor],
          ['embedding', float32([1], [4711])],
        ]);
        const about = { output: 'y', form, single: false, classes: 3 } as const;
        const scores = scoresIn(made, weights.length, about);
        const { outputs } = await shapeAnswer({
          made,
          scores,
          known: undefined,
          rows: undefined,
          chain,
          external: true,
        });
        assert.deepEqual([...outputs.keys()], ['y']);
        const given = outputs.get('y') as Tensor;
        assert.deepEqual([given.type, given.dims], [type, dims]);
        assert.equal(new Set(Array.from(realsOf(given))).size, 2);
      },
    ),
  );
});
