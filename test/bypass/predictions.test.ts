import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { writeRequest } from '../../src/oip/inference.ts';
import { LENGTH_HEADER } from '../../src/oip/message.ts';
import { float32 } from '../../src/tensors/tensor.ts';
import { linearModel, ROW, servePredictions } from '../harness/predictions.ts';

// Ways round the path to a sealed model; those at the doors themselves are cases of the suite (tensors.ts and beside).

const TENSOR = { name: 'x', datatype: 'FP32', shape: [1, 3], data: [41, 2.5, 1] };
const ROWS = '/v2/models/fraud/rows';
const INFER = '/v2/models/fraud/infer';

test('whoever has no key learns nothing, at any path; administrators manage, and ask nothing', async (t) => {
  const lab = await servePredictions(t);
  lab.add();
  const changes: readonly ((key: string) => string | undefined)[] = [
    () => undefined,
    (key) => key.slice(0, -1),
    (key) => key.slice(0, 20) + 'x'.repeat(key.length - 20),
    (key) => createHash('sha256').update(key).digest('hex'),
    () => "ghk_' OR '1'='1",
  ];
  const ask = (path: string, key: string | undefined) => {
    const headers = {
      'content-type': 'application/json',
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
    };
    const body = path === ROWS ? { rows: [ROW] } : path === INFER ? { inputs: [TENSOR] } : undefined;
    return fetch(lab.url + path, {
      headers,
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    });
  };
  const paths = [
    ROWS,
    INFER,
    '/v2',
    '/v2/models/fraud',
    '/v2/models/fraud/ready',
    '/v2/health/ready',
    '/v2/health/live',
  ];
  for (const path of paths) {
    for (const [at, change] of changes.entries())
      assert.equal((await ask(path, change(lab.key))).status, 401, `${path} ${at}`);
    assert.equal((await ask(path, lab.key)).status, 200, path);
  }
  for (const path of [ROWS, INFER, '/v2/models/fraud'])
    assert.equal((await ask(path, lab.adminKey)).status, 403, path);
});

test('of a sealed model only the version in use answers, and only while it may be used', async (t) => {
  const lab = await servePredictions(t);
  const first = lab.add();
  const at = (path: string) => lab.post(path, { inputs: [TENSOR] });
  assert.equal((await at(INFER)).status, 200);
  const second = lab.add(linearModel([0, 0, 0], 2));
  // The one before answers until its successor can; after that it is no version of this model any more.
  let answered = '';
  while (answered !== '2')
    answered = ((await (await at(INFER)).json()) as { model_version: string }).model_version;
  for (const version of ['1', '3', '02', '2.0', '+2', 'latest', '2/versions/1'])
    assert.equal((await at(`/v2/models/fraud/versions/${version}/infer`)).status, 404, version);
  assert.equal((await at('/v2/models/fraud/versions/2/infer')).status, 200);
  // Outputs that the model has not, such as those of its inner layers.
  const inner = await lab.post(INFER, { inputs: [TENSOR], outputs: [{ name: 'xw' }] });
  assert.equal(inner.status, 400);
  const begun = () => lab.entries().filter(({ kind }) => kind === 'request.begin').length;
  const before = begun();
  lab.registry.take(second, { act: 'revoke' });
  for (const path of [INFER, '/v2/models/fraud/versions/2/infer', '/v2/models/fraud/versions/1/infer'])
    assert.equal((await at(path)).status, 404, path);
  assert.equal((await lab.ask()).status, 404);
  assert.notEqual(first, second);
  assert.equal(begun(), before);
});

test('rows of twenty questions at once are counted before any is asked, in JSON and in bytes', async (t) => {
  const lab = await servePredictions(t, { policy: 'quotas: [{ per: caller, tokens: 5/day }]\n' });
  lab.add();
  const { body, length = '' } = writeRequest(
    new Map([['x', float32([1, 3], [41, 2.5, 1])]]),
    undefined,
    undefined,
  );
  const binary = () =>
    fetch(lab.url + INFER, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${lab.key}`,
        'content-type': 'application/octet-stream',
        [LENGTH_HEADER]: length,
      },
      body: Buffer.from(body),
    });
  const sent = await Promise.all(
    Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? lab.ask([ROW]) : binary())),
  );
  assert.equal(sent.filter(({ status }) => status === 200).length, 5);
  assert.equal(lab.entries().filter(({ kind }) => kind === 'request.begin').length, 5);
});
