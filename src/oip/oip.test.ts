import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { Refusal } from '../base/refusal.ts';
import { type ElementType, elementCount, type Tensor } from '../tensors/tensor.ts';
import { DATATYPES } from './datatypes.ts';
import { readRequest, readResponse, writeRequest, writeResponse } from './inference.ts';

const bytes = (json: unknown, ...tail: Uint8Array[]) => {
  const head = Buffer.from(typeof json === 'string' ? json : JSON.stringify(json));
  return {
    body: Buffer.concat([head, ...tail]),
    length: tail.length > 0 ? String(head.length) : undefined,
  };
};

const input = (change: object = {}) => ({
  name: 'x',
  shape: [2, 2],
  datatype: 'FP32',
  data: [1, 2, 3, 4],
  ...change,
});

const refused = (code: string) => (error: unknown) => error instanceof Refusal && error.code === code;

suite('requests', () => {
  test('flat and nested data are the same', () => {
    for (const data of [
      [1, 2, 3, 4],
      [
        [1, 2],
        [3, 4],
      ],
    ]) {
      const { inputs, id } = readRequest(bytes({ id: 'a', inputs: [input({ data })] }));
      assert.deepEqual(inputs.get('x'), { type: 'float32', dims: [2, 2], data: Float32Array.of(1, 2, 3, 4) });
      assert.equal(id, 'a');
    }
  });

  test('the largest whole numbers keep every digit', () => {
    const text =
      '{"inputs":[{"name":"x","shape":[2],"datatype":"INT64","data":[9223372036854775807,-9007199254740993]}]}';
    assert.deepEqual(
      readRequest(bytes(text)).inputs.get('x')?.data,
      BigInt64Array.of(9223372036854775807n, -9007199254740993n),
    );
  });

  test('texts, as JSON and as binary data', () => {
    const texts = ['', 'naïve', '数'];
    const { inputs } = readRequest(
      bytes({ inputs: [input({ shape: [3], datatype: 'BYTES', data: texts })] }),
    );
    assert.deepEqual(inputs.get('x')?.data, texts);
    const again = readRequest(writeRequest(inputs, undefined, undefined)).inputs;
    assert.deepEqual(again, inputs);
  });

  test('outputs say how each is wanted', () => {
    const asked = readRequest(
      bytes({
        inputs: [input()],
        outputs: [{ name: 'a', parameters: { binary_data: false } }, { name: 'b' }],
        parameters: { binary_data_output: true },
      }),
    );
    assert.deepEqual(asked.outputs, ['a', 'b']);
    assert.equal(asked.binary('a'), false);
    assert.equal(asked.binary('b'), true);
  });

  const floats = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);
  const binary = (change: object = {}) => ({
    name: 'x',
    shape: [2, 2],
    datatype: 'FP32',
    parameters: { binary_data_size: 16 },
    ...change,
  });

  for (const [name, wire, code = 'request_invalid'] of [
    ['no inputs', bytes({}), undefined],
    ['inputs that are none', bytes({ inputs: [] }), undefined],
    ['a name twice', bytes({ inputs: [input(), input()] }), undefined],
    ['a shape that is less than the data', bytes({ inputs: [input({ shape: [2] })] }), undefined],
    ['a shape that is more than the data', bytes({ inputs: [input({ shape: [3, 2] })] }), undefined],
    ['a negative size', bytes({ inputs: [input({ shape: [-1, -4] })] }), undefined],
    ['a size that is none', bytes({ inputs: [input({ shape: [1.5, 2] })] }), undefined],
    [
      'sizes beyond all numbers',
      bytes({ inputs: [input({ shape: [2 ** 40, 2 ** 40], data: [] })] }),
      undefined,
    ],
    ['seventeen sizes', bytes({ inputs: [input({ shape: Array(17).fill(1), data: [1] })] }), undefined],
    ['a datatype of no name', bytes({ inputs: [input({ datatype: 'constructor' })] }), undefined],
    ['a text for a number', bytes({ inputs: [input({ data: [1, 2, 3, '4'] })] }), undefined],
    ['nothing for a number', bytes({ inputs: [input({ data: [1, 2, 3, null] })] }), undefined],
    ['a number beyond FP32', bytes({ inputs: [input({ data: [1, 2, 3, 1e300] })] }), undefined],
    [
      'a fraction for a whole number',
      bytes({ inputs: [input({ datatype: 'INT32', data: [1, 2, 3, 4.5] })] }),
      undefined,
    ],
    [
      'a number beyond UINT8',
      bytes({ inputs: [input({ datatype: 'UINT8', data: [1, 2, 3, 256] })] }),
      undefined,
    ],
    ['FP16 as JSON', bytes({ inputs: [input({ datatype: 'FP16' })] }), undefined],
    ['a member that is not known', bytes({ inputs: [input({ colour: 'red' })] }), undefined],
    [
      'shared memory',
      bytes({ inputs: [input({ data: undefined, parameters: { shared_memory_region: 'a' } })] }),
      'unsupported',
    ],
    ['parameters of a sequence', bytes({ inputs: [input()], parameters: { sequence_id: 7 } }), 'unsupported'],
    [
      'classification',
      bytes({ inputs: [input()], outputs: [{ name: 'y', parameters: { classification: 3 } }] }),
      'unsupported',
    ],
    ['data twice', bytes({ inputs: [binary({ data: [1, 2, 3, 4] })] }, floats), undefined],
    [
      'binary data that are not there',
      bytes({ inputs: [binary({ parameters: { binary_data_size: 17 } })] }, floats),
      undefined,
    ],
    ['binary data that are left', bytes({ inputs: [input()] }, floats), undefined],
    ['binary data of another size', bytes({ inputs: [binary({ shape: [3] })] }, floats), undefined],
    ['a header beyond the body', { ...bytes({ inputs: [input()] }), length: '100000' }, undefined],
    ['a header that is no number', { ...bytes({ inputs: [input()] }), length: '0x10' }, undefined],
    ['BF16', bytes({ inputs: [binary({ datatype: 'BF16', shape: [8] })] }, floats), 'unsupported'],
    [
      'data nested otherwise than the shape',
      bytes({
        inputs: [
          input({
            shape: [2, 3],
            data: [
              [1, 2],
              [3, 4],
              [5, 6],
            ],
          }),
        ],
      }),
      undefined,
    ],
    ['data nested in part', bytes({ inputs: [input({ data: [[1, 2], 3, 4] })] }), undefined],
    [
      'half a surrogate pair',
      bytes('{"inputs":[{"name":"x","shape":[1],"datatype":"BYTES","data":["\\ud83d"]}]}'),
      undefined,
    ],
    ['no JSON', bytes('{"inputs":'), 'body_not_json'],
    ['lists in lists', bytes(`{"inputs":${'['.repeat(60)}${']'.repeat(60)}}`), 'body_too_deep'],
  ] as const)
    test(`refused: ${name}`, () => {
      assert.throws(() => readRequest(wire), refused(code ?? 'request_invalid'));
    });
});

const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  bool: Uint8Array,
};

/** Any tensor of small numbers. */
const anyTensor: fc.Arbitrary<Tensor> = fc
  .tuple(
    fc.constantFrom(...(Object.values(DATATYPES) as ElementType[])),
    fc.array(fc.nat(3), { maxLength: 3 }),
    fc.infiniteStream(fc.nat(1)),
    fc.infiniteStream(fc.string({ unit: 'grapheme' })),
  )
  .map(([type, dims, numbers, texts]) => {
    const count = elementCount(dims);
    if (type === 'string') return { type, dims, data: [...texts.take(count)] };
    const values = [...numbers.take(count)];
    const data =
      type === 'int64'
        ? BigInt64Array.from(values, BigInt)
        : type === 'uint64'
          ? BigUint64Array.from(values, BigInt)
          : new arrays[type](values);
    return { type, dims, data } as Tensor;
  });

test('what is written is read again, as JSON and as binary data', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ minLength: 1 }), anyTensor, { minKeys: 1 }),
      fc.boolean(),
      (set, binary) => {
        const tensors = new Map(Object.entries(set));
        assert.deepEqual(readRequest(writeRequest(tensors, undefined, 'i')).inputs, tensors);
        const request = { id: 'i', inputs: tensors, outputs: undefined, binary: () => binary };
        if (!binary && [...tensors.values()].some(({ type }) => type === 'float16')) return;
        const wire = writeResponse({ model: 'm', version: '1', id: 'i', outputs: tensors }, request);
        assert.deepEqual(readResponse(wire), { model: 'm', version: '1', id: 'i', outputs: tensors });
      },
    ),
  );
});

test('a server that answers nonsense is refused as such', () => {
  for (const text of ['', '[]', '{}', '{"outputs":[{"name":"y"}]}'])
    assert.throws(() => readResponse(bytes(text)), refused('upstream_invalid'));
});

test('what a server says beside its numbers is passed over; what a client says is not', () => {
  const tensor = { name: 'y', datatype: 'FP32', shape: [1], data: [1], parameters: { headers: {} } };
  const wire = (member: string) => ({
    body: new TextEncoder().encode(JSON.stringify({ [member]: [tensor] })),
    length: undefined,
  });
  assert.deepEqual([...(readResponse(wire('outputs')).outputs.get('y')?.data ?? [])], [1]);
  assert.throws(() => readRequest(wire('inputs')), refused('unsupported'));
});

test('what is no number has no JSON', () => {
  const outputs = new Map<string, Tensor>([
    ['y', { type: 'float32', dims: [1], data: Float32Array.of(Number.NaN) }],
  ]);
  const asked = (binary: boolean) => ({
    id: undefined,
    inputs: outputs,
    outputs: undefined,
    binary: () => binary,
  });
  const response = { model: 'm', version: undefined, id: undefined, outputs };
  assert.throws(() => writeResponse(response, asked(false)), refused('upstream_invalid'));
  assert.deepEqual(readResponse(writeResponse(response, asked(true))).outputs, outputs);
});
