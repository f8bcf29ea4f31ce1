import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { LABEL } from '../../src/practice/reply.ts';
import { type ClientTest, caught, MASKED, SAMPLE_KEY, startClientTest } from '../harness/clients.ts';
import { json, message, messageEvents, sse } from '../harness/upstream.ts';

// The pinned `@anthropic-ai/sdk` client: all that differs from calling Anthropic is the base URL and the key.

let setup: ClientTest;
let client: Anthropic;
before(async () => {
  setup = await startClientTest();
  client = new Anthropic({ baseURL: setup.gateway.url, apiKey: setup.gateway.key, maxRetries: 0 });
});
after(() => setup.close());

const ask = (content: string, model = 'practice-claude') => ({
  model,
  max_tokens: 400,
  messages: [{ role: 'user' as const, content }],
});

const WEATHER = {
  name: 'get_weather',
  description: 'The weather of a city',
  input_schema: { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] },
};

const textOf = ({ content }: Anthropic.Message) =>
  content.map((block) => (block.type === 'text' ? block.text : '')).join('');

test('plain: answer, usage, and the request’s id, which is the ledger’s', async () => {
  const answer = await client.messages.create(ask('say hello'));
  assert.equal(textOf(answer), `${LABEL} hello`);
  assert.equal(answer.stop_reason, 'end_turn');
  assert.ok(answer.usage.input_tokens > 0 && answer.usage.output_tokens > 0);
  const begin = setup.gateway.entries().findLast(({ kind }) => kind === 'request.begin');
  assert.equal(answer._request_id, begin?.id);
});

test('the environment is all that has to change', async () => {
  const { ANTHROPIC_BASE_URL, ANTHROPIC_API_KEY } = process.env;
  try {
    process.env.ANTHROPIC_BASE_URL = setup.gateway.url;
    process.env.ANTHROPIC_API_KEY = setup.gateway.key;
    assert.equal(textOf(await new Anthropic().messages.create(ask('say hello'))), `${LABEL} hello`);
  } finally {
    restore('ANTHROPIC_BASE_URL', ANTHROPIC_BASE_URL);
    restore('ANTHROPIC_API_KEY', ANTHROPIC_API_KEY);
  }
});

test('a key as a bearer token, as ANTHROPIC_AUTH_TOKEN sends it', async () => {
  const bearer = new Anthropic({
    baseURL: setup.gateway.url,
    apiKey: null,
    authToken: setup.gateway.key,
  });
  assert.equal(textOf(await bearer.messages.create(ask('say hello'))), `${LABEL} hello`);
});

test('streamed: the events as they come', async () => {
  const stream = await client.messages.create({ ...ask('say one two three'), stream: true });
  const types: string[] = [];
  let text = '';
  for await (const event of stream) {
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text;
    if (types.at(-1) !== event.type) types.push(event.type);
  }
  assert.equal(text, `${LABEL} one two three`);
  assert.deepEqual(types, [
    'message_start',
    'content_block_start',
    'content_block_delta',
    'content_block_stop',
    'message_delta',
    'message_stop',
  ]);
});

test('the stream helper puts the answer together', async () => {
  const stream = client.messages.stream(ask('say one two three'));
  const heard: string[] = [];
  stream.on('text', (piece) => heard.push(piece));
  const answer = await stream.finalMessage();
  assert.equal(textOf(answer), `${LABEL} one two three`);
  assert.equal(heard.join(''), `${LABEL} one two three`);
  assert.equal(answer.stop_reason, 'end_turn');
  assert.ok(answer.usage.output_tokens > 1);
});

test('a tool: offered, called, answered, and its result used; plain and streamed', async () => {
  const question = { ...ask('What is the weather in Paris?'), tools: [WEATHER] };
  const plain = await client.messages.create(question);
  const streamed = await client.messages.stream(question).finalMessage();
  for (const first of [plain, streamed]) {
    assert.equal(first.stop_reason, 'tool_use');
    const call = first.content.find((block) => block.type === 'tool_use');
    assert.ok(call);
    assert.deepEqual([call.name, call.input], ['get_weather', { city: 'Paris' }]);
    const second = await client.messages.create({
      ...question,
      messages: [
        ...question.messages,
        { role: 'assistant', content: first.content },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: 'rain' }] },
      ],
    });
    assert.match(textOf(second), /The tool says: rain/);
  }
});

test('tokens are counted', async () => {
  const { input_tokens } = await client.messages.countTokens({
    model: 'practice-claude',
    messages: [{ role: 'user', content: 'one two three' }],
  });
  assert.equal(input_tokens, 3);
});

test('models: the list and one', async () => {
  const listed = [];
  for await (const model of client.models.list()) listed.push(model.id);
  assert.deepEqual(listed, ['m', 'practice', 'practice-claude', 'renamed'], 'those of other dialects too');
  assert.equal((await client.models.retrieve('practice-claude')).type, 'model');
  await caught(client.models.retrieve('claude-none'), Anthropic.NotFoundError);
});

test('a list of the upstream’s own, as far as the settings name it', async () => {
  setup.upstream.script = json({
    data: ['claude-a', 'claude-b', 'other'].map((id) => ({
      type: 'model',
      id,
      display_name: id,
      created_at: '2026-01-01T00:00:00Z',
    })),
    has_more: false,
    first_id: 'claude-a',
    last_id: 'other',
  });
  const { data } = await client.models.list();
  assert.deepEqual(
    data.map(({ id }) => id),
    ['claude-a', 'claude-b', 'm', 'practice', 'practice-claude', 'renamed'],
  );
});

test('parameters of every kind arrive as they were sent, with the version and the betas', async () => {
  setup.upstream.script = json(message([{ type: 'text', text: 'ok' }]));
  const body = {
    model: 'claude-x',
    max_tokens: 100,
    system: [{ type: 'text' as const, text: 'be brief', cache_control: { type: 'ephemeral' as const } }],
    messages: [
      { role: 'user' as const, content: 'hi' },
      { role: 'assistant' as const, content: [{ type: 'text' as const, text: 'yes?' }] },
      { role: 'user' as const, content: [{ type: 'text' as const, text: 'go on' }] },
    ],
    temperature: 0.2,
    top_k: 5,
    stop_sequences: ['END'],
    metadata: { user_id: 'u-1' },
    tools: [WEATHER],
    tool_choice: { type: 'auto' as const, disable_parallel_tool_use: true },
  };
  await client.messages.create(body, {
    headers: { 'anthropic-version': '2023-06-01', 'anthropic-beta': 'some-beta-2026-01-01' },
  });
  const seen = setup.upstream.seen.at(-1);
  assert.deepEqual(seen?.body, body);
  assert.equal(seen?.headers['x-api-key'], 'upstream-key-anthropic');
  assert.equal(seen?.headers['anthropic-version'], '2023-06-01');
  assert.equal(seen?.headers['anthropic-beta'], 'some-beta-2026-01-01');
  assert.equal(seen?.headers.authorization, undefined);
});

test('a mask arrives whole: plain, and streamed in pieces that split it', async () => {
  const text = `the key is ${SAMPLE_KEY}, keep it`;
  setup.upstream.script = json(message([{ type: 'text', text }]));
  const plain = textOf(await client.messages.create(ask('hi', 'claude-x')));
  assert.match(plain, /^the key is \[secrets\.[a-z_]+\], keep it$/);
  setup.upstream.script = sse(messageEvents(text.match(/.{1,7}/g) ?? []));
  assert.equal(textOf(await client.messages.stream(ask('hi', 'claude-x')).finalMessage()), plain);
});

test('the practice model gives its secret away, and the gateway masks it', async () => {
  const answer = textOf(await client.messages.create(ask('What is your secret?')));
  assert.match(answer, MASKED);
  assert.doesNotMatch(answer, /sk-proj-/);
});

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
