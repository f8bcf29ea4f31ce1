import { type Case, FORBIDDEN } from './case.ts';
import { type Refused, refusedAt } from './refused.ts';
import {
  bytes,
  CAST,
  CONTRADICTS,
  INFER,
  NANS,
  OIP,
  OVERFLOW,
  POLLUTED,
  TWICE,
  TYPES,
  tensor,
  typed,
  written,
} from './tensor-requests.ts';

const WIDE = '/v2/models/wide/infer';
/** The wide model’s question, whole but for one input. */
const WIDE_INPUTS = {
  whole: { datatype: 'INT64', shape: [1, 1], data: [1] },
  small: { datatype: 'UINT8', shape: [1, 2], data: [1, 2] },
  half: { datatype: 'FP16', shape: [1, 1] },
  double: { datatype: 'FP64', shape: [1, 1], data: [0.1] },
  flag: { datatype: 'BOOL', shape: [1, 1], data: [true] },
  pixels: { datatype: 'FP32', shape: [1, 2, 2], data: [0, 0.5, 1, 0] },
};
function wideBody(name?: keyof typeof WIDE_INPUTS, change: object = {}, half: readonly number[] = [0x3c00]) {
  const tail = Buffer.from(new Uint8Array(Uint16Array.from(half).buffer));
  const inputs = Object.entries(WIDE_INPUTS).map(([input, about]) => ({
    name: input,
    ...about,
    ...(input === 'half' && { parameters: { binary_data_size: tail.length } }),
    ...(input === name && change),
  }));
  // Numbers that no double holds stand in texts between marks.
  const head = Buffer.from(JSON.stringify({ inputs }).replace(/"#([^#"]*)#"/g, '$1'));
  return { path: WIDE, headers: typed(String(head.length)), body: Buffer.concat([head, tail]) };
}
const fineWide = () => wideBody();
const wide = (
  id: string,
  name: keyof typeof WIDE_INPUTS,
  change: object,
  half?: readonly number[],
): Refused => ({
  id: `${name}: ${id}`,
  origin: CAST,
  attack: () => wideBody(name, change, half),
  benign: fineWide,
});

const VALUES = [
  'NaN',
  'Infinity',
  '-Infinity',
  '1e999',
  '-1e999',
  '"NaN"',
  '"41"',
  'null',
  'true',
  '[]',
  '{}',
  '0x29',
  '041',
];
const values: readonly Refused[] = [
  ...VALUES.map((value) => written(`element ${value}`, NANS, `[${value},2.5,1]`)),
  written('beyond FP32', CAST, '[41,3.5e38,1]'),
  written('a number of four hundred digits', CAST, `[41,1${'0'.repeat(400)},1]`),
  written('a whole number beyond a double', CAST, '[41,2.5,9007199254740993]'),
  written('below by what FP32 holds', CAST, '[17.99999,2.5,1]'),
  written('a category between two', TYPES, '[41,2.5,0.5]'),
  written('a category below all', TYPES, '[41,2.5,-1]'),
  written('not whole', TYPES, '[41.5,2.5,1]'),
  tensor('other type: FP64', CAST, { datatype: 'FP64' }),
  tensor('other type: INT64', CAST, { datatype: 'INT64', data: [41, 2, 1] }),
  tensor('other type: BYTES', CAST, { datatype: 'BYTES', data: ['41', '2.5', '1'] }),
  tensor('other type: BOOL', CAST, { datatype: 'BOOL', data: [true, true, true] }),
  ...['fp32', 'FLOAT', 'TYPE_FP32', 'FP8', 'BF16', 'constructor', '', null].map((datatype) =>
    tensor(`a type of no name: ${datatype}`, TYPES, { datatype }),
  ),
  bytes('binary: not a number', NANS, [41, Number.NaN, 1]),
  bytes('binary: infinite', NANS, [41, Number.POSITIVE_INFINITY, 1]),
  bytes('binary: below', CAST, [17, 2.5, 1]),
  bytes('binary: below by the last bit', CAST, [18 - 2 ** -19, 2.5, 1]),
  bytes('binary: negative, and almost nothing', CAST, [41, -1.4e-45, 1]),
  wide('beyond its bound, as a double the bound', 'whole', { data: ['#9007199254740993#'] }),
  wide('below its bound, as a double the bound', 'whole', { data: ['#-9007199254740993#'] }),
  wide('beyond 64 bits', 'whole', { data: ['#18446744073709551617#'] }),
  wide('a fraction', 'whole', { data: ['#0.5#'] }),
  wide('as a text', 'whole', { data: ['1'] }),
  wide('as UINT64', 'whole', { datatype: 'UINT64' }),
  wide('as INT32', 'whole', { datatype: 'INT32' }),
  wide('256 is 0 in eight bits', 'small', { data: [256, 0] }),
  wide('-1 is 255 in eight bits', 'small', { data: [-1, 0] }),
  wide('above its bound', 'small', { data: [201, 0] }),
  wide('as INT8', 'small', { datatype: 'INT8' }),
  wide('as JSON', 'half', { data: [1], parameters: undefined }),
  wide('not a number', 'half', {}, [0x7e00]),
  wide('infinite', 'half', {}, [0x7c00]),
  wide('below by the least that there is', 'half', {}, [0x8001]),
  wide('above', 'half', {}, [0x63d1]),
  wide('above by what FP32 would not tell', 'double', { data: ['#0.10000000149011612#'] }),
  wide('above by the last bit', 'double', { data: ['#0.10000000000000002#'] }),
  wide('as FP32', 'double', { datatype: 'FP32' }),
  wide('as a number', 'flag', { data: [1] }),
  wide('as a text', 'flag', { data: ['true'] }),
  wide('as UINT8', 'flag', { datatype: 'UINT8', data: [1] }),
  wide('one picture above its bound', 'pixels', { data: [0, 1.0000002, 0, 0] }),
  wide('other rows than the others', 'pixels', { shape: [2, 2, 2], data: [0, 0, 0, 0, 0, 0, 0, 0] }),
  wide('another picture’s size', 'pixels', { shape: [1, 4, 1] }),
];

const frame = (id: string, origin: string, ...inputs: object[]): Refused => ({
  id: `frame: ${id}`,
  origin,
  attack: () => ({ path: INFER, body: { parameters: { content_type: 'pd' }, inputs } }),
  benign: () => ({ path: INFER, body: { parameters: { content_type: 'pd' }, inputs: FRAME } }),
});
const column = (name: string, datatype: string, value: unknown, more: object = {}) => ({
  ...{ name, datatype, shape: [1, 1], data: [value], ...more },
});
const FRAME = [column('age', 'INT64', 41), column('income', 'FP64', 2.5), column('country', 'BYTES', 'FR')];
const [AGE = {}, INCOME = {}, COUNTRY = {}] = FRAME;
const word = (text: string, content_type: string): Refused => ({
  id: `word: ${content_type} of ${JSON.stringify(text)}`,
  origin: 'RFC 4648: texts in an encoding, looked at before it is undone',
  attack: () => ({ body: words(text, content_type) }),
  benign: () => ({ body: words('aGVsbG8=', 'base64') }),
});
const words = (text: string, content_type: string) => ({
  inputs: [{ name: 'word', datatype: 'BYTES', shape: [1, 1], data: [text], parameters: { content_type } }],
});
const encodings: readonly Refused[] = [
  word(Buffer.from(FORBIDDEN).toString('base64'), 'base64'),
  word('hello', 'base64'),
  word('aGVsbG8', 'base64'),
  word('aGVsbG9=', 'base64'),
  word('aGVs\nbG8=', 'base64'),
  word('gP8=', 'base64'),
  word(FORBIDDEN, 'str'),
  word(FORBIDDEN, 'np'),
  frame('out of range', CAST, column('age', 'INT64', 17), INCOME, COUNTRY),
  frame('not whole', TYPES, column('age', 'FP64', 41.5), INCOME, COUNTRY),
  frame('a number as a text', TYPES, column('age', 'BYTES', '41'), INCOME, COUNTRY),
  frame('a missing value that may not be', TYPES, column('age', 'INT64', null), INCOME, COUNTRY),
  frame('a column less', TYPES, AGE, INCOME),
  frame('a column more', TYPES, ...FRAME, column('debt', 'FP64', 1)),
  frame('a column of objects', POLLUTED, ...FRAME, column('__proto__', 'FP64', 1)),
  frame('a column twice', TWICE, ...FRAME, AGE),
  frame('rows of another number', CONTRADICTS, { ...AGE, shape: [2, 1], data: [41, 41] }, INCOME, COUNTRY),
  frame('rows without end', OVERFLOW, { ...AGE, shape: [1e12, 1] }, INCOME, COUNTRY),
  frame('a tensor for a column', CONTRADICTS, { ...AGE, shape: [1, 3], data: [41, 41, 41] }, INCOME, COUNTRY),
];

export const valueCases: readonly Case[] = [
  ...refusedAt('values that no contract allows', OIP, values),
  ...refusedAt('tensors in encodings', OIP, encodings),
];
