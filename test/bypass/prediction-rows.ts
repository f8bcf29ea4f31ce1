import { gzipSync } from 'node:zlib';
import { ROW } from '../harness/predictions.ts';
import type { Case } from './case.ts';
import { type Refused, refusedAt } from './refused.ts';
import {
  AMPLIFIED,
  CAST,
  CONTRADICTS,
  MODEL,
  NANS,
  OIP,
  POLLUTED,
  ROWS,
  ROWS_AT,
  request,
  SHARED,
  TENSOR,
  TWICE,
  TYPES,
} from './tensor-requests.ts';

const OTHER = 'CWE-441: the body names another than the path';
const REPOSITORY = 'Triton CVE-2024-0087; KServe: the model repository extension without a credential';
const LOOKALIKE = 'Unicode TR 39: names that look alike';

/** Paths that only one of two servers takes for the model’s. */
const places: readonly Refused[] = [
  ...[
    '/v2/models/fraud/../secret/infer',
    '/v2/models/fraud%2f..%2fsecret/infer',
    '/v2/models/Words/infer',
    '/v2/models/w%6frds/infer',
    '/v2/models/words;v=1/infer',
    '/v2/models/words%00/infer',
    '/v2/models/far/infer',
    '/v2/models//infer',
    '/v2/models/words/versions//infer',
    '/v2/models/words/versions/1/infer',
    '/v2/models/words/versions/-1/infer',
    '/v2/models/words/versions/latest/infer',
    '/v2/models/words/versions/../infer',
    '/v2/models/words/versions/1/versions/2/infer',
  ].map((path): Refused => ({ id: path, origin: MODEL, attack: () => ({ path }) })),
  ...[
    '/v2/repository/index',
    '/v2/repository/models/words/load',
    '/v2/repository/models/words/unload',
    '/v2/models/words/config',
    '/v2/models/words/stats',
    '/v2/models/stats',
    '/v2/models/words/trace/setting',
    '/v2/models/words/generate',
    '/v2/models/words/generate_stream',
    '/v2/models/words/explain',
    '/v2/systemsharedmemory/region/a/register',
    '/v2/cudasharedmemory/status',
    '/v2/logging',
  ].flatMap((path) =>
    ['GET', 'POST'].map(
      (method): Refused => ({
        id: `${method} ${path}`,
        origin: REPOSITORY,
        attack: () => ({ method, path, ...(method === 'GET' && { body: undefined }) }),
      }),
    ),
  ),
  request('a model in the body', OTHER, { model_name: 'secret' }),
  request('a model in the body, in another case', OTHER, { model_name: 'FRAUD' }),
  request('a version in the body', OTHER, { model_version: '7' }),
  request('a model under another name', OTHER, { model: 'secret' }),
];

const fineRow = () => ({ path: ROWS_AT, body: { rows: [ROW] } });
const rows = (id: string, origin: string, body: unknown): Refused => ({
  id,
  origin,
  attack: () => ({ path: ROWS_AT, body }),
  benign: fineRow,
});
const row = (id: string, origin: string, change: object): Refused =>
  rows(id, origin, { rows: [{ ...ROW, ...change }] });
const rowText = (id: string, origin: string, text: string): Refused => rows(id, origin, `{"rows":[${text}]}`);
const rowed: readonly Refused[] = [
  row('a number as a text', TYPES, { income: '2.5' }),
  row('a number as a list', TYPES, { income: [2.5] }),
  row('a number as an object', TYPES, { income: { value: 2.5 } }),
  row('a number as true', TYPES, { income: true }),
  row('beyond its type', CAST, { income: 1e39 }),
  row('beyond its range', CAST, { age: 121 }),
  row('below by almost nothing', CAST, { income: -1e-30 }),
  row('not whole', CAST, { age: 41.000001 }),
  row('nothing', TYPES, { age: null }),
  row('a category as its number', TYPES, { country: 1 }),
  row('a category as true', TYPES, { country: true }),
  row('a category in another case', LOOKALIKE, { country: 'de' }),
  row('a category in other letters', LOOKALIKE, { country: 'D\u0415' }),
  row('a category with a space of no width', LOOKALIKE, { country: 'DE\u200b' }),
  row('a category of objects', POLLUTED, { country: 'toString' }),
  row('a category of objects, its prototype', POLLUTED, { country: '__proto__' }),
  row('a feature more', TWICE, { debt: 1 }),
  row('a feature that looks alike', LOOKALIKE, { '\u0430ge': 41 }),
  row('a feature in full width', LOOKALIKE, { ａｇｅ: 41 }),
  row('a feature in another case', LOOKALIKE, { Age: 41 }),
  row('a feature with a mark', LOOKALIKE, { '\ufeffage': 41 }),
  row('a member of objects', POLLUTED, { constructor: 1 }),
  row('a member of objects, by name', POLLUTED, { hasOwnProperty: 1 }),
  row('how it becomes JSON', POLLUTED, { toJSON: 1 }),
  rowText('a prototype', POLLUTED, '{"__proto__":{"age":41},"income":2.5,"country":"FR"}'),
  rowText('a prototype beside all', POLLUTED, `${JSON.stringify(ROW).slice(0, -1)},"__proto__":{"age":41}}`),
  rowText('a value twice, the last out of range', TWICE, '{"age":41,"income":2.5,"country":"FR","age":1}'),
  rowText('a value twice, one in escapes', TWICE, '{"age":41,"income":2.5,"country":"FR","\\u0061ge":1}'),
  ...['NaN', 'Infinity', '1e999', '0x29', '041', '41.', '"NaN"'].map((value) =>
    rowText(`a number ${value}`, NANS, `{"age":${value},"income":2.5,"country":"FR"}`),
  ),
  rowText('a list for a row', TYPES, '[41,2.5,"FR"]'),
  rowText('null for a row', TYPES, 'null'),
  rowText('a text for a row', TYPES, '"41,2.5,FR"'),
  rowText('a row within a row', TYPES, `[${JSON.stringify(ROW)}]`),
  rows('no rows', AMPLIFIED, { rows: [] }),
  rows('more rows than there may be', AMPLIFIED, { rows: Array(65).fill(ROW) }),
  rows('a million rows of nothing', AMPLIFIED, `{"rows":[${'{},'.repeat(1_000_000)}{}]}`),
  rows('rows that are an object', TYPES, { rows: { 0: ROW, length: 1 } }),
  rows('tensors beside the rows', TWICE, { rows: [ROW], inputs: [TENSOR] }),
  rows('parameters beside the rows', SHARED, { rows: [ROW], parameters: { binary_data_output: true } }),
  {
    ...rows('binary data behind the rows', CONTRADICTS, `${JSON.stringify({ rows: [ROW] })}\0\0`),
    id: 'bytes behind the rows',
  },
  {
    id: 'rows of a model that has no features',
    origin: TYPES,
    attack: () => ({ path: '/v2/models/wide/rows', body: { rows: [{ whole: 1 }] } }),
    benign: fineRow,
  },
  {
    id: 'tensors where rows are asked',
    origin: TYPES,
    attack: () => ({ path: ROWS_AT, body: { inputs: [TENSOR] } }),
    benign: fineRow,
  },
  {
    id: 'compressed',
    origin: AMPLIFIED,
    attack: () => ({
      path: ROWS_AT,
      headers: { 'content-encoding': 'gzip' },
      body: gzipSync(JSON.stringify({ rows: [ROW] })),
    }),
    benign: fineRow,
  },
];

export const rowCases: readonly Case[] = [
  ...refusedAt('rows that no contract allows', ROWS, rowed),
  ...refusedAt('paths of the protocol', OIP, places),
];
