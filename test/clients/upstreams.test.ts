import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import OpenAI from 'openai';
import { type ClientTest, caught, startClientTest } from '../harness/clients.ts';
import { startGateway } from '../harness/gateway.ts';
import { chunks, completion, json, type Script, sse } from '../harness/upstream.ts';

// Servers that speak the OpenAI API each in their own way, reached by configuration alone.

const secrets = mkdtempSync(join(tmpdir(), 'gatehouse-keys-'));
let setup: ClientTest;
let client: OpenAI;
before(async () => {
  const file = join(secrets, 'azure.key');
  writeFileSync(file, 'azure-key-from-a-file\n', { mode: 0o600 });
  setup = await startClientTest(
    (url) => `  azure:
    dialect: openai
    url: "${url}/openai"
    path: /deployments/{model}{endpoint}
    query: { api-version: 2024-10-21 }
    auth: api-key
    key: { file: ${JSON.stringify(file)} }
    models: [{ name: company-gpt, as: gpt-4o-deployment }]
  vllm: { dialect: openai, url: "${url}/v1", models: ["local/*"], headers: { x-tenant: team-7 } }
  chats: { dialect: openai, url: "${url}/v1", models: [chats], lacks: [responses, embeddings] }
`,
  );
  client = new OpenAI({ baseURL: `${setup.gateway.url}/v1`, apiKey: setup.gateway.key, maxRetries: 0 });
});
after(async () => {
  await setup.close();
  rmSync(secrets, { recursive: true });
});

const ask = (model: string) => ({ model, messages: [{ role: 'user' as const, content: 'hi' }] });

test('Azure’s paths: deployment in the path, api-version in the query, api-key from a file', async () => {
  setup.upstream.script = json(completion('ok', { model: 'gpt-4o-deployment' }));
  const answer = await client.chat.completions.create(ask('company-gpt'));
  assert.equal(answer.choices[0]?.message.content, 'ok');
  const seen = setup.upstream.seen.at(-1);
  assert.equal(seen?.path, '/openai/deployments/gpt-4o-deployment/chat/completions?api-version=2024-10-21');
  assert.equal(seen?.headers['api-key'], 'azure-key-from-a-file');
  assert.equal(seen?.headers.authorization, undefined);
  assert.equal(seen?.body.model, 'gpt-4o-deployment');
});

test('Azure’s content filter: its extra fields survive, and its refusal is a BadRequestError', async () => {
  const filter = { hate: { filtered: false, severity: 'safe' } };
  const body = completion('ok', {
    prompt_filter_results: [{ prompt_index: 0, content_filter_results: filter }],
  });
  setup.upstream.script = json(body);
  assert.deepEqual({ ...(await client.chat.completions.create(ask('company-gpt'))) }, body);
  setup.upstream.script = json(
    { error: { message: 'filtered', type: null, param: 'prompt', code: 'content_filter', status: 400 } },
    400,
  );
  const error = await caught(client.chat.completions.create(ask('company-gpt')), OpenAI.BadRequestError);
  assert.equal(error.code, 'upstream_rejected');
});

test('vLLM’s own parameters survive, beside headers of the configuration', async () => {
  setup.upstream.script = json(completion('{}'));
  const body = {
    ...ask('local/qwen3'),
    guided_json: { type: 'object', properties: { city: { type: 'string' } } },
    chat_template_kwargs: { enable_thinking: true },
    top_k: 20,
    min_p: 0.05,
  };
  await client.chat.completions.create(body);
  const seen = setup.upstream.seen.at(-1);
  assert.deepEqual(seen?.body, body);
  assert.equal(seen?.headers['x-tenant'], 'team-7');
  assert.equal(seen?.headers.authorization, undefined, 'a server without a key is sent none');
});

test('text in a parameter that nobody knows is inspected too', async () => {
  const sent = setup.upstream.seen.length;
  const body = { ...ask('local/qwen3'), chat_template_kwargs: { hint: 'the forbidden fruit' } };
  await caught(client.chat.completions.create(body), OpenAI.PermissionDeniedError);
  assert.equal(setup.upstream.seen.length, sent);
});

test('reasoning_content streams, and is inspected', async () => {
  const reasoning = (text: string) =>
    `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { reasoning_content: text }, finish_reason: null }] })}\n\n`;
  const [opening = '', ...rest] = chunks(['42']);
  const collect = async () => {
    const told = { reasoning: '', content: '', finish: '' };
    const stream = await client.chat.completions.create({ ...ask('local/qwen3'), stream: true });
    for await (const { choices } of stream) {
      const delta = choices[0]?.delta as { content?: string; reasoning_content?: string } | undefined;
      told.reasoning += delta?.reasoning_content ?? '';
      told.content += delta?.content ?? '';
      told.finish = choices[0]?.finish_reason ?? told.finish;
    }
    return told;
  };
  setup.upstream.script = sse([opening, reasoning('six times '), reasoning('seven'), ...rest]);
  assert.deepEqual(await collect(), { reasoning: 'six times seven', content: '42', finish: 'stop' });
  setup.upstream.script = sse([opening, reasoning('the forbid'), reasoning('den fruit'), ...rest]);
  const cut = await collect();
  assert.deepEqual([cut.content, cut.finish], ['', 'content_filter']);
  assert.doesNotMatch(cut.reasoning, /forbid/);
});

test('a renamed model: the server hears its own name for it, and clients cannot ask by that name', async () => {
  setup.upstream.script = json(completion('ok'));
  await client.chat.completions.create(ask('renamed'));
  assert.equal(setup.upstream.seen.at(-1)?.body.model, 'inner');
  await caught(client.chat.completions.create(ask('inner')), OpenAI.NotFoundError);
});

// llama.cpp and older versions of vLLM and Ollama: everything but the chat endpoint is a 404 there.

const chatOnly =
  (script: Script): Script =>
  (res, seen) =>
    (seen.path === '/v1/chat/completions' ? script : json({ error: 'not found' }, 404))(res, seen);

test('a server without /responses is asked by chat completions', async () => {
  setup.upstream.script = chatOnly(json(completion('Guten Tag', { model: 'chats' })));
  const answer = await client.responses.create({
    model: 'chats',
    instructions: 'In German.',
    input: 'Hello!',
  });
  assert.equal(answer.output_text, 'Guten Tag');
  assert.deepEqual([answer.model, answer.status, answer.usage?.total_tokens], ['chats', 'completed', 12]);
  assert.partialDeepStrictEqual(setup.upstream.seen.at(-1)?.body, {
    messages: [{ role: 'system' }, { role: 'user' }],
  });
  const end = setup.gateway.entries().findLast(({ kind }) => kind === 'request.end');
  assert.partialDeepStrictEqual(end, { operation: 'openai.responses', upstream: 'chats' });
});

test('and so are its streams, with tools', async () => {
  setup.upstream.script = chatOnly(sse(chunks(['Guten ', 'Tag'])));
  const stream = client.responses.stream({
    model: 'chats',
    input: 'Hello!',
    tools: [{ type: 'function', name: 'f', parameters: { type: 'object', properties: {} }, strict: false }],
  });
  assert.equal((await stream.finalResponse()).output_text, 'Guten Tag');
  assert.partialDeepStrictEqual(setup.upstream.seen.at(-1)?.body, { tools: [{ function: { name: 'f' } }] });
});

test('what cannot be said there is refused before anything is sent', async () => {
  const before = setup.upstream.seen.length;
  const asks: readonly (() => PromiseLike<unknown>)[] = [
    () => client.embeddings.create({ model: 'chats', input: 'Hi' }),
    () => client.responses.create({ model: 'chats', input: 'Hi', include: ['message.output_text.logprobs'] }),
  ];
  for (const ask of asks) {
    assert.equal((await caught(ask(), OpenAI.BadRequestError)).code, 'unsupported');
  }
  assert.equal(setup.upstream.seen.length, before);
});

test('what a server lacks must be something that it can lack', async () => {
  for (const lacks of ['chat', 'response', 'models.list']) {
    const upstreams = `  x: { dialect: openai, url: "http://127.0.0.1:1", models: [m], lacks: [${lacks}] }`;
    await assert.rejects(startGateway({ upstream: '', upstreams }), /upstreams\.x\.lacks names an endpoint/);
  }
});
