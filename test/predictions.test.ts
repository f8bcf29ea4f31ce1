import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readResponse, writeRequest } from '../src/oip/inference.ts';
import { LENGTH_HEADER } from '../src/oip/message.ts';
import { float32 } from '../src/tensors/tensor.ts';
import { server } from './harness/oip-server.ts';
import { FRAUD, linearModel, ROW, servePredictions } from './harness/predictions.ts';

const TENSORS = {
  id: 'q1',
  inputs: [{ name: 'x', datatype: 'FP32', shape: [2, 3], data: [41, 2.5, 1, 20, 0, 0] }],
};

test('a model is asked by tensors, by binary tensors and by rows', async (t) => {
  const { post, ask, add, key, url, entries, get } = await servePredictions(t);
  add();
  const answer = await post('/v2/models/fraud/infer', TENSORS);
  assert.equal(answer.status, 200);
  assert.deepEqual(await answer.json(), {
    model_name: 'fraud',
    model_version: '1',
    id: 'q1',
    outputs: [{ name: 'score', datatype: 'FP32', shape: [2, 1], data: [44.5, 20] }],
  });

  const inputs = new Map([['x', float32([1, 3], [41, 2.5, 1])]]);
  const { body, length } = writeRequest(inputs, undefined, undefined);
  const binary = await fetch(`${url}/v2/models/fraud/versions/1/infer`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/octet-stream',
      [LENGTH_HEADER]: length ?? '',
    },
    body: Buffer.from(body),
  });
  assert.equal(binary.status, 200);
  const read = readResponse({
    body: new Uint8Array(await binary.arrayBuffer()),
    length: binary.headers.get(LENGTH_HEADER) ?? undefined,
  });
  assert.deepEqual([...(read.outputs.get('score')?.data ?? [])], [44.5]);

  const rows = await ask([ROW, { ...ROW, country: 'DE' }]);
  assert.deepEqual(await rows.json(), {
    model_name: 'fraud',
    model_version: '1',
    rows: [{ score: 44.5 }, { score: 43.5 }],
  });

  const metadata = (await (await get('/v2/models/fraud')).json()) as object;
  assert.deepEqual(metadata, {
    name: 'fraud',
    versions: ['1'],
    platform: 'onnx_onnxv1',
    inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 3] }],
    outputs: [{ name: 'score', datatype: 'FP32', shape: [-1, 1] }],
  });
  for (const path of ['/v2/health/live', '/v2/health/ready', '/v2/models/fraud/ready', '/v2'])
    assert.equal((await get(path)).status, 200, path);

  const [begin, end] = entries().filter(({ kind }) => String(kind).startsWith('request.')) as {
    [name: string]: unknown;
  }[];
  assert.deepEqual(
    [begin?.kind, begin?.operation, begin?.model, begin?.rows, begin?.version],
    ['request.begin', 'oip.infer', 'fraud', 2, '1'],
  );
  assert.deepEqual(
    [end?.kind, end?.outcome, end?.usage],
    ['request.end', 'completed', { input: 2, output: 0 }],
  );
  // Neither what was asked nor what came of it. Times may have any digits.
  const said = JSON.stringify(entries(), (name, value) => (['ms', 'time'].includes(name) ? null : value));
  assert.doesNotMatch(said, /44\.5|43\.5|2\.5|"age"|country/);
});

test('what the contract does not allow never reaches the model, and the reason says where', async (t) => {
  const { post, ask, add, entries } = await servePredictions(t);
  add();
  const refused = async (answer: Response, status: number, code: string, words: RegExp) => {
    const { error, code: said } = (await answer.json()) as { error: string; code: string };
    assert.deepEqual([answer.status, said], [status, code], error);
    assert.match(error, words);
    assert.doesNotMatch(error, /1337|hunter2/);
  };
  await refused(
    await ask([ROW, { ...ROW, age: 1337 }]),
    400,
    'request_invalid',
    /Row 1, “age” is above its range/,
  );
  await refused(
    await ask([{ ...ROW, hunter2: 1 }]),
    400,
    'request_invalid',
    /Row 0, a feature is not of this model/,
  );
  await refused(await ask({}), 400, 'request_invalid', /"rows"/);
  await refused(
    await ask(new Array(65).fill(ROW)),
    400,
    'request_invalid',
    /“rows” has no rows, or too many/,
  );
  const tensors = (change: object) =>
    post('/v2/models/fraud/infer', { inputs: [{ ...TENSORS.inputs[0], ...change }] });
  await refused(await tensors({ name: 'hunter2' }), 400, 'request_invalid', /an input is not of this model/i);
  await refused(
    await tensors({ datatype: 'INT64', data: [1, 2, 3, 4, 5, 6] }),
    400,
    'request_invalid',
    /datatype/,
  );
  await refused(await tensors({ shape: [2 ** 40, 3] }), 400, 'request_invalid', /shape|data/);
  await refused(await tensors({ shape: [3, 2] }), 400, 'request_invalid', /“x” has another shape/);
  await refused(
    await tensors({ data: [17, 0, 0, 20, 0, 0] }),
    400,
    'request_invalid',
    /Row 0, “age” is below/,
  );
  await refused(await tensors({ data: [20.5, 0, 0, 20, 0, 0] }), 400, 'request_invalid', /whole/);
  await refused(await tensors({ data: ['NaN', 0, 0, 20, 0, 0] }), 400, 'request_invalid', /number/);
  await refused(
    await post('/v2/models/fraud/infer', { ...TENSORS, outputs: [{ name: 'hunter2' }] }),
    400,
    'request_invalid',
    /output/,
  );
  assert.equal(entries().filter(({ kind }) => kind === 'request.begin').length, 0);
  // Not a number in binary.
  const inputs = new Map([['x', float32([1, 3], [41, Number.NaN, 1])]]);
  const { body, length } = writeRequest(inputs, undefined, undefined);
  const headers = { 'content-type': 'application/octet-stream', [LENGTH_HEADER]: length ?? '' };
  await refused(
    await post('/v2/models/fraud/infer', Buffer.from(body).toString('latin1'), headers),
    400,
    'request_invalid',
    /./,
  );
});

test('paths, methods, queries and models that there are not', async (t) => {
  const { url, key, add, get, post } = await servePredictions(t);
  add();
  const of = async (answer: Response) => [answer.status, ((await answer.json()) as { code: string }).code];
  for (const path of [
    '/v2/',
    '/v2/models',
    '/v2/repository/index',
    '/v2/repository/models/fraud/load',
    '/v2/models/fraud/',
    '/v2/models/fraud%2Finfer',
    '/v2/models/../models/fraud',
    '/v2/models/fraud/config',
    '/v2/systemsharedmemory/status',
  ])
    assert.deepEqual(await of(await fetchRaw(url, path, key)), [404, 'route_unknown'], path);
  assert.deepEqual(await of(await get('/v2/models/fraud/infer')), [405, 'method_not_allowed']);
  assert.deepEqual(await of(await get('/v2/models/fraud?x=1')), [400, 'query_refused']);
  assert.deepEqual(await of(await get('/v2/models/other')), [404, 'model_unknown']);
  assert.deepEqual(await of(await get('/v2/models/fraud/versions/2')), [404, 'model_unknown']);
  assert.deepEqual(await of(await post('/v2/models/fraud/versions/2/infer', TENSORS)), [
    404,
    'model_unknown',
  ]);
  assert.deepEqual(await of(await get('/v2', 'gh_nobody')), [401, 'credential_invalid']);
  assert.deepEqual(await of(await fetch(`${url}/v2/health/live`)), [401, 'credential_missing']);
  const huge = await post('/v2/models/fraud/rows', Buffer.alloc(100 * 2 ** 20, 32).toString()).catch(
    () => undefined,
  );
  if (huge !== undefined) assert.deepEqual(await of(huge), [413, 'body_too_large']);
});

/** By a path that no client tidies up. */
async function fetchRaw(url: string, path: string, key: string): Promise<Response> {
  const { request } = await import('node:http');
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const req = request(
      { hostname, port, path, agent: false, headers: { authorization: `Bearer ${key}` } },
      (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('end', () => resolve(new Response(Buffer.concat(chunks), { status: res.statusCode ?? 0 })));
      },
    );
    req.on('error', reject).end();
  });
}

test('who may not ask is refused, whether there is such a model or not; rows count in quotas', async (t) => {
  const { ask, add, get, adminKey } = await servePredictions(t, {
    policy: 'tokens_per_row: 10\nquotas: [{ per: caller, tokens: 50/hour }]\n',
  });
  add();
  for (const path of ['/v2/models/fraud', '/v2/models/other'])
    assert.equal((await get(path, adminKey)).status, 403, path);
  assert.equal((await ask([ROW, ROW, ROW, ROW])).status, 200);
  const over = await ask([ROW, ROW]);
  assert.deepEqual([over.status, ((await over.json()) as { code: string }).code], [429, 'quota_tokens']);
  assert.equal((await ask([ROW])).status, 200);
});

test('a model that is revoked answers nothing more', async (t) => {
  const { ask, add, registry, get } = await servePredictions(t);
  assert.equal((await ask()).status, 404);
  assert.equal((await get('/v2/health/ready')).status, 503);
  const reference = add();
  assert.equal((await ask()).status, 200);
  registry.take(reference, { act: 'revoke' });
  const refused = await ask();
  assert.deepEqual(
    [refused.status, ((await refused.json()) as { code: string }).code],
    [404, 'model_unknown'],
  );
  assert.equal((await get('/v2/models/fraud/ready')).status, 503);
});

test('a model that is revoked while it starts answers nobody who waits for it', async (t) => {
  const served = await servePredictions(t, {
    replace(whole) {
      const { shelf } = whole;
      if (shelf === undefined) throw new Error('there is a shelf');
      const bytes: typeof shelf.bytes = async (reference, ...more) => {
        const found = await shelf.bytes(reference, ...more);
        served.registry.take(reference, { act: 'revoke' });
        return found;
      };
      return { ...whole, shelf: Object.assign(Object.create(shelf), { bytes }) };
    },
  });
  served.add();
  const refused = await served.ask();
  assert.deepEqual(
    [refused.status, ((await refused.json()) as { code: string }).code],
    [404, 'model_unknown'],
  );
});

test('another version takes over under load, and no request is lost', async (t) => {
  const { ask, add, gateway } = await servePredictions(t);
  add(linearModel([0, 0, 0], 1));
  assert.equal((await ask()).status, 200);
  const seen = new Set<string>();
  let over = false;
  const caller = async () => {
    while (!over) {
      const answer = await ask();
      const { model_version, rows } = (await answer.json()) as {
        model_version: string;
        rows: { score: number }[];
      };
      assert.equal(answer.status, 200);
      // The version that is named is the one that answered.
      assert.equal(String(rows[0]?.score), model_version);
      seen.add(model_version);
    }
  };
  const callers = Array.from({ length: 8 }, caller);
  add(linearModel([0, 0, 0], 2));
  while (!seen.has('2')) await new Promise((resolve) => setTimeout(resolve, 10));
  // A reload starts it anew, and takes over in the same way.
  await gateway.reload();
  add(linearModel([0, 0, 0], 3));
  while (!seen.has('3')) await new Promise((resolve) => setTimeout(resolve, 10));
  over = true;
  await Promise.all(callers);
  assert.deepEqual([...seen].sort(), ['1', '2', '3']);
});

test('a version that cannot be run changes nothing', async (t) => {
  const { ask, add, log } = await servePredictions(t);
  add();
  assert.equal((await ask()).status, 200);
  add(Buffer.from('no model'));
  const answer = await ask();
  assert.equal(((await answer.json()) as { model_version: string }).model_version, '1');
  // Of another shape than the contract says.
  add(linearModel([1, 1], 0));
  for (let tries = 0; tries < 200 && !log.join().includes('another shape'); tries++) {
    assert.equal((await ask()).status, 200);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.match(log.join(), /another shape/);
});

test('a server of the protocol behind the gateway', async (t) => {
  const inner = await servePredictions(t);
  inner.add();
  const outer = await servePredictions(t, {
    files: { 'fraud.yaml': FRAUD, 'far.yaml': FRAUD },
    settings: `  far: { contract: far.yaml, url: "${inner.url}", as: fraud, key: ${inner.key} }
  shut: { contract: far.yaml, url: "http://127.0.0.1:9", as: fraud }
  wrong: { contract: far.yaml, url: "${inner.url}", as: fraud, key: nobody }`,
  });
  const answer = await outer.ask([ROW], '/v2/models/far/rows');
  assert.deepEqual(await answer.json(), { model_name: 'far', rows: [{ score: 44.5 }] });
  assert.equal((await outer.ask([ROW], '/v2/models/shut/rows')).status, 502);
  const wrong = await outer.ask([ROW], '/v2/models/wrong/rows');
  assert.deepEqual([wrong.status, ((await wrong.json()) as { code: string }).code], [502, 'upstream_auth']);
});

test('a server without the binary extension is asked in JSON', async (t) => {
  let asked: unknown[] = [];
  // As MLServer answers.
  const url = await server(t, async ({ headers }, body, response) => {
    asked = [headers['content-type'], headers[LENGTH_HEADER], JSON.parse(body.toString())];
    const outputs = [
      { name: 'score', shape: [1, 1], datatype: 'FP64', parameters: { content_type: 'np' }, data: [0.5] },
    ];
    response.end(JSON.stringify({ model_name: 'far', id: '1', parameters: {}, outputs }));
  });
  const { ask } = await servePredictions(t, {
    files: { 'fraud.yaml': FRAUD, 'far.yaml': FRAUD },
    settings: `  far: { contract: far.yaml, url: "${url}", binary: false }`,
  });
  const answer = await ask([ROW], '/v2/models/far/rows');
  assert.deepEqual(await answer.json(), { model_name: 'far', rows: [{ score: 0.5 }] });
  const inputs = [{ name: 'x', datatype: 'FP32', shape: [1, 3], data: [41, 2.5, 1] }];
  assert.deepEqual(asked, ['application/json', undefined, { inputs }]);
});

test('a server that trickles is out of time all the same; one that leads elsewhere is not followed', async (t) => {
  let asked = 0;
  const slow = await server(t, async (_, __, response) => {
    asked++;
    const drip = setInterval(() => response.write(' '), 50);
    response.on('close', () => clearInterval(drip));
  });
  const moved = await server(t, async (_, __, response) => {
    response.writeHead(307, { location: `${slow}/v2/models/fraud/infer` }).end();
  });
  const { ask, entries } = await servePredictions(t, {
    files: { 'fraud.yaml': FRAUD, 'far.yaml': FRAUD },
    settings: `  moved: { contract: far.yaml, url: "${moved}" }
  slow: { contract: far.yaml, url: "${slow}", timeout: 1s }`,
  });
  assert.equal((await ask([ROW], '/v2/models/moved/rows')).status, 502);
  assert.equal(asked, 0);
  const late = await ask([ROW], '/v2/models/slow/rows');
  assert.deepEqual([late.status, ((await late.json()) as { code: string }).code], [504, 'upstream_timeout']);
  const ends = entries().filter(({ kind }) => kind === 'request.end');
  assert.equal(ends.length, 2);
});
