import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { float32, int64, type Tensor } from '../tensors/tensor.ts';
import { decodeModel } from './decode.ts';
import { tensorOf } from './elements.ts';
import { encodeModel, storeTensor, valueInfo } from './encode.ts';
import type { OnnxModel } from './onnx.ts';
import { MalformedModel, MessageWriter } from './wire.ts';

const model: OnnxModel = {
  opsets: new Map([
    ['', 17],
    ['ai.onnx.ml', 3],
  ]),
  functions: [],
  rest: [Uint8Array.of(8, 8)],
  graph: {
    name: 'small',
    nodes: [
      {
        op: 'Gemm',
        domain: '',
        name: 'one',
        inputs: ['x', 'w'],
        outputs: ['y'],
        attributes: new Map([
          ['alpha', { kind: 'float', value: 0.5 }],
          ['transB', { kind: 'int', value: -1 }],
          ['names', { kind: 'strings', value: ['a', 'b'] }],
          ['sizes', { kind: 'ints', value: [1, -2, 3] }],
          ['weights', { kind: 'floats', value: [0.5, 2] }],
          ['tensor', { kind: 'tensor', value: storeTensor('t', int64([2], [1, 2])) }],
        ]),
      },
    ],
    initializers: [storeTensor('w', float32([2, 2], [1, 2, 3, 4]))],
    inputs: [valueInfo('x', 'float32', ['n', 2])],
    outputs: [valueInfo('y', 'float32', [null, 2])],
    rest: [],
  },
};

/** Without the bytes that things were read from. */
const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, item) =>
      key === 'proto' ? undefined : item instanceof Map ? [...item] : item,
    ),
  );

suite('models', () => {
  test('what is written is read again, from a Buffer as well', () => {
    for (const bytes of [encodeModel(model), Buffer.concat([Buffer.alloc(0), encodeModel(model)])]) {
      const read = decodeModel(bytes);
      assert.deepEqual(plain(read.graph), plain(model.graph));
      assert.deepEqual(read.opsets, model.opsets);
      const [weights] = read.graph.initializers;
      assert.deepEqual(weights && tensorOf(weights), float32([2, 2], [1, 2, 3, 4]));
      assert.deepEqual(decodeModel(encodeModel(read)).graph.nodes.length, 1);
    }
  });

  test('elements are read from every field that they may stand in', () => {
    const packed = (field: number, type: number, ...values: number[]) => {
      const out = new MessageWriter().number(1, values.length).number(2, type);
      for (const value of values) out.number(field, value);
      return out.finish();
    };
    const read = (proto: Uint8Array, type: Tensor['type'], count: number) =>
      tensorOf({ name: 't', type, dims: [count], external: false, proto });
    assert.deepEqual(read(packed(5, 3, -1, 7), 'int8', 2).data, Int8Array.of(-1, 7));
    assert.deepEqual(read(packed(7, 7, -9), 'int64', 1).data, BigInt64Array.of(-9n));
    assert.deepEqual(read(packed(11, 13, 5), 'uint64', 1).data, BigUint64Array.of(5n));
    assert.throws(() => read(packed(7, 7, 1), 'int64', 2), MalformedModel);
    assert.throws(
      () => tensorOf({ name: 't', type: 'float32', dims: [1], external: true, proto: new Uint8Array() }),
      MalformedModel,
    );
  });

  test('long lists of elements are read, and what no message can hold is refused', () => {
    const count = 300_000;
    const proto = new MessageWriter()
      .number(1, count)
      .number(2, 1)
      .bytes(4, new Uint8Array(count * 4))
      .finish();
    const stored = { name: 't', type: 'float32', dims: [count], external: false, proto } as const;
    assert.equal(tensorOf(stored).data.length, count);
    assert.throws(() => decodeModel(new Uint8Array(2 ** 31)), /more than 2 GB/);
  });

  test('bytes that are no model throw one kind of error', () => {
    const whole = encodeModel(model);
    for (let length = 0; length < whole.length; length++)
      try {
        decodeModel(whole.subarray(0, length));
      } catch (error) {
        assert.ok(error instanceof MalformedModel, String(error));
      }
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, value) => {
        const changed = whole.slice();
        changed[at] = value;
        try {
          for (const stored of decodeModel(changed).graph.initializers) tensorOf(stored);
        } catch (error) {
          assert.ok(error instanceof MalformedModel, String(error));
        }
      }),
      { numRuns: 3000 },
    );
    assert.throws(() => decodeModel(new Uint8Array()), MalformedModel);
  });
});
