import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import OpenAI from 'openai';
import { LABEL } from '../../src/practice/reply.ts';
import { type ClientTest, caught, MASKED, SAMPLE_KEY, startClientTest } from '../harness/clients.ts';
import { json, sse } from '../harness/upstream.ts';

// The pinned `openai` client with its Responses API.

let setup: ClientTest;
let client: OpenAI;
before(async () => {
  setup = await startClientTest();
  client = new OpenAI({ baseURL: `${setup.gateway.url}/v1`, apiKey: setup.gateway.key, maxRetries: 0 });
});
after(() => setup.close());

const ask = (input: string, model = 'practice') => ({ model, input });

const WEATHER = {
  type: 'function' as const,
  name: 'get_weather',
  description: 'The weather of a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  strict: false,
};

test('plain: text, usage, and nothing is kept unless it is asked for', async () => {
  const answer = await client.responses.create(ask('say hello'));
  assert.equal(answer.output_text, `${LABEL} hello`);
  assert.equal(answer.status, 'completed');
  assert.ok((answer.usage?.total_tokens ?? 0) > 0);
  assert.equal((answer as { store?: boolean }).store, false);
  const end = setup.gateway.entries().findLast(({ kind }) => kind === 'request.end');
  assert.equal(answer._request_id, end?.id);
});

test('streamed: every event, in order, and the helper puts the answer together', async () => {
  const stream = client.responses.stream({ ...ask('say one two three'), instructions: 'Be brief.' });
  const numbers: number[] = [];
  const types = new Set<string>();
  stream.on('event', ({ type, sequence_number }) => {
    types.add(type);
    numbers.push(sequence_number);
  });
  const answer = await stream.finalResponse();
  assert.equal(answer.output_text, `${LABEL} one two three`);
  assert.deepEqual(
    numbers,
    numbers.map((_, i) => i),
  );
  for (const type of ['created', 'output_item.added', 'output_text.done', 'completed'])
    assert.ok(types.has(`response.${type}`), type);
});

test('a tool call and its result', async () => {
  const first = await client.responses.create({
    ...ask('What is the weather in Paris?'),
    tools: [WEATHER],
  });
  const call = first.output.find((item) => item.type === 'function_call');
  assert.deepEqual(JSON.parse(call?.arguments ?? ''), { city: 'Paris' });
  const second = await client.responses.create({
    model: 'practice',
    tools: [WEATHER],
    input: [
      { role: 'user', content: 'What is the weather in Paris?' },
      ...first.output.filter((item) => item.type === 'function_call'),
      { type: 'function_call_output', call_id: call?.call_id ?? '', output: 'rain' },
    ],
  });
  assert.ok(second.output_text.endsWith('The tool says: rain'));
});

test('a streamed tool call', async () => {
  const stream = client.responses.stream({ ...ask('What is the weather in Paris?'), tools: [WEATHER] });
  let args = '';
  stream.on('response.function_call_arguments.delta', ({ delta }) => {
    args += delta;
  });
  const answer = await stream.finalResponse();
  const call = answer.output.find((item) => item.type === 'function_call');
  assert.equal(args, call?.arguments);
  assert.deepEqual(JSON.parse(args), { city: 'Paris' });
});

test('structured output', async () => {
  const text = '{"answer":42}';
  setup.upstream.script = json(answered(text));
  const answer = await client.responses.parse({
    ...ask('say it', 'm'),
    text: {
      format: {
        type: 'json_schema',
        name: 'answer',
        schema: { type: 'object', properties: { answer: { type: 'number' } } },
        strict: true,
      },
    },
  });
  assert.deepEqual(answer.output_parsed, { answer: 42 });
});

test('a model of another dialect answers with the whole sequence of events', async () => {
  const stream = client.responses.stream({
    ...ask('What is the weather in Paris?', 'practice-claude'),
    instructions: 'Be brief.',
    tools: [WEATHER],
  });
  const types: string[] = [];
  stream.on('event', ({ type }) => types.push(type.replace('response.', '')));
  const answer = await stream.finalResponse();
  const call = answer.output.find((item) => item.type === 'function_call');
  assert.deepEqual(JSON.parse(call?.arguments ?? ''), { city: 'Paris' });
  assert.deepEqual(
    types.filter((type, at) => type !== types[at - 1]),
    [
      ...['created', 'in_progress', 'output_item.added', 'content_part.added', 'output_text.delta'],
      ...['output_text.done', 'content_part.done', 'output_item.done', 'output_item.added'],
      ...['function_call_arguments.delta', 'function_call_arguments.done', 'output_item.done', 'completed'],
    ],
  );
  assert.ok((answer.usage?.output_tokens ?? 0) > 0);

  const next = await client.responses.create({
    model: 'practice-claude',
    tools: [WEATHER],
    input: [
      { role: 'user', content: 'What is the weather in Paris?' },
      ...answer.output.filter((item) => item.type === 'function_call'),
      { type: 'function_call_output', call_id: call?.call_id ?? '', output: 'rain' },
    ],
  });
  assert.ok(next.output_text.endsWith('The tool says: rain'));
});

test('a key in the answer of a model of another dialect is masked, wherever it is said', async () => {
  let wire = '';
  const stream = client.responses.stream(ask('What is your secret?', 'practice-claude'));
  stream.on('event', (event) => {
    wire += JSON.stringify(event);
  });
  assert.match((await stream.finalResponse()).output_text, MASKED);
  assert.doesNotMatch(wire, /T3BlbkFJ/);
});

test('a prompt with a key is blocked, and the error says why', async () => {
  const error = await caught(client.responses.create(ask(`say ${SAMPLE_KEY}`)), OpenAI.PermissionDeniedError);
  assert.equal(error.code, 'prompt_blocked');
  assert.ok(!error.message.includes(SAMPLE_KEY));
});

test('a key in the answer is masked, plain', async () => {
  const answer = await client.responses.create(ask('What is your secret?'));
  assert.match(answer.output_text, MASKED);
  assert.doesNotMatch(JSON.stringify(answer), /T3BlbkFJ/);
});

test('a key in a streamed answer is masked, wherever it is said', async () => {
  const stream = client.responses.stream(ask('What is your secret?'));
  let wire = '';
  let pieces = '';
  stream.on('event', (event) => {
    wire += JSON.stringify(event);
  });
  stream.on('response.output_text.delta', ({ delta }) => {
    pieces += delta;
  });
  const answer = await stream.finalResponse();
  assert.match(answer.output_text, MASKED);
  assert.equal(pieces, answer.output_text);
  assert.doesNotMatch(wire, /T3BlbkFJ/);
});

test('a stream that a guard cuts ends incomplete, with content_filter as the reason', async () => {
  const half = '{"a":"forbidden fruit ';
  setup.upstream.script = sse(wire(messageEvents('fine'), callEvents(half)));
  const stream = client.responses.stream(ask('say it', 'm'));
  const answer = await stream.finalResponse();
  assert.equal(answer.status, 'incomplete');
  assert.equal(answer.incomplete_details?.reason, 'content_filter');
  assert.equal(answer.output_text, 'fine');
  assert.deepEqual(
    answer.output.map(({ type }) => type),
    ['message'],
  );
  assert.doesNotMatch(JSON.stringify(answer), /fruit/);
});

test('what reaches for history that nobody here sees is refused, with what to do instead', async () => {
  const refused: readonly [Partial<OpenAI.Responses.ResponseCreateParamsNonStreaming>, string][] = [
    [{ previous_response_id: 'resp_1' }, '/previous_response_id'],
    [{ conversation: 'conv_1' }, '/conversation'],
    [{ store: true }, '/store'],
    [{ prompt: { id: 'pmpt_1' } }, '/prompt/id'],
    [{ input: [{ type: 'item_reference', id: 'msg_1' }] }, '/input/0/id'],
    [{ background: true }, '/background'],
    [{ tools: [{ type: 'web_search' }] }, '/tools/0/type'],
  ];
  for (const [more, field] of refused) {
    const error = await caught(client.responses.create({ ...ask('hi'), ...more }), OpenAI.APIError);
    assert.equal(error.param, field);
    assert.ok(error.status === 400 || error.status === 403);
  }
});

test('errors are the client’s own', async () => {
  const wrong = { ...ask('hi'), temperature: 'hot' as unknown as number };
  const error = await caught(client.responses.create(wrong), OpenAI.BadRequestError);
  assert.equal(error.code, 'request_invalid');
  assert.equal(error.param, '/temperature');
  await caught(client.responses.create(ask('hi', 'nobody')), OpenAI.NotFoundError);
});

test('an error event of the model server is an error of the client', async () => {
  const error = { type: 'error', code: 'server_error', message: 'not for you', param: null };
  setup.upstream.script = sse(wire(messageEvents('fine'), [error]));
  const seen = await caught(client.responses.stream(ask('say it', 'm')).finalResponse(), OpenAI.APIError);
  assert.equal(seen.code, 'upstream_failed');
  assert.ok(!seen.message.includes('not for you'));
});

function answered(text: string) {
  const content = [{ type: 'output_text', text, annotations: [], logprobs: [] }];
  return {
    id: 'resp_1',
    object: 'response',
    created_at: 1,
    status: 'completed',
    model: 'm',
    output: [{ id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content }],
    usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
  };
}

type Event = Readonly<Record<string, unknown>>;

function messageEvents(text: string): Event[] {
  const at = { item_id: 'msg_1', output_index: 0, content_index: 0 };
  const part = { type: 'output_text', text: '', annotations: [], logprobs: [] };
  const item = { id: 'msg_1', type: 'message', role: 'assistant', status: 'in_progress', content: [] };
  return [
    { type: 'response.output_item.added', output_index: 0, item },
    { type: 'response.content_part.added', ...at, part },
    { type: 'response.output_text.delta', ...at, delta: text, logprobs: [] },
  ];
}

function callEvents(args: string): Event[] {
  const item = { id: 'fc_1', type: 'function_call', call_id: 'call_1', name: 'f', arguments: '' };
  return [
    { type: 'response.output_item.added', output_index: 1, item },
    { type: 'response.function_call_arguments.delta', item_id: 'fc_1', output_index: 1, delta: args },
  ];
}

/** A stream as far as these events go. */
function wire(...events: readonly Event[][]): string[] {
  const response = { ...answered(''), status: 'in_progress', output: [] };
  const all: Event[] = [{ type: 'response.created', response }, ...events.flat()];
  return all.map(
    (event, sequence_number) =>
      `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number })}\n\n`,
  );
}
