import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { float, int, ints, word } from '../../graph/emitter.ts';
import { encodeModel, storeTensor, valueInfo } from '../../graph/encode.ts';
import type { AttributeValue, OnnxModel } from '../../graph/onnx.ts';
import { CannotUpgrade, upgrade } from '../../graph/upgrade.ts';
import { elementCount, float32, int64, numbersOf, type Tensor } from '../../tensors/tensor.ts';
import { OnnxSession } from './session.ts';

/** A model of one node in an old version. */
const oldModel = (
  version: number,
  op: string,
  inputs: readonly (readonly number[] | Tensor)[],
  attributes: Readonly<Record<string, AttributeValue>> = {},
  outputs = 1,
): OnnxModel => ({
  opsets: new Map([['', version]]),
  functions: [],
  rest: [Uint8Array.of(8, 4)],
  graph: {
    name: 'old',
    nodes: [
      {
        op,
        domain: '',
        name: 'node',
        inputs: inputs.map((_, index) => `in${index}`),
        outputs: Array.from({ length: outputs }, (_, index) => `out${index}`),
        attributes: new Map(Object.entries(attributes)),
      },
    ],
    initializers: inputs.flatMap((input, index) =>
      'type' in input ? [storeTensor(`in${index}`, input)] : [],
    ),
    inputs: inputs.map((input, index) =>
      'type' in input
        ? valueInfo(`in${index}`, input.type, input.dims)
        : valueInfo(`in${index}`, 'float32', input as readonly number[]),
    ),
    outputs: Array.from({ length: outputs }, (_, index) => valueInfo(`out${index}`)),
    rest: [],
  },
});

const CASES: Readonly<Record<string, OnnxModel>> = {
  'Softmax 11': oldModel(11, 'Softmax', [[2, 3, 4]], { axis: int(1) }),
  'LogSoftmax 7': oldModel(7, 'LogSoftmax', [[2, 3]]),
  'Clip 7': oldModel(7, 'Clip', [[4, 3]], { min: float(-0.2), max: float(0.3) }),
  'Pad 9': oldModel(9, 'Pad', [[2, 3]], { pads: ints([0, 1, 1, 0]), value: float(0.5) }),
  'Slice 9': oldModel(9, 'Slice', [[4, 5]], { starts: ints([1]), ends: ints([3]), axes: ints([1]) }),
  'Split 11': oldModel(11, 'Split', [[2, 5]], { axis: int(1), split: ints([2, 3]) }, 2),
  'Squeeze 11': oldModel(11, 'Squeeze', [[2, 1, 3]], { axes: ints([1]) }),
  'Unsqueeze 9': oldModel(9, 'Unsqueeze', [[2, 3]], { axes: ints([0, 3]) }),
  'ReduceSum 11': oldModel(11, 'ReduceSum', [[2, 3]], { axes: ints([1]), keepdims: int(0) }),
  'TopK 9': oldModel(9, 'TopK', [[2, 5]], { k: int(2) }, 2),
  'Dropout 10': oldModel(10, 'Dropout', [[2, 5]], { ratio: float(0.4) }),
  'BatchNormalization 9': oldModel(9, 'BatchNormalization', [
    [2, 2, 3],
    float32([2], [1, 2]),
    float32([2], [0, 1]),
    float32([2], [0.1, 0.2]),
    float32([2], [1, 2]),
  ]),
  'Upsample 9': oldModel(9, 'Upsample', [[1, 1, 2, 3], float32([4], [1, 1, 2, 2])], {
    mode: word('nearest'),
  }),
  'Upsample 7': oldModel(7, 'Upsample', [[1, 1, 2, 3]], {
    mode: word('linear'),
    scales: { kind: 'floats', value: [1, 1, 2, 2] },
  }),
  'Resize 10': oldModel(10, 'Resize', [[1, 1, 3, 3], float32([4], [1, 1, 2, 1])], { mode: word('linear') }),
  'Scatter 9': oldModel(9, 'Scatter', [[3, 3], int64([1, 3], [1, 0, 2]), [1, 3]]),
};

suite('an upgraded model makes what it made before', () => {
  for (const [name, model] of Object.entries(CASES))
    test(name, async () => {
      const feeds = new Map(
        model.graph.inputs
          .filter(({ name }) => model.graph.initializers.every((stored) => stored.name !== name))
          .map(({ name, dims = [] }) => {
            const sizes = dims.map(Number);
            const data = Float32Array.from({ length: elementCount(sizes) }, (_, at) => Math.sin(at * 7 + 1));
            return [name, float32(sizes, data)] as const;
          }),
      );
      const before = await OnnxSession.open(encodeModel(model), { optimize: 'none' });
      const upgraded = upgrade(model);
      assert.equal(upgraded.opsets.get(''), 17);
      const after = await OnnxSession.open(encodeModel(upgraded), { optimize: 'none' });
      const [one, other] = [await before.run(feeds), await after.run(feeds)];
      for (const [output, tensor] of one) {
        const made = other.get(output);
        assert.ok(made !== undefined);
        assert.deepEqual(made.dims, tensor.dims);
        assert.deepEqual(numbersOf(made), numbersOf(tensor));
      }
      await Promise.all([before.close(), after.close()]);
    });
});

test('models that are too old are refused', () => {
  assert.throws(() => upgrade(oldModel(6, 'Relu', [[2]])), CannotUpgrade);
});
