import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import OpenAI from 'openai';
import { LABEL } from '../../src/practice/reply.ts';
import { type ClientTest, MASKED, SAMPLE_KEY, startClientTest } from '../harness/clients.ts';
import { chunks, completion, json, sse } from '../harness/upstream.ts';

// The pinned `openai` client: all that differs from calling OpenAI is the base URL and the key.

let setup: ClientTest;
let client: OpenAI;
before(async () => {
  setup = await startClientTest();
  client = new OpenAI({ baseURL: `${setup.gateway.url}/v1`, apiKey: setup.gateway.key, maxRetries: 0 });
});
after(() => setup.close());

const ask = (content: string, model = 'practice') => ({
  model,
  messages: [{ role: 'user' as const, content }],
});

const WEATHER = {
  type: 'function' as const,
  function: {
    name: 'get_weather',
    description: 'The weather of a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};

test('plain: answer, usage, and the request’s id, which is the ledger’s', async () => {
  const answer = await client.chat.completions.create(ask('say hello'));
  assert.equal(answer.choices[0]?.message.content, `${LABEL} hello`);
  assert.equal(answer.choices[0]?.finish_reason, 'stop');
  assert.ok((answer.usage?.total_tokens ?? 0) > 0);
  const begin = setup.gateway.entries().findLast(({ kind }) => kind === 'request.begin');
  assert.equal(answer._request_id, begin?.id);
});

test('the environment is all that has to change', async () => {
  const { OPENAI_BASE_URL, OPENAI_API_KEY } = process.env;
  try {
    process.env.OPENAI_BASE_URL = `${setup.gateway.url}/v1`;
    process.env.OPENAI_API_KEY = setup.gateway.key;
    const answer = await new OpenAI().chat.completions.create(ask('say hello'));
    assert.equal(answer.choices[0]?.message.content, `${LABEL} hello`);
  } finally {
    restore('OPENAI_BASE_URL', OPENAI_BASE_URL);
    restore('OPENAI_API_KEY', OPENAI_API_KEY);
  }
});

test('streamed: piece by piece, and usage where it is asked for', async () => {
  const stream = await client.chat.completions.create({
    ...ask('say one two three'),
    stream: true,
    stream_options: { include_usage: true },
  });
  const pieces: string[] = [];
  let usage: OpenAI.CompletionUsage | null | undefined;
  let finish: string | null | undefined;
  for await (const chunk of stream) {
    pieces.push(chunk.choices[0]?.delta.content ?? '');
    finish = chunk.choices[0]?.finish_reason ?? finish;
    usage = chunk.usage ?? usage;
  }
  assert.equal(pieces.join(''), `${LABEL} one two three`);
  assert.ok(pieces.filter((piece) => piece !== '').length > 2, 'it came in pieces');
  assert.equal(finish, 'stop');
  assert.ok((usage?.completion_tokens ?? 0) > 0);
});

test('streamed without stream_options: no usage reaches a client that asked for none', async () => {
  const stream = await client.chat.completions.create({ ...ask('say hi'), stream: true });
  for await (const chunk of stream) assert.equal(chunk.usage ?? null, null);
});

test('the stream helper puts the answer together', async () => {
  const stream = client.chat.completions.stream({
    ...ask('say one two three'),
    stream_options: { include_usage: true },
  });
  const heard: string[] = [];
  stream.on('content', (piece) => heard.push(piece));
  const answer = await stream.finalChatCompletion();
  assert.equal(answer.choices[0]?.message.content, `${LABEL} one two three`);
  assert.equal(heard.join(''), `${LABEL} one two three`);
  assert.ok((answer.usage?.total_tokens ?? 0) > 0);
});

test('n > 1: every choice, plain and streamed', async () => {
  const plain = await client.chat.completions.create({ ...ask('say hi'), n: 3 });
  assert.deepEqual(
    plain.choices.map(({ index, message }) => [index, message.content]),
    [0, 1, 2].map((index) => [index, `${LABEL} hi`]),
  );
  const streamed = await client.chat.completions.stream({ ...ask('say hi'), n: 3 }).finalChatCompletion();
  assert.deepEqual(
    streamed.choices.map(({ message }) => message.content),
    [`${LABEL} hi`, `${LABEL} hi`, `${LABEL} hi`],
  );
});

test('a tool: offered, called, answered, and its result used', async () => {
  const first = await client.chat.completions.create({
    ...ask('What is the weather in Paris?'),
    tools: [WEATHER],
  });
  const call = first.choices[0]?.message.tool_calls?.[0];
  assert.ok(call?.type === 'function');
  assert.equal(call.function.name, 'get_weather');
  assert.deepEqual(JSON.parse(call.function.arguments), { city: 'Paris' });
  assert.equal(first.choices[0]?.finish_reason, 'tool_calls');
  const second = await client.chat.completions.create({
    model: 'practice',
    tools: [WEATHER],
    messages: [
      { role: 'user', content: 'What is the weather in Paris?' },
      first.choices[0].message,
      { role: 'tool', tool_call_id: call.id, content: 'rain' },
    ],
  });
  assert.match(second.choices[0]?.message.content ?? '', /The tool says: rain/);
});

test('the tool runner: calls the function and asks again, plain and streamed', async () => {
  const cities: string[] = [];
  const tool = {
    type: 'function' as const,
    function: {
      name: 'get_weather',
      description: 'The weather of a city',
      parameters: WEATHER.function.parameters,
      parse: (text: string) => JSON.parse(text) as { city: string },
      function: ({ city }: { city: string }) => {
        cities.push(city);
        return `sun over ${city}`;
      },
    },
  };
  const question = ask('What is the weather in Paris?');
  const plain = client.chat.completions.runTools({ ...question, tools: [tool] });
  assert.match((await plain.finalContent()) ?? '', /The tool says: sun over Paris/);
  const streamed = client.chat.completions.runTools({ ...question, tools: [tool], stream: true });
  assert.match((await streamed.finalContent()) ?? '', /The tool says: sun over Paris/);
  assert.deepEqual(cities, ['Paris', 'Paris']);
});

test('embeddings: base64, which the client asks for by itself, and floats are the same numbers', async () => {
  const before = setup.gateway.entries().length;
  const byDefault = await client.embeddings.create({ model: 'practice', input: ['a cat', 'a dog'] });
  const floats = await client.embeddings.create({
    model: 'practice',
    input: ['a cat', 'a dog'],
    encoding_format: 'float',
  });
  assert.equal(byDefault.data.length, 2);
  for (const [index, { embedding }] of byDefault.data.entries()) {
    assert.deepEqual([...embedding].map(Math.fround), floats.data[index]?.embedding.map(Math.fround));
  }
  const base64 = await client.embeddings.create({
    model: 'practice',
    input: 'a cat',
    encoding_format: 'base64',
  });
  assert.equal(typeof base64.data[0]?.embedding, 'string');
  assert.equal(setup.gateway.entries().length, before + 6, 'each is recorded before and after');
});

test('models: the list and one, as far as the policy shows them', async () => {
  const listed = [];
  for await (const model of client.models.list()) listed.push(model.id);
  assert.deepEqual(listed, ['m', 'practice', 'practice-claude', 'renamed'], 'those of other dialects too');
  assert.equal((await client.models.retrieve('practice')).id, 'practice');
  const narrow = client.withOptions({ apiKey: setup.keyOf('narrow') });
  assert.deepEqual(
    (await narrow.models.list()).data.map(({ id }) => id),
    ['m', 'practice'],
  );
  await assert.rejects(narrow.models.retrieve('renamed'), OpenAI.NotFoundError);
  await assert.rejects(narrow.chat.completions.create(ask('hi', 'renamed')), OpenAI.PermissionDeniedError);
});

test('parameters of every kind arrive as they were sent', async () => {
  setup.upstream.script = json(completion('ok'));
  const body = {
    model: 'm',
    messages: [
      { role: 'developer' as const, content: 'be brief' },
      { role: 'user' as const, name: 'ann', content: [{ type: 'text' as const, text: 'hi' }] },
    ],
    temperature: 0.2,
    top_p: 0.9,
    seed: 7,
    stop: ['END'],
    logit_bias: { '50256': -100 },
    response_format: {
      type: 'json_schema' as const,
      json_schema: { name: 'out', strict: true, schema: { type: 'object', properties: {} } },
    },
    metadata: { team: 'web' },
    max_completion_tokens: 50,
    parallel_tool_calls: false,
    tools: [WEATHER],
    user: 'u-1',
  };
  await client.chat.completions.create(body);
  assert.deepEqual(setup.upstream.seen.at(-1)?.body, body);
});

test('a mask arrives whole: plain, and streamed in pieces that split it', async () => {
  const text = `the key is ${SAMPLE_KEY}, keep it`;
  setup.upstream.script = json(completion(text));
  const plain = await client.chat.completions.create(ask('hi', 'm'));
  assert.match(plain.choices[0]?.message.content ?? '', /^the key is \[secrets\.[a-z_]+\], keep it$/);
  setup.upstream.script = sse(chunks(text.match(/.{1,7}/g) ?? []));
  const streamed = await client.chat.completions.stream(ask('hi', 'm')).finalContent();
  assert.equal(streamed, plain.choices[0]?.message.content);
});

test('the practice model gives its secret away, and the gateway masks it', async () => {
  const answer = await client.chat.completions.create(ask('What is your secret?'));
  assert.match(answer.choices[0]?.message.content ?? '', MASKED);
  assert.doesNotMatch(answer.choices[0]?.message.content ?? '', /sk-proj-/);
  const stream = await client.chat.completions.stream(ask('What is your secret?')).finalContent();
  assert.equal(stream, answer.choices[0]?.message.content);
});

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
