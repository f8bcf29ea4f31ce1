import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import OpenAI, { type APIError } from 'openai';
import { type ClientTest, caught, type Kind, startClientTest } from '../harness/clients.ts';
import { chunks, completion, json, type Script, sse } from '../harness/upstream.ts';

// Every refusal is an error of the class that the `openai` client has for it, and a stream that ends early ends legally.

let setup: ClientTest;
let client: OpenAI;
before(async () => {
  setup = await startClientTest();
  client = new OpenAI({ baseURL: `${setup.gateway.url}/v1`, apiKey: setup.gateway.key, maxRetries: 0 });
});
after(() => setup.close());

const ask = (content: string, model = 'm') => ({ model, messages: [{ role: 'user' as const, content }] });
const create = (content = 'hi', model = 'm') => client.chat.completions.create(ask(content, model));

const began = () => setup.gateway.entries().filter(({ kind }) => kind !== 'system.start').length;

test('a wrong key: AuthenticationError, and no retry', async () => {
  const wrong = new OpenAI({ baseURL: `${setup.gateway.url}/v1`, apiKey: 'sk-wrong' });
  const before = began();
  const error = await caught(wrong.chat.completions.create(ask('hi')), OpenAI.AuthenticationError);
  assert.equal(error.code, 'credential_invalid');
  assert.equal(error.type, 'authentication_error');
  assert.equal(began(), before + 1);
});

test('a blocked prompt: PermissionDeniedError with our code, asked once even by a client that retries', async () => {
  const patient = client.withOptions({ maxRetries: 2 });
  const [sent, recorded] = [setup.upstream.seen.length, began()];
  const error = await caught(
    patient.chat.completions.create(ask('the forbidden fruit')),
    OpenAI.PermissionDeniedError,
  );
  assert.equal(error.code, 'prompt_blocked');
  assert.equal(error.requestID, setup.gateway.entries().at(-1)?.id);
  assert.doesNotMatch(error.message, /fruit/);
  assert.equal(setup.upstream.seen.length, sent);
  assert.equal(began(), recorded + 1);
});

test('a blocked prompt of a stream is an error before the stream', async () => {
  const raw = client.chat.completions.create({ ...ask('the forbidden fruit'), stream: true });
  assert.equal((await caught(raw, OpenAI.PermissionDeniedError)).code, 'prompt_blocked');
  const helper = client.chat.completions.stream(ask('the forbidden fruit')).finalContent();
  assert.equal((await caught(helper, OpenAI.PermissionDeniedError)).code, 'prompt_blocked');
});

test('a quota: RateLimitError with when to come back and what is left', async () => {
  const limited = client.withOptions({ apiKey: setup.keyOf('twice') });
  setup.upstream.script = json(completion('ok'));
  const { response } = await limited.chat.completions.create(ask('hi')).withResponse();
  assert.equal(response.headers.get('x-ratelimit-limit-requests'), '2');
  assert.equal(response.headers.get('x-ratelimit-remaining-requests'), '1');
  assert.equal(response.headers.get('x-ratelimit-limit-tokens'), '100000');
  await limited.chat.completions.create(ask('hi'));
  const error = await caught(limited.chat.completions.create(ask('hi')), OpenAI.RateLimitError);
  assert.equal(error.code, 'quota_requests');
  const wait = Number(error.headers?.get('retry-after'));
  assert.ok(Number.isInteger(wait) && wait > 0 && wait <= 60, `retry-after: ${wait}`);
  assert.equal(error.headers?.get('x-ratelimit-remaining-requests'), '0');
  assert.match(error.headers?.get('x-ratelimit-reset-requests') ?? '', /^\d+(\.\d+)?m?s|^\d+m/);
});

test('an unknown model: NotFoundError; an endpoint that another dialect has not: BadRequestError that says so', async () => {
  assert.equal((await caught(create('hi', 'nobody'), OpenAI.NotFoundError)).code, 'model_unknown');
  const embedding = client.embeddings.create({ model: 'claude-x', input: 'hi' });
  const other = await caught(embedding, OpenAI.BadRequestError);
  assert.equal(other.code, 'unsupported');
  assert.match(other.message, /anthropic dialect/);
});

test('what does not fit the API: BadRequestError that names the field', async () => {
  const bad = { model: 'm', messages: [{ role: 'user' as const, content: 7 as unknown as string }] };
  const error = await caught(client.chat.completions.create(bad), OpenAI.BadRequestError);
  assert.equal(error.code, 'request_invalid');
  assert.equal(error.param, '/messages/0/content');
  await caught(client.post('/chat/completions', { body: [] }), OpenAI.BadRequestError);
});

test('an endpoint that is not there: NotFoundError, and nothing is sent', async () => {
  const sent = setup.upstream.seen.length;
  await caught(client.post('/nothing', { body: {} }), OpenAI.NotFoundError);
  await caught(client.get('/models/a/b'), OpenAI.NotFoundError);
  assert.equal(setup.upstream.seen.length, sent);
});

const upstreamSays = (status: number, headers: Record<string, string> = {}): Script =>
  json({ error: { message: 'upstream words', type: 'x', param: null, code: null } }, status, headers);

test('an upstream that fails: the class that its status has, and nothing of its credential', async () => {
  const cases: [Script, Kind<APIError>, string][] = [
    [upstreamSays(500), OpenAI.InternalServerError, 'upstream_failed'],
    [upstreamSays(503), OpenAI.InternalServerError, 'upstream_overloaded'],
    [upstreamSays(429, { 'retry-after': '7' }), OpenAI.RateLimitError, 'upstream_rate_limited'],
    [upstreamSays(400), OpenAI.BadRequestError, 'upstream_rejected'],
    [upstreamSays(422), OpenAI.UnprocessableEntityError, 'upstream_rejected'],
    [upstreamSays(401), OpenAI.InternalServerError, 'upstream_auth'],
    [(res) => void res.destroy(), OpenAI.InternalServerError, 'upstream_unreachable'],
    [json(['not a completion']), OpenAI.InternalServerError, 'upstream_invalid'],
  ];
  for (const [script, kind, code] of cases) {
    setup.upstream.script = script;
    const error = await caught(create(), kind);
    assert.equal(error.code, code);
    assert.doesNotMatch(JSON.stringify([error.message, error.error]), /upstream-key/);
    if (code === 'upstream_rate_limited') assert.equal(error.headers?.get('retry-after'), '7');
    if (code === 'upstream_rejected') assert.match(error.message, /upstream words/);
  }
});

test('a client that retries gets past a failure that passes', async () => {
  let tries = 0;
  setup.upstream.script = (res, seen) => {
    tries += 1;
    return (tries === 1 ? upstreamSays(503) : json(completion('at last')))(res, seen);
  };
  const answer = await client.withOptions({ maxRetries: 1 }).chat.completions.create(ask('hi'));
  assert.equal(answer.choices[0]?.message.content, 'at last');
});

test('a blocked reply: PermissionDeniedError, asked once', async () => {
  setup.upstream.script = json(completion('the forbidden fruit'));
  const sent = setup.upstream.seen.length;
  const error = await caught(
    client.withOptions({ maxRetries: 2 }).chat.completions.create(ask('hi')),
    OpenAI.PermissionDeniedError,
  );
  assert.equal(error.code, 'reply_blocked');
  assert.equal(setup.upstream.seen.length, sent + 1);
});

test('a stream that a guard cuts: no exception, what was clear, and finish_reason content_filter', async () => {
  setup.upstream.script = sse(chunks(['eat the for', 'bidden ', 'fruit now']));
  const raw = await client.chat.completions.create({ ...ask('hi'), stream: true });
  let text = '';
  let finish: string | null | undefined;
  for await (const { choices } of raw) {
    text += choices[0]?.delta.content ?? '';
    finish = choices[0]?.finish_reason ?? finish;
  }
  assert.deepEqual([text, finish], ['eat the ', 'content_filter']);
  const helped = await client.chat.completions.stream(ask('hi')).finalChatCompletion();
  assert.equal(helped.choices[0]?.finish_reason, 'content_filter');
  assert.equal(helped.choices[0]?.message.content, 'eat the ');
});

/** The chunks of a streamed tool call whose arguments come in these pieces. */
const toolCall = (pieces: readonly string[]) => {
  const frame = (delta: object, finish: string | null = null) =>
    `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
  const call = (fields: object) => ({ tool_calls: [{ index: 0, ...fields }] });
  return [
    frame({
      role: 'assistant',
      content: null,
      ...call({ id: 'call_1', type: 'function', function: { name: 'eat', arguments: '' } }),
    }),
    ...pieces.map((piece) => frame(call({ function: { arguments: piece } }))),
    frame({}, 'tool_calls'),
    'data: [DONE]\n\n',
  ];
};

test('a stream cut inside a tool call: never a call that a program would run', async () => {
  const eaten: unknown[] = [];
  const tool = {
    type: 'function' as const,
    function: {
      name: 'eat',
      description: 'eats',
      parameters: { type: 'object', properties: { what: { type: 'string' } } },
      parse: (text: string) => JSON.parse(text) as object,
      function: (input: object) => {
        eaten.push(input);
        return 'eaten';
      },
    },
  };
  const { function: _, parse: __, ...offered } = tool.function;
  const tools = [{ type: 'function' as const, function: offered }];
  // The last of it is a whole JSON text before the guard objects to its string.
  setup.upstream.script = sse(toolCall(['{"what": "the for', 'bidden fr', 'uit"}']));
  const helped = await client.chat.completions.stream({ ...ask('hi'), tools }).finalChatCompletion();
  assert.equal(helped.choices[0]?.finish_reason, 'content_filter');
  const run = client.chat.completions.runTools({ ...ask('hi'), tools: [tool], stream: true });
  await run.finalChatCompletion().catch(() => {});
  assert.deepEqual(eaten, [], 'nothing was run');
  // The benign twin runs.
  setup.upstream.script = (res, seen) =>
    sse(seen.text.includes('eaten') ? chunks(['thanks']) : toolCall(['{"what": "an ap', 'ple"}']))(res, seen);
  const twin = client.chat.completions.runTools({ ...ask('hi'), tools: [tool], stream: true });
  assert.equal(await twin.finalContent(), 'thanks');
  assert.deepEqual(eaten, [{ what: 'an apple' }]);
});

test('an upstream that breaks off its stream: APIError, not a short answer', async () => {
  setup.upstream.script = (res, seen) => {
    void sse(chunks(['Hel', 'lo']).slice(0, 3), { end: false })(res, seen);
    setTimeout(() => res.destroy(), 30);
  };
  const raw = await client.chat.completions.create({ ...ask('hi'), stream: true });
  const drained = (async () => {
    for await (const _ of raw);
  })();
  assert.equal((await caught(drained, OpenAI.APIError)).code, 'upstream_cut');
  await caught(client.chat.completions.stream(ask('hi')).finalContent(), OpenAI.APIError);
});

test('an upstream that reports an error within its stream: APIError', async () => {
  setup.upstream.script = sse([
    ...chunks(['Hel']).slice(0, 2),
    'data: {"error":{"message":"boom","type":"server_error","param":null,"code":null}}\n\n',
  ]);
  const raw = await client.chat.completions.create({ ...ask('hi'), stream: true });
  const drained = (async () => {
    for await (const _ of raw);
  })();
  const error = await caught(drained, OpenAI.APIError);
  assert.equal(error.code, 'upstream_failed');
  assert.doesNotMatch(error.message, /boom/);
});

test('without its ledger the gateway lets nothing through: InternalServerError of status 503', async () => {
  const own = await startClientTest();
  await own.gateway.gateway.gate.ledger.close();
  const stopped = client.withOptions({ baseURL: `${own.gateway.url}/v1`, apiKey: own.gateway.key });
  const error = await caught(stopped.chat.completions.create(ask('hi')), OpenAI.InternalServerError);
  assert.deepEqual([error.status, error.code], [503, 'ledger_unavailable']);
  assert.equal(own.upstream.seen.length, 0);
  await own.close();
});
