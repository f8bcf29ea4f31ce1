import assert from 'node:assert/strict';
import { test } from 'node:test';
import { float32, int64, type Tensor } from '../tensors/tensor.ts';
import { keptRows, keptTensors } from './kept.ts';

const kept = (...inputs: [string, Tensor][]) =>
  JSON.parse(JSON.stringify({ model: 'fraud', inputs: keptTensors(new Map(inputs)) }));

test('rows are the same when they are read again, with what is missing', () => {
  const rows = Float32Array.of(0.1, Number.NaN, -3e30, 4);
  assert.deepEqual(keptRows(kept(['x', float32([2, 2], rows)])), { rows, features: 2 });
  const halves: Tensor = {
    type: 'float16',
    dims: [1, 2],
    data: new Uint16Array(Float16Array.of(0.5, -2).buffer),
  };
  assert.deepEqual(keptRows(kept(['x', halves])), { rows: Float32Array.of(0.5, -2), features: 2 });
});

test('every type can be kept; what are no rows of real numbers is not read as such', () => {
  const whole = kept(['x', int64([1, 1], [2n ** 60n + 1n])]);
  assert.deepEqual(whole.inputs[0].data, ['1152921504606846977']);
  assert.equal(keptRows(whole), undefined);
  const text: Tensor = { type: 'string', dims: [1, 1], data: ['a'] };
  assert.equal(keptRows(kept(['x', float32([1, 1], [1])], ['y', text])), undefined);
  for (const other of [
    null,
    {},
    { inputs: [1] },
    { inputs: [{ datatype: 'FP32', shape: [2, 3], data: [1] }] },
  ])
    assert.equal(keptRows(other), undefined);
});
