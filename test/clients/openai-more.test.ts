import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import OpenAI from 'openai';
import { LABEL } from '../../src/practice/reply.ts';
import { type ClientTest, caught, MASKED, SAMPLE_KEY, startClientTest } from '../harness/clients.ts';
import { startGateway } from '../harness/gateway.ts';
import { json, sse, startUpstream } from '../harness/upstream.ts';

// The pinned `openai` client: completions, moderations, rerank, what is withheld, and history by permission.

let setup: ClientTest;
let client: OpenAI;
before(async () => {
  setup = await startClientTest();
  client = new OpenAI({ baseURL: `${setup.gateway.url}/v1`, apiKey: setup.gateway.key, maxRetries: 0 });
});
after(() => setup.close());

const lastEnd = () => setup.gateway.entries().findLast(({ kind }) => kind === 'request.end');
const lastBegin = () => setup.gateway.entries().findLast(({ kind }) => kind === 'request.begin');

test('completions: plain, several prompts with several answers each', async () => {
  const answer = await client.completions.create({
    model: 'practice',
    prompt: ['say one', 'say two'],
    n: 2,
  });
  assert.deepEqual(
    answer.choices.map(({ text }) => text.replace(`${LABEL} `, '')),
    ['one', 'one', 'two', 'two'],
  );
  assert.ok((answer.usage?.completion_tokens ?? 0) > 0);
});

test('completions: streamed, with a key masked on its way', async () => {
  const stream = await client.completions.create({
    model: 'practice',
    prompt: 'What is your secret?',
    stream: true,
  });
  let text = '';
  let finish: string | null = null;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.text ?? '';
    finish = chunk.choices[0]?.finish_reason ?? finish;
    assert.equal(chunk.usage ?? null, null, 'nobody asked for it');
  }
  assert.match(text, MASKED);
  assert.equal(finish, 'stop');
});

test('completions: a stream that a guard cuts ends with content_filter', async () => {
  const frame = (text: string) =>
    `data: ${JSON.stringify({ id: 'cmpl-1', object: 'text_completion', created: 1, model: 'm', choices: [{ index: 0, text, logprobs: null, finish_reason: null }] })}\n\n`;
  setup.upstream.script = sse([frame('fine '), frame('forbidden '), frame('fruit'), frame('!')]);
  let text = '';
  let finish: string | null = null;
  for await (const chunk of await client.completions.create({ model: 'm', prompt: 'x', stream: true })) {
    text += chunk.choices[0]?.text ?? '';
    finish = chunk.choices[0]?.finish_reason ?? finish;
  }
  assert.equal(text, 'fine ');
  assert.equal(finish, 'content_filter');
});

test('completions: all drafts are set aside, and token numbers are opaque and counted', async () => {
  setup.upstream.script = json({ id: 'c', object: 'text_completion', created: 1, model: 'm', choices: [] });
  await client.completions.create({ model: 'm', prompt: ['a', 'b'], best_of: 3, max_tokens: 10 });
  assert.match(JSON.stringify(lastBegin()?.reserved), /"output":60\b/);
  const error = await caught(client.completions.create({ model: 'm', prompt: [1, 2] }), OpenAI.APIError);
  assert.equal(error.code, 'media_refused');
});

test('moderations and rerank: inspected like anything else, and settled', async () => {
  const results = [{ flagged: false, categories: {}, category_scores: {}, category_applied_input_types: {} }];
  setup.upstream.script = json({ id: 'modr-1', model: 'm', results });
  const judged = await client.moderations.create({ model: 'm', input: [{ type: 'text', text: 'hello' }] });
  assert.equal(judged.results[0]?.flagged, false);
  assert.equal(lastEnd()?.outcome, 'completed');
  await caught(
    client.moderations.create({ model: 'm', input: ['fine', SAMPLE_KEY] }),
    OpenAI.PermissionDeniedError,
  );

  setup.upstream.script = json({
    id: 'r',
    model: 'm',
    results: [{ index: 1, relevance_score: 0.9, document: { text: `key ${SAMPLE_KEY}` } }],
    usage: { total_tokens: 7 },
  });
  const body = { model: 'm', query: 'tea', documents: ['coffee', { text: 'tea' }], top_n: 1 };
  const ranked = await client.post<{ results: { document: { text: string } }[] }>('/rerank', { body });
  assert.match(ranked.results[0]?.document.text ?? '', MASKED);
  assert.deepEqual(lastEnd()?.usage, { input: 7, output: 0 });
  const stolen = { ...body, documents: [SAMPLE_KEY] };
  await caught(client.post('/rerank', { body: stolen }), OpenAI.PermissionDeniedError);
});

test('what is withheld says why, and is recorded', async () => {
  const asks: readonly (() => PromiseLike<unknown>)[] = [
    () => client.batches.list(),
    () => client.files.list(),
    () => client.responses.retrieve('resp_1'),
    () => client.responses.cancel('resp_1'),
    () => client.conversations.create({}),
    () => client.post('/assistants', { body: {} }),
    () => client.get('/threads/t/messages'),
    () => client.post('/realtime/sessions', { body: {} }),
    () => client.images.generate({ prompt: 'a cat' }),
  ];
  for (const ask of asks) {
    const error = await caught(ask(), OpenAI.BadRequestError);
    assert.equal(error.code, 'unsupported');
    assert.ok(error.message.length > 80, error.message);
    const entry = setup.gateway.entries().at(-1);
    assert.deepEqual([entry?.kind, entry?.code], ['request.refused', 'unsupported']);
  }
});

test('a WebSocket is refused as any request is, and the connection does not hang', async () => {
  for (const path of ['/v1/realtime?model=m', '/v1/chat/completions', '/anything']) {
    const { port } = new URL(setup.gateway.url);
    const req = http.get({
      port,
      path,
      headers: {
        authorization: `Bearer ${setup.gateway.key}`,
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        'sec-websocket-version': '13',
      },
    });
    const [status, body] = await new Promise<[number | undefined, string]>((resolve, reject) => {
      req.on('error', reject);
      req.on('response', async (res) => {
        let text = '';
        for await (const chunk of res) text += chunk;
        resolve([res.statusCode, text]);
      });
    });
    assert.equal(status, 400);
    assert.match(body, /unsupported/);
    assert.equal(setup.gateway.entries().at(-1)?.code, 'unsupported');
  }
});

test('history by permission: an answer belongs to the caller who got it, and the ledger says so', async () => {
  const upstream = await startUpstream();
  const gateway = await startGateway({
    upstream: upstream.url,
    policy: 'guards: [{ use: bounds }]\nmedia: { allow: [server-history] }\n',
  });
  try {
    const { callers } = gateway.gateway.gate.store;
    const { key } = callers.create({ name: 'other', owner: 't', team: 't', tags: {}, roles: ['app'] });
    const baseURL = `${gateway.url}/v1`;
    const mine = new OpenAI({ baseURL, apiKey: gateway.key, maxRetries: 0 });
    const theirs = new OpenAI({ baseURL, apiKey: key, maxRetries: 0 });
    const answer = (id: string) =>
      json({ id, object: 'response', created_at: 1, status: 'completed', model: 'm', output: [] });

    upstream.script = answer('resp_1');
    await mine.responses.create({ model: 'm', input: 'hi', store: true });
    assert.equal(upstream.seen.at(-1)?.body.store, true);
    const begin = gateway.entries().findLast(({ kind }) => kind === 'request.begin');
    assert.match(JSON.stringify(begin?.inspected), /"not_inspected":\{"server-history":1\}/);

    upstream.script = answer('resp_2');
    const next = { model: 'm', input: 'and?', previous_response_id: 'resp_1' };
    assert.equal((await mine.responses.create(next)).id, 'resp_2');
    const before = upstream.seen.length;
    await caught(theirs.responses.create(next), OpenAI.NotFoundError);
    await caught(mine.responses.create({ ...next, previous_response_id: 'resp_9' }), OpenAI.NotFoundError);
    const created = { id: 'resp_3', object: 'response', created_at: 1, model: 'm', output: [] };
    const event = (type: string, status: string) =>
      `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: 0, response: { ...created, status } })}\n\n`;
    upstream.script = sse([
      event('response.created', 'in_progress'),
      event('response.completed', 'completed'),
    ]);
    await mine.responses.stream({ model: 'm', input: 'hi', store: true }).finalResponse();
    upstream.script = answer('resp_4');
    await mine.responses.create({ ...next, previous_response_id: 'resp_3' });
    // What was not kept cannot be named.
    await caught(mine.responses.create({ ...next, previous_response_id: 'resp_2' }), OpenAI.NotFoundError);
    assert.equal(upstream.seen.length, before + 2, 'nobody asked the model server for the others');
  } finally {
    await gateway.close();
    await upstream.close();
  }
});
