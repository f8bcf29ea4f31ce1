import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { writeRequest } from '../../src/oip/inference.ts';
import { LENGTH_HEADER } from '../../src/oip/message.ts';
import { float32 } from '../../src/tensors/tensor.ts';
import { ROW, servePredictions } from '../harness/predictions.ts';

/** Ways round the path of models that predict: each must be refused before the model sees anything. */
interface Attack {
  readonly id: string;
  /** Where it became public, or what it is called. */
  readonly origin: string;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
}

const TENSOR = { name: 'x', datatype: 'FP32', shape: [1, 3], data: [41, 2.5, 1] };
const ROWS = '/v2/models/fraud/rows';
const INFER = '/v2/models/fraud/infer';
const BINARY = 'application/octet-stream';

const path = (
  id: string,
  path: string,
  origin = 'CWE-22, CWE-647: paths that two servers read differently',
): Attack => ({
  id: `path: ${id}`,
  origin,
  path,
});
const tensor = (
  id: string,
  change: object,
  origin = 'Open Inference Protocol: tensors that contradict themselves',
): Attack => ({
  id: `tensor: ${id}`,
  origin,
  path: INFER,
  body: { inputs: [{ ...TENSOR, ...change }] },
});
const request = (id: string, more: object, origin: string): Attack => ({
  id: `request: ${id}`,
  origin,
  path: INFER,
  body: { inputs: [TENSOR], ...more },
});
const row = (id: string, change: object): Attack => ({
  id: `row: ${id}`,
  origin: 'CWE-1287, CWE-1321: values of another kind',
  body: { rows: [{ ...ROW, ...change }] },
});
const key = (id: string, change: (key: string) => string | undefined) => ({ id: `key: ${id}`, change });

const SHARED = 'Triton, CVE-2023-31036 and CVE-2025-23319: shared memory and models named by a client';
const REPOSITORY = 'Triton, CVE-2024-0087; KServe: the model repository extension without a credential';

const binary = (values: number[], length?: string): Pick<Attack, 'headers' | 'body'> => {
  const wire = writeRequest(new Map([['x', float32([1, 3], values)]]), undefined, undefined);
  return {
    headers: { 'content-type': BINARY, [LENGTH_HEADER]: length ?? wire.length },
    body: Buffer.from(wire.body),
  };
};

const ATTACKS: readonly Attack[] = [
  path('another model behind it', '/v2/models/fraud/../other/rows'),
  path('encoded slash', '/v2/models%2Ffraud/rows'),
  path('doubled slash', '/v2//models/fraud/rows'),
  path('slash at the end', '/v2/models/fraud/rows/'),
  path('other case', '/V2/models/fraud/rows'),
  path('other name', '/v2/models/Fraud/rows'),
  path('parameters', '/v2/models/fraud;v=1/rows'),
  path('encoded letter', '/v2/models/fr%61ud/rows'),
  path('another version', '/v2/models/fraud/versions/7/rows'),
  path('query', '/v2/models/fraud/rows?model=other'),
  path('key in the query', '/v2/models/fraud/rows?key=x'),
  path('load', '/v2/repository/models/fraud/load', REPOSITORY),
  path('unload', '/v2/repository/models/fraud/unload', REPOSITORY),
  path('index', '/v2/repository/index', REPOSITORY),
  path('shared memory', '/v2/systemsharedmemory/region/a/register', SHARED),
  path('logging', '/v2/logging', SHARED),
  path('generate', '/v2/models/fraud/generate', SHARED),
  path('version 1 of the protocol', '/v1/models/fraud:predict', 'KServe: the protocol before this one'),
  { id: 'method: PUT', origin: 'CWE-650', method: 'PUT' },
  { id: 'method: GET', origin: 'CWE-650', method: 'GET', path: INFER, body: undefined },
  { id: 'header: form', origin: 'CWE-436', headers: { 'content-type': 'text/plain' } },
  {
    id: 'header: compressed',
    origin: 'CWE-409: data amplification',
    headers: { 'content-encoding': 'gzip' },
    body: gzipSync(JSON.stringify({ rows: [ROW] })),
  },
  { id: 'header: a tag that is none', origin: 'CWE-20', headers: { 'x-gatehouse-team': 'other' } },
  { id: 'header: length beyond the body', origin: SHARED, path: INFER, ...binary([41, 2.5, 1], '99999999') },
  { id: 'header: length below none', origin: SHARED, path: INFER, ...binary([41, 2.5, 1], '-1') },
  { id: 'header: length in hex', origin: SHARED, path: INFER, ...binary([41, 2.5, 1], '0x80') },
  {
    id: 'binary: not a number',
    origin: 'NaN goes round every comparison',
    path: INFER,
    ...binary([41, Number.NaN, 1]),
  },
  { id: 'binary: infinite', origin: 'CWE-1287', path: INFER, ...binary([41, Number.POSITIVE_INFINITY, 1]) },
  { id: 'binary: below', origin: 'the contract held for JSON alone', path: INFER, ...binary([-1, 2.5, 1]) },
  tensor('more data than its shape', { data: [41, 2.5, 1, 9] }),
  tensor('less data than its shape', { data: [41, 2.5] }),
  tensor('a size below none', { shape: [-1, 3] }),
  tensor('sizes whose product overflows', { shape: [4_294_967_296, 4_294_967_296, 3], data: [] }, 'CWE-190'),
  tensor('rows without end', { shape: [1_000_000_000_000, 0], data: [] }, 'CWE-190'),
  tensor('no rows', { shape: [0, 3], data: [] }),
  tensor('other rank', { shape: [3] }),
  tensor('other type', { datatype: 'FP64' }),
  tensor('beyond the type', { data: [41, 1e39, 1] }, 'CWE-681'),
  tensor('a text among numbers', { data: [41, '2.5', 1] }),
  tensor('a category between two', { data: [41, 2.5, 0.5] }),
  tensor('shared memory', { parameters: { shared_memory_region: 'a', shared_memory_byte_size: 12 } }, SHARED),
  tensor(
    'a size of binary data that is not there',
    { data: undefined, parameters: { binary_data_size: 12 } },
    SHARED,
  ),
  request(
    'another model in the body',
    { model_name: 'other' },
    'CWE-441: the body names another than the path',
  ),
  request('a sequence', { parameters: { sequence_id: 7 } }, SHARED),
  request('an input twice', { inputs: [TENSOR, TENSOR] }, 'CWE-694'),
  request('an input more', { inputs: [TENSOR, { ...TENSOR, name: 'y' }] }, 'CWE-694'),
  request('no input', { inputs: [] }, 'CWE-20'),
  request(
    'an output that is not',
    { outputs: [{ name: 'hidden' }] },
    'inner layers of a model, asked for by name',
  ),
  request('a classification', { outputs: [{ name: 'score', parameters: { classification: 3 } }] }, SHARED),
  row('a number as text', { income: '2.5' }),
  row('a list', { income: [2.5] }),
  row('a prototype', JSON.parse('{"__proto__": {"age": 41}, "age": null}')),
  row('a member of objects', { constructor: 1 }),
  row('a category of objects', { country: 'toString' }),
  row('beyond its range', { age: 1e308 }),
  row('nothing', { age: null }),
  row('not whole', { age: 41.000001 }),
];

test('0 attacks pass: all are refused before the model is asked, and every twin is answered', async (t) => {
  const lab = await servePredictions(t);
  lab.add();
  const send = async (
    { method = 'POST', path = ROWS, headers = {}, ...more }: Partial<Attack>,
    by = lab.key,
  ) => {
    const body = 'body' in more ? more.body : { rows: [ROW] };
    const all = { 'content-type': 'application/json', authorization: `Bearer ${by}`, ...headers };
    return fetchRaw(
      lab.url,
      method,
      path,
      all,
      body === undefined || Buffer.isBuffer(body) ? body : JSON.stringify(body),
    );
  };
  const asked = () => lab.entries().filter(({ kind }) => kind === 'request.begin').length;
  const through: string[] = [];
  for (const { id, ...attack } of ATTACKS) {
    const { status } = await send(attack);
    if (status < 400 || status >= 500 || asked() > 0) through.push(`${id}: ${status}`);
  }
  for (const { id, change } of [
    key('none', () => undefined),
    key('shortened', (k) => k.slice(0, -1)),
    key('first 20 characters', (k) => k.slice(0, 20) + 'x'.repeat(k.length - 20)),
    key('its hash', (k) => createHash('sha256').update(k).digest('hex')),
    key('SQL', () => "ghk_' OR '1'='1"),
  ])
    for (const path of [ROWS, INFER, '/v2', '/v2/models/fraud', '/v2/health/ready']) {
      const changed = change(lab.key);
      const headers = { authorization: changed === undefined ? undefined : `Bearer ${changed}` };
      const asks = path === ROWS || path === INFER;
      const { status } = await send(
        asks ? { path, headers } : { path, headers, method: 'GET', body: undefined },
      );
      if (status !== 401) through.push(`${id} at ${path}: ${status}`);
    }
  // Administrators manage, and ask nothing.
  if ((await send({}, lab.adminKey)).status !== 403) through.push('administrator');
  assert.deepEqual(through, []);
  assert.equal(asked(), 0);

  const twins: Partial<Attack>[] = [
    {},
    { path: INFER, body: { inputs: [TENSOR] } },
    { path: INFER, ...binary([41, 2.5, 1]) },
  ];
  for (const twin of twins) assert.equal((await send(twin)).status, 200, JSON.stringify(twin));
  const written = lab.log.join('') + JSON.stringify(lab.entries());
  for (const hidden of [lab.key, 'toString', 'hidden', '44.5'])
    assert.equal(written.includes(hidden), false, hidden);
});

test('rows of twenty questions at once are counted before any is asked', async (t) => {
  const lab = await servePredictions(t, { policy: 'quotas: [{ per: caller, tokens: 5/day }]\n' });
  lab.add();
  const sent = await Promise.all(Array.from({ length: 20 }, () => lab.ask([ROW])));
  assert.equal(sent.filter(({ status }) => status === 200).length, 5);
  assert.equal(lab.entries().filter(({ kind }) => kind === 'request.begin').length, 5);
});

/** By a path and headers that no client tidies up. */
async function fetchRaw(
  url: string,
  method: string,
  path: string,
  headers: Readonly<Record<string, string | undefined>>,
  body: string | Buffer | undefined,
): Promise<{ status: number }> {
  const { request } = await import('node:http');
  const { hostname, port } = new URL(url);
  const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
  return new Promise((resolve, reject) => {
    const req = request({ hostname, port, method, path, headers: given, agent: false }, (res) => {
      res.resume().on('end', () => resolve({ status: res.statusCode ?? 0 }));
    });
    req.on('error', reject).end(body);
  });
}
