import assert from 'node:assert/strict';
import { Problem } from '../../../src/base/problem.ts';
import { Refusal } from '../../../src/base/refusal.ts';
import { checkTensors } from '../../../src/contracts/check.ts';
import { readContract, writeContract } from '../../../src/contracts/document.ts';
import { rowsToTensors } from '../../../src/contracts/rows.ts';
import { readRequest, readResponse, writeRequest, writeResponse } from '../../../src/oip/inference.ts';
import type { Tensor } from '../../../src/tensors/tensor.ts';
import { parseJson } from '../../../src/wire/json.ts';
import { FRAUD } from '../../harness/predictions.ts';
import { assertSilent, CANARY, refusedBy } from '../expect.ts';
import { pure, type Target } from '../target.ts';

const WORDS = [
  '"shape":[1,3]',
  '[2147483648,2147483648]',
  '"parameters":{"binary_data_size":12}',
  '"parameters":{"content_type":"pd"}',
  '"base64"',
  '"datatype":"BYTES"',
  '"datatype":"INT64"',
  '"FP16"',
  '9223372036854775807',
  '1e39',
  '-0',
  'null',
  '[[',
  '"\\ud800"',
  `"${CANARY}"`,
];

const SEEDS = [
  '{"id":"a","inputs":[{"name":"x","datatype":"FP32","shape":[1,3],"data":[41,2.5,1]}]}',
  '{"inputs":[{"name":"x","datatype":"INT64","shape":[2,2],"data":[[1,2],[3,4]]},{"name":"t","datatype":"BYTES","shape":[1],"data":["é"],"parameters":{"content_type":"str"}}],"outputs":[{"name":"y","parameters":{"binary_data":true}}]}',
  '{"parameters":{"content_type":"pd"},"inputs":[{"name":"age","datatype":"INT64","shape":[2,1],"data":[41,20]},{"name":"country","datatype":"BYTES","shape":[2],"data":["FR",null]}]}',
  '{"inputs":[{"name":"x","datatype":"FP32","shape":[1,3],"parameters":{"binary_data_size":12}}],"parameters":{"binary_data_output":true}}\0\0\x24\x42\0\0\x20\x40\0\0\x80\x3f',
  '{"inputs":[{"name":"t","datatype":"BYTES","shape":[2],"parameters":{"binary_data_size":10}}]}\x01\0\0\0a\x01\0\0\0b',
  '{"model_name":"m","outputs":[{"name":"y","datatype":"BF16","shape":[2],"parameters":{"binary_data_size":4}}]}\x80\x3f\x20\xc0',
];

const count = ({ dims }: Tensor) => dims.reduce((product, size) => product * size, 1);

const messages = pure({
  name: 'oip.messages',
  words: WORDS,
  seeds: () => SEEDS.map((seed) => Buffer.from(seed, 'latin1')),
  quick: 1500,
  check(input) {
    // Where the JSON ends is said beside it; a change may have moved it.
    const end = input.indexOf('}]}') + 3;
    const behind = input.indexOf('}}', end - 1);
    const head = behind >= 0 && input.subarray(end, behind).includes(':') ? behind + 2 : end;
    const length = head > 2 && head < input.length ? String(head) : undefined;
    const asked = refusedBy(() => readRequest({ body: input, length }, 64), Refusal);
    const said = refusedBy(() => readResponse({ body: input, length }), Refusal);
    if (said instanceof Refusal) assert.equal(said.code, 'upstream_invalid');
    else for (const tensor of said.outputs.values()) assert.equal(tensor.data.length, count(tensor));
    if (asked instanceof Refusal) {
      assertSilent(`${asked.message} ${asked.field}`, 'a refusal');
      return asked.message;
    }
    assert.ok((asked.rows?.length ?? 0) <= 64);
    for (const tensor of asked.inputs.values()) assert.equal(tensor.data.length, count(tensor));
    if (asked.inputs.size === 0) return 'frame';
    const again = readRequest(writeRequest(asked.inputs, asked.outputs, asked.id));
    assert.deepEqual(again.inputs, asked.inputs, 'what was checked is what is sent');
    const answer = { model: 'm', version: undefined, id: asked.id, outputs: asked.inputs };
    assert.deepEqual(readResponse(writeResponse(answer, { binary: () => true })).outputs, asked.inputs);
    return [...asked.inputs.values()].map(({ type }) => type).join();
  },
});

const MIXED = readContract(
  `version: 1
max_rows: 8
inputs:
  x:
    type: float32
    shape: [rows, 5]
    features:
      - { name: age, kind: whole, min: 18, max: 120 }
      - { name: rate, kind: number, min: 0, max: 0.1, missing: nan }
      - { name: member, kind: flag }
      - { name: plan, kind: category, one_hot: [free, pro], missing: zeros }
  n: { type: int64, shape: [rows, 1], features: [{ name: debt, kind: whole }] }
  t: { type: string, shape: [rows, 1], features: [{ name: word, kind: category, texts: [a, é] }] }
`,
  'mixed.yaml',
);
const ROW = '{"age":41,"rate":0.1,"member":true,"plan":"pro","debt":-9007199254740991,"word":"é"}';

const rows = pure({
  name: 'contracts.rows',
  words: [...WORDS, '"__proto__"', '"age"', '120.00000001', '0.10000000149', '16777217', '9007199254740993'],
  seeds: () => [
    `{"rows":[${ROW}]}`,
    `{"rows":[${ROW},{"age":18,"rate":null,"member":0,"debt":0,"word":"a"}]}`,
  ],
  quick: 1500,
  check(input) {
    const json = refusedBy(() => parseJson(input, { maxDepth: 24 }), Refusal);
    if (json instanceof Refusal || !Array.isArray(json.rows)) return;
    const { tensors, violations = [] } = rowsToTensors(MIXED, json.rows);
    if (tensors === undefined) {
      assert.ok(violations.length > 0);
      assertSilent(JSON.stringify(violations), 'a violation');
      return violations.map(({ reason, feature }) => `${reason} ${feature}`).join();
    }
    // What is held by rows is held by tensors: neither is a way round the other.
    assert.deepEqual(checkTensors(MIXED, tensors), []);
    assert.equal(tensors.get('x')?.dims[0], json.rows.length);
    return 'fits';
  },
});

const documents = pure({
  name: 'contracts.document',
  words: [
    'missing: nan',
    'kind: whole',
    'one_hot: [a, b]',
    'codes: { a: 1 }',
    'max_rows: 1',
    '1e999',
    CANARY,
  ],
  seeds: () => [FRAUD, writeContract(MIXED)],
  quick: 300,
  check(input) {
    const contract = refusedBy(() => readContract(input.toString(), 'contract.yaml'), Problem);
    if (contract instanceof Problem)
      return contract.kind === 'usage' ? undefined : assert.fail(contract.kind);
    assert.deepEqual(readContract(writeContract(contract), 'again.yaml'), contract);
    return 'read';
  },
});

export const predictionTargets: readonly Target[] = [messages, rows, documents];
