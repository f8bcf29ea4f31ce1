import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { isRawNumber } from '../base/json.ts';
import { Refusal } from '../base/refusal.ts';
import { readRequest, readResponse } from './inference.ts';

// What the clients of Triton, KServe and MLServer send, member by member, as their sources write it.

const wire = (json: object, ...tail: Uint8Array[]) => {
  const head = Buffer.from(JSON.stringify(json));
  const length = tail.length > 0 ? String(head.length) : undefined;
  return { body: Buffer.concat([head, ...tail]), length };
};

const told = (json: object, code: string, words: RegExp) =>
  assert.throws(
    () => readRequest(wire(json)),
    (error) => error instanceof Refusal && error.code === code && words.test(error.message),
  );

suite('Triton (tritonclient.http)', () => {
  test('InferInput.set_data_from_numpy, all outputs in binary', () => {
    const bytes = new Uint8Array(Float32Array.of(41, 2.5, 1).buffer);
    const asked = readRequest(
      wire(
        {
          id: '1',
          inputs: [{ name: 'x', shape: [1, 3], datatype: 'FP32', parameters: { binary_data_size: 12 } }],
          parameters: { binary_data_output: true },
        },
        bytes,
      ),
    );
    assert.deepEqual(asked.inputs.get('x')?.data, Float32Array.of(41, 2.5, 1));
    assert.equal(asked.binary('score'), true);
  });

  test('texts and half floats in binary, one output that is named', () => {
    const text = Buffer.from('\x02\0\0\0DE\x02\0\0\0FR', 'latin1');
    const halves = new Uint8Array(Uint16Array.of(0x3c00, 0xc000).buffer);
    const { inputs, outputs, binary } = readRequest(
      wire(
        {
          inputs: [
            { name: 't', shape: [2, 1], datatype: 'BYTES', parameters: { binary_data_size: text.length } },
            { name: 'h', shape: [2], datatype: 'FP16', parameters: { binary_data_size: 4 } },
          ],
          outputs: [{ name: 'score', parameters: { binary_data: true } }],
        },
        text,
        halves,
      ),
    );
    assert.deepEqual(inputs.get('t')?.data, ['DE', 'FR']);
    assert.deepEqual(inputs.get('h'), { type: 'float16', dims: [2], data: Uint16Array.of(0x3c00, 0xc000) });
    assert.deepEqual([outputs, binary('score')], [['score'], true]);
  });

  test('what it may ask for beside is refused by its name', () => {
    const inputs = [{ name: 'x', shape: [1], datatype: 'FP32', data: [1] }];
    for (const [name, value] of Object.entries({
      sequence_id: 7,
      sequence_start: true,
      priority: 1,
      timeout: 5,
    }))
      told({ inputs, parameters: { [name]: value } }, 'unsupported', new RegExp(`“${name}”`));
    const region = { shared_memory_region: 'a', shared_memory_byte_size: 4 };
    told(
      { inputs: [{ name: 'x', shape: [1], datatype: 'FP32', parameters: region }] },
      'unsupported',
      /“shared_memory_region”/,
    );
    const outputs = [{ name: 'y', parameters: { classification: 3, binary_data: true } }];
    told({ inputs, outputs }, 'unsupported', /“classification”/);
    // Nobody hears again what they made up.
    told({ inputs, parameters: { hunter2: 1 } }, 'unsupported', /^(?!.*hunter2)/);
  });
});

test('KServe (InferenceRESTClient): the body names the model, too', () => {
  const asked = readRequest(
    wire({
      id: '8ee0d3a2',
      model_name: 'fraud',
      inputs: [{ name: 'x', shape: [1, 3], datatype: 'FP32', data: [41, 2.5, 1] }],
      outputs: [{ name: 'score', parameters: { binary_data: false } }],
      parameters: { binary_data_output: true },
    }),
  );
  assert.deepEqual([asked.id, asked.model, asked.binary('score')], ['8ee0d3a2', 'fraud', false]);
});

suite('MLServer (codecs)', () => {
  test('NumpyRequestCodec', () => {
    const { inputs } = readRequest(
      wire({
        id: null,
        parameters: { content_type: 'np' },
        inputs: [
          {
            name: 'x',
            shape: [2, 2],
            datatype: 'FP64',
            parameters: { content_type: 'np' },
            data: [1, 2, 3, 4],
          },
        ],
        outputs: null,
      }),
    );
    assert.deepEqual(inputs.get('x')?.data, Float64Array.of(1, 2, 3, 4));
  });

  const texts = (content_type: string, data: string[], more: object = {}) => ({
    inputs: [
      { name: 't', shape: [data.length, 1], datatype: 'BYTES', parameters: { content_type }, data, ...more },
    ],
  });

  test('StringCodec and Base64Codec', () => {
    assert.deepEqual(readRequest(wire(texts('str', ['DE', 'naïve']))).inputs.get('t')?.data, ['DE', 'naïve']);
    assert.deepEqual(readRequest(wire(texts('base64', ['REU=', 'bmHDr3Zl']))).inputs.get('t')?.data, [
      'DE',
      'naïve',
    ]);
    // One text for the same bytes, and bytes that are a text.
    for (const odd of ['REU', 'REV=', 'RE U=', 'REU=\n', '_w==', '/w=='])
      told(texts('base64', [odd]), 'request_invalid', /base64|UTF-8/);
    told(texts('str', ['1'], { datatype: 'INT64', data: [1] }), 'request_invalid', /BYTES/);
  });

  const frame = (...inputs: object[]) => ({ parameters: { content_type: 'pd' }, inputs });
  const age = { name: 'age', shape: [2, 1], datatype: 'INT64', data: [41, 20] };
  const country = {
    name: 'country',
    shape: [2, 1],
    datatype: 'BYTES',
    data: ['FR', 'DE'],
    parameters: { content_type: 'str' },
  };

  test('PandasCodec: columns are rows, and null is missing', () => {
    const income = { name: 'income', shape: [2], datatype: 'FP64', data: [2.5, null] };
    const { rows, inputs } = readRequest(wire(frame(age, country, income)));
    assert.equal(inputs.size, 0);
    assert.deepEqual(
      rows?.map((row) => JSON.stringify(row)),
      ['{"age":41,"country":"FR","income":2.5}', '{"age":20,"country":"DE","income":null}'],
    );
    const [first] = readRequest(wire(frame({ ...age, data: [[41], [20]] }))).rows ?? [];
    assert.ok(isRawNumber((first as { age: unknown }).age));
  });

  test('frames that contradict themselves', () => {
    told(frame(age, { ...country, shape: [1, 1], data: ['FR'] }), 'request_invalid', /number of rows/);
    told(frame({ ...age, shape: [2, 2] }), 'request_invalid', /no column/);
    told(frame({ ...age, shape: [1e12] }), 'request_invalid', /size/);
    assert.throws(() => readRequest(wire(frame(age)), 1), /more rows than there may be/);
    told(frame({ ...age, data: [41, '20'] }), 'request_invalid', /whole number/);
    told(frame(age, age), 'request_invalid', /name/);
  });

  test('content types that are not read are refused by those that are', () => {
    for (const type of ['datetime', 'hg_json', 'dict', 7])
      told({ ...texts('str', ['a']), parameters: { content_type: type } }, 'unsupported', /np, str, pd/);
    told(texts('datetime', ['2026-01-01']), 'unsupported', /np, str, base64/);
    told(texts('pd', ['a']), 'unsupported', /np, str, base64/);
  });
});

test('a server that answers in BF16, and says null for what it leaves out', () => {
  const bytes = new Uint8Array(Uint16Array.of(0x3f80, 0xc020).buffer);
  const { outputs, id } = readResponse(
    wire(
      {
        id: null,
        model_name: 'm',
        outputs: [
          { name: 'y', datatype: 'BF16', shape: [2], parameters: { binary_data_size: 4 } },
          { name: 'z', datatype: 'FP32', shape: [1], data: [1], parameters: null },
        ],
      },
      bytes,
    ),
  );
  assert.equal(id, undefined);
  assert.deepEqual(outputs.get('y'), { type: 'float32', dims: [2], data: Float32Array.of(1, -2.5) });
});
