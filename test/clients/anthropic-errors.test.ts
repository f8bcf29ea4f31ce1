import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Anthropic, { type APIError } from '@anthropic-ai/sdk';
import { type ClientTest, caught, type Kind, startClientTest } from '../harness/clients.ts';
import { json, message, messageEvents, type Script, sse } from '../harness/upstream.ts';

// Every refusal is an error of the class that the Anthropic client has for it, and a stream that ends early ends legally.

let setup: ClientTest;
let client: Anthropic;
before(async () => {
  setup = await startClientTest();
  client = new Anthropic({ baseURL: setup.gateway.url, apiKey: setup.gateway.key, maxRetries: 0 });
});
after(() => setup.close());

const ask = (content: string, model = 'claude-x') => ({
  model,
  max_tokens: 100,
  messages: [{ role: 'user' as const, content }],
});
const create = (content = 'hi', model = 'claude-x') => client.messages.create(ask(content, model));

test('a wrong key: AuthenticationError', async () => {
  const wrong = client.withOptions({ apiKey: 'sk-ant-wrong' });
  const error = await caught(wrong.messages.create(ask('hi')), Anthropic.AuthenticationError);
  assert.deepEqual([error.type, error.errorCode], ['authentication_error', 'credential_invalid']);
});

test('a blocked prompt: PermissionDeniedError with our code, asked once even by a client that retries', async () => {
  const [sent, recorded] = [setup.upstream.seen.length, setup.gateway.entries().length];
  const error = await caught(
    client.withOptions({ maxRetries: 2 }).messages.create(ask('the forbidden fruit')),
    Anthropic.PermissionDeniedError,
  );
  assert.deepEqual([error.type, error.errorCode], ['permission_error', 'prompt_blocked']);
  assert.equal(error.requestID, setup.gateway.entries().at(-1)?.id);
  assert.doesNotMatch(error.message, /fruit/);
  assert.equal(setup.upstream.seen.length, sent);
  assert.equal(setup.gateway.entries().length, recorded + 1);
  const streamed = client.messages.stream(ask('the forbidden fruit')).finalMessage();
  assert.equal((await caught(streamed, Anthropic.PermissionDeniedError)).errorCode, 'prompt_blocked');
});

test('tokens of a blocked prompt are not counted either', async () => {
  const { max_tokens: _, ...asked } = ask('the forbidden fruit');
  await caught(client.messages.countTokens(asked), Anthropic.PermissionDeniedError);
});

test('a quota: RateLimitError with when to come back', async () => {
  const limited = client.withOptions({ apiKey: setup.keyOf('twice') });
  setup.upstream.script = json(message([{ type: 'text', text: 'ok' }]));
  for (let i = 0; i < 2; i++) await limited.messages.create(ask('hi'));
  const error = await caught(limited.messages.create(ask('hi')), Anthropic.RateLimitError);
  assert.deepEqual([error.type, error.errorCode], ['rate_limit_error', 'quota_requests']);
  assert.match(error.headers?.get('retry-after') ?? '', /^\d+$/);
  assert.equal(error.headers?.get('x-ratelimit-remaining-requests'), '0');
});

test('an unknown model: NotFoundError; an endpoint that another dialect has not: BadRequestError that says so', async () => {
  assert.equal((await caught(create('hi', 'nobody'), Anthropic.NotFoundError)).errorCode, 'model_unknown');
  const count = client.messages.countTokens({ model: 'm', messages: [{ role: 'user', content: 'hi' }] });
  assert.match((await caught(count, Anthropic.BadRequestError)).message, /openai dialect/);
});

test('what does not fit the API: BadRequestError that names the field', async () => {
  const bad = { ...ask('hi'), messages: [{ role: 'user' as const, content: 7 as unknown as string }] };
  const error = await caught(client.messages.create(bad), Anthropic.BadRequestError);
  assert.equal(error.errorCode, 'request_invalid');
  assert.deepEqual((error.error as { error: { details: object } }).error.details, {
    error_code: 'request_invalid',
    field: '/messages/0/content',
  });
});

test('an endpoint that is not there: NotFoundError', async () => {
  await caught(client.get('/v1/nothing'), Anthropic.NotFoundError);
});

test('what is withheld says why, in Anthropic’s own shape', async () => {
  const asks: readonly (() => PromiseLike<unknown>)[] = [
    () => client.messages.batches.list(),
    () => client.messages.batches.retrieve('msgbatch_1'),
    () => client.beta.files.list(),
    () => client.beta.skills.list(),
    () => client.post('/v1/complete', { body: { model: 'm', prompt: 'Hi' } }),
    () => client.get('/v1/organizations/me'),
  ];
  for (const ask of asks) {
    const error = await caught(ask(), Anthropic.BadRequestError);
    assert.match(error.message, /"error_code":"unsupported"/);
    assert.ok(error.message.length > 150, error.message);
  }
});

const upstreamSays = (status: number, type = 'api_error', headers: Record<string, string> = {}): Script =>
  json({ type: 'error', error: { type, message: 'upstream words' } }, status, headers);

test('an upstream that fails: the class that its status has, and nothing of its credential', async () => {
  const cases: [Script, Kind<APIError>, string][] = [
    [upstreamSays(500), Anthropic.InternalServerError, 'upstream_failed'],
    [upstreamSays(529, 'overloaded_error'), Anthropic.InternalServerError, 'upstream_overloaded'],
    [upstreamSays(429, 'rate_limit_error'), Anthropic.RateLimitError, 'upstream_rate_limited'],
    [upstreamSays(400, 'invalid_request_error'), Anthropic.BadRequestError, 'upstream_rejected'],
    [upstreamSays(401, 'authentication_error'), Anthropic.InternalServerError, 'upstream_auth'],
    [json({ type: 'nonsense' }), Anthropic.InternalServerError, 'upstream_invalid'],
  ];
  for (const [script, kind, code] of cases) {
    setup.upstream.script = script;
    const error = await caught(create(), kind);
    assert.equal(error.errorCode, code);
    assert.doesNotMatch(JSON.stringify([error.message, error.error]), /upstream-key/);
    if (code === 'upstream_overloaded')
      assert.deepEqual([error.status, error.type], [529, 'overloaded_error']);
  }
});

test('a blocked reply: PermissionDeniedError, asked once', async () => {
  setup.upstream.script = json(message([{ type: 'text', text: 'the forbidden fruit' }]));
  const sent = setup.upstream.seen.length;
  const error = await caught(
    client.withOptions({ maxRetries: 2 }).messages.create(ask('hi')),
    Anthropic.PermissionDeniedError,
  );
  assert.equal(error.errorCode, 'reply_blocked');
  assert.equal(setup.upstream.seen.length, sent + 1);
});

test('a stream that a guard cuts: what was clear, and stop_reason refusal', async () => {
  setup.upstream.script = sse(messageEvents(['eat the for', 'bidden ', 'fruit now']));
  const answer = await client.messages.stream(ask('hi')).finalMessage();
  assert.equal(answer.stop_reason, 'refusal');
  assert.deepEqual(
    answer.content.map((block) => block.type === 'text' && block.text),
    ['eat the '],
  );
});

/** The events of a streamed tool call whose input comes in these pieces. */
const toolUse = (pieces: readonly string[]) => {
  const [start = ''] = messageEvents([]);
  const frame = (type: string, fields: object = {}) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
  const block = { type: 'tool_use', id: 'toolu_1', name: 'eat', input: {} };
  return [
    start,
    frame('content_block_start', { index: 0, content_block: block }),
    ...pieces.map((partial_json) =>
      frame('content_block_delta', { index: 0, delta: { type: 'input_json_delta', partial_json } }),
    ),
    frame('content_block_stop', { index: 0 }),
    frame('message_delta', {
      delta: { stop_reason: 'tool_use', stop_sequence: null },
      usage: { output_tokens: 7 },
    }),
    frame('message_stop'),
  ];
};

test('a stream cut inside a tool call: an error, never half a call', async () => {
  const tools = [
    {
      name: 'eat',
      input_schema: { type: 'object' as const, properties: { what: { type: 'string' } } },
    },
  ];
  setup.upstream.script = sse(toolUse(['{"what": "the for', 'bidden fr', 'uit"}']));
  const cut = client.messages.stream({ ...ask('hi'), tools }).finalMessage();
  assert.equal((await caught(cut, Anthropic.APIError)).errorCode, 'reply_blocked');
  setup.upstream.script = sse(toolUse(['{"what": "an ap', 'ple"}']));
  const twin = await client.messages.stream({ ...ask('hi'), tools }).finalMessage();
  assert.deepEqual(
    twin.content.map((block) => block.type === 'tool_use' && block.input),
    [{ what: 'an apple' }],
  );
});

test('an upstream that breaks off its stream: APIError, not a short answer', async () => {
  setup.upstream.script = (res, seen) => {
    void sse(messageEvents(['Hel', 'lo']).slice(0, 4), { end: false })(res, seen);
    setTimeout(() => res.destroy(), 30);
  };
  const error = await caught(client.messages.stream(ask('hi')).finalMessage(), Anthropic.APIError);
  assert.equal(error.errorCode, 'upstream_cut');
});

test('an upstream that is overloaded within its stream: APIError of that type', async () => {
  setup.upstream.script = sse([
    ...messageEvents(['Hel']).slice(0, 3),
    'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"boom"}}\n\n',
  ]);
  const error = await caught(client.messages.stream(ask('hi')).finalMessage(), Anthropic.APIError);
  assert.deepEqual([error.type, error.errorCode], ['overloaded_error', 'upstream_overloaded']);
  assert.doesNotMatch(error.message, /boom/);
});

test('without its ledger the gateway lets nothing through: InternalServerError of status 503', async () => {
  const own = await startClientTest();
  await own.gateway.gateway.gate.ledger.close();
  const stopped = client.withOptions({ baseURL: own.gateway.url, apiKey: own.gateway.key });
  const error = await caught(stopped.messages.create(ask('hi')), Anthropic.InternalServerError);
  assert.deepEqual([error.status, error.errorCode], [503, 'ledger_unavailable']);
  assert.equal(own.upstream.seen.length, 0);
  await own.close();
});
