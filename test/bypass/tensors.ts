import { LENGTH_HEADER } from '../../src/oip/message.ts';
import type { Case } from './case.ts';
import { type Refused, refusedAt } from './refused.ts';
import {
  AMPLIFIED,
  asked,
  behind,
  binary,
  bytes,
  CAST,
  CONTRADICTS,
  fineBytes,
  floats,
  INFER,
  MODEL,
  OIP,
  OVERFLOW,
  POLLUTED,
  request,
  SHARED,
  TAIL,
  TENSOR,
  TWICE,
  TYPES,
  tensor,
} from './tensor-requests.ts';

const contradictions: readonly Refused[] = [
  tensor('more data than its shape', CONTRADICTS, { data: [41, 2.5, 1, 9] }),
  tensor('less data than its shape', CONTRADICTS, { data: [41, 2.5] }),
  tensor('data nested as another shape', CONTRADICTS, {
    shape: [3, 2],
    data: [
      [41, 2.5, 1],
      [41, 2.5, 1],
    ],
  }),
  tensor('data nested in part', CONTRADICTS, { data: [[41, 2.5], 1] }),
  tensor('data nested deeper than its shape', CONTRADICTS, { data: [[[41], [2.5], [1]]] }),
  tensor('data as an object', CONTRADICTS, { data: { 0: 41, 1: 2.5, 2: 1, length: 3 } }),
  tensor('data as a text', CONTRADICTS, { data: '41,2.5,1' }),
  tensor('a size below none', CONTRADICTS, { shape: [-1, 3] }),
  tensor('two sizes below none', CONTRADICTS, { shape: [-1, -3] }),
  tensor('a size that is a fraction', CONTRADICTS, { shape: [1.5, 2] }),
  tensor('a size as a text', CONTRADICTS, { shape: ['1', 3] }),
  tensor('a shape that is no list', CONTRADICTS, { shape: 3 }),
  tensor('no rows', CONTRADICTS, { shape: [0, 3], data: [] }),
  tensor('no columns', CONTRADICTS, { shape: [3, 0], data: [] }),
  tensor('other rank', CONTRADICTS, { shape: [3] }),
  tensor('a rank more', CONTRADICTS, { shape: [1, 1, 3] }),
  tensor('columns for rows', CONTRADICTS, { shape: [3, 1] }),
  tensor('sixty-four sizes', CONTRADICTS, { shape: Array(64).fill(1), data: [1] }),
  tensor('sizes whose product overflows', OVERFLOW, { shape: [2 ** 32, 2 ** 32, 3], data: [] }),
  tensor('sizes whose product is none in 64 bits', OVERFLOW, {
    shape: [2 ** 33, 2 ** 31, 3],
    data: [41, 2.5, 1],
  }),
  tensor('sizes whose product is that of the data in 32 bits', OVERFLOW, { shape: [2 ** 32 + 1, 3] }),
  tensor('rows without end, of nothing', OVERFLOW, { shape: [1e12, 0], data: [] }),
  tensor('a size beyond a double', OVERFLOW, { shape: [2 ** 53 + 2, 3] }),
  tensor('neither data nor bytes', CONTRADICTS, { data: undefined }),
  tensor('data that are null', CONTRADICTS, { data: null }),
  tensor('a member that nobody knows', CONTRADICTS, { raw_input_contents: 'AAAA' }),
  tensor('a name in another case', MODEL, { name: 'X' }),
  tensor('a name with a space', MODEL, { name: 'x ' }),
  tensor('a name that ends in NUL', MODEL, { name: 'x\0' }),
  tensor('no name', MODEL, { name: undefined }),
  tensor('a name that is a list', MODEL, { name: ['x'] }),
  request('no input', CONTRADICTS, { inputs: [] }),
  request('inputs that are an object', CONTRADICTS, { inputs: { x: TENSOR } }),
  request('an input twice', TWICE, { inputs: [TENSOR, TENSOR] }),
  request('an input twice, the second out of range', TWICE, {
    inputs: [TENSOR, { ...TENSOR, data: [1, 2.5, 1] }],
  }),
  request('an input more', TWICE, { inputs: [TENSOR, { ...TENSOR, name: 'y' }] }),
  request('a name of objects for an input more', POLLUTED, {
    inputs: [TENSOR, { ...TENSOR, name: '__proto__' }],
  }),
  asked(
    'data twice in one object, the last out of range',
    TWICE,
    JSON.stringify({ inputs: [TENSOR] }).replace('[41,2.5,1]', '[41,2.5,1],"data":[1,2.5,1]'),
  ),
  asked(
    'a shape twice in one object',
    TWICE,
    JSON.stringify({ inputs: [TENSOR] }).replace('"shape":[1,3]', '"shape":[1,3],"shape":[3,1]'),
  ),
  asked(
    'inputs twice, the last out of range',
    TWICE,
    `{"inputs":[${JSON.stringify(TENSOR)}],"inputs":[${JSON.stringify({ ...TENSOR, data: [1, 2.5, 1] })}]}`,
  ),
  behind('a size that is not there', { parameters: { binary_data_size: 12 } }, new Uint8Array()),
  behind('a size that is more than there is', { parameters: { binary_data_size: 16 } }, TAIL),
  behind('a size that leaves bytes over', { parameters: { binary_data_size: 8 } }, TAIL),
  behind('a size below none', { parameters: { binary_data_size: -12 } }, TAIL),
  behind('a size beyond a double', { parameters: { binary_data_size: 2 ** 60 } }, TAIL),
  behind('a size as a text', { parameters: { binary_data_size: '12' } }, TAIL),
  behind('a size that is a fraction', { parameters: { binary_data_size: 11.5 } }, TAIL),
  behind('data and bytes', { data: [41, 2.5, 1], parameters: { binary_data_size: 12 } }, TAIL),
  behind('bytes for another shape', { shape: [2, 3], parameters: { binary_data_size: 12 } }, TAIL),
  behind('bytes of half the type', { datatype: 'FP16', parameters: { binary_data_size: 12 } }, TAIL),
  behind(
    'texts whose length is beyond the bytes',
    { datatype: 'BYTES', parameters: { binary_data_size: 4 } },
    Uint8Array.of(255, 255, 255, 255),
  ),
  behind(
    'texts cut in a length',
    { datatype: 'BYTES', parameters: { binary_data_size: 3 } },
    Uint8Array.of(1, 0, 0),
  ),
  bytes('header: length beyond the body', OVERFLOW, [41, 2.5, 1], () => '99999999'),
  bytes('header: length below none', OVERFLOW, [41, 2.5, 1], () => '-1'),
  bytes('header: length in hex', OVERFLOW, [41, 2.5, 1], (length) => `0x${Number(length).toString(16)}`),
  bytes('header: length with a sign', OVERFLOW, [41, 2.5, 1], (length) => `+${length}`),
  bytes('header: length with a fraction', OVERFLOW, [41, 2.5, 1], (length) => `${length}.0`),
  bytes('header: two lengths', OVERFLOW, [41, 2.5, 1], (length) => `${length}, ${length}`),
  bytes('header: length of nothing', OVERFLOW, [41, 2.5, 1], () => '0'),
  {
    id: 'header: the length twice',
    origin: OVERFLOW,
    attack() {
      const { headers, body } = binary(floats(41, 2.5, 1));
      const length = headers[LENGTH_HEADER] ?? '';
      return { path: INFER, headers: { ...headers, [LENGTH_HEADER]: [length, '5'] }, body };
    },
    benign: fineBytes,
  },
];

const PARAMETERS = {
  sequence_id: 7,
  sequence_start: true,
  sequence_end: true,
  priority: 1,
  timeout: 1,
  binary_data: true,
  triton_enable_empty_final_response: true,
  headers: { authorization: 'x' },
  __proto__x: 1,
};
const parameters: readonly Refused[] = [
  ...Object.entries(PARAMETERS).map(([name, value]) =>
    request(`request: ${name}`, SHARED, { parameters: { [name]: value } }),
  ),
  asked(
    'request: __proto__',
    POLLUTED,
    `{"inputs":[${JSON.stringify(TENSOR)}],"parameters":{"__proto__":{"a":1}}}`,
  ),
  request('request: a list', SHARED, { parameters: [] }),
  request('request: binary_data_output as a text', SHARED, { parameters: { binary_data_output: 'true' } }),
  request('request: a content type of files', SHARED, { parameters: { content_type: 'pickle' } }),
  tensor('input: a region of shared memory', SHARED, {
    data: undefined,
    parameters: { shared_memory_region: 'a', shared_memory_byte_size: 12 },
  }),
  tensor('input: a region beside its data', SHARED, { parameters: { shared_memory_region: 'a' } }),
  tensor('input: an offset', SHARED, { parameters: { shared_memory_offset: 2 ** 40 } }),
  tensor('input: a content type that is cast', CAST, { parameters: { content_type: 'datetime' } }),
  tensor('input: texts that are numbers', CAST, { parameters: { content_type: 'base64' } }),
  request('output: a classification', SHARED, {
    outputs: [{ name: 'score', parameters: { classification: 3 } }],
  }),
  request('output: a region', SHARED, {
    outputs: [{ name: 'score', parameters: { shared_memory_region: 'a' } }],
  }),
  request('output: twice', TWICE, { outputs: [{ name: 'score' }, { name: 'score' }] }),
  request('output: none', SHARED, { outputs: [] }),
  request('output: without a name', SHARED, { outputs: [{}] }),
  request('an id without an end', AMPLIFIED, { id: 'a'.repeat(100_000) }),
  request('an id that is an object', TYPES, { id: {} }),
];

export const tensorCases: readonly Case[] = [
  ...refusedAt('tensors that contradict themselves', OIP, contradictions),
  ...refusedAt('parameters of other servers', OIP, parameters),
];
