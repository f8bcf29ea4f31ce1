import assert from 'node:assert/strict';
import { test } from 'node:test';
import { float32, type Tensor, type Tensors } from '../../tensors/tensor.ts';
import { exactOf } from './known.ts';

const asked = (tensor: Tensor): Tensors => new Map([['x', tensor]]);

test('what rows do not say is told byte for byte', () => {
  assert.equal(exactOf(asked(float32([1, 2], [1, 2]))), undefined);
  const missing = exactOf(asked(float32([1, 2], [Number.NaN, 2])));
  assert.equal(missing?.length, 8);
  assert.notDeepEqual(missing, exactOf(asked(float32([1, 2], [Number.NaN, 3]))));
  const double = (value: number) =>
    exactOf(asked({ type: 'float64', dims: [1, 1], data: Float64Array.of(value) }));
  assert.notDeepEqual(double(0.1), double(0.1 + 1e-12));
  assert.deepEqual(double(0.1), double(0.1));
});
