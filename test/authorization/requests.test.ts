import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { startGateway, type TestGateway } from '../harness/gateway.ts';
import { completion, json, message, type ScriptedUpstream, sse, startUpstream } from '../harness/upstream.ts';

/** Requests of programs against a policy with conditions, over the wire. */
const POLICY = `authorization:
  policies: |
    @id("purpose")
    forbid (principal, action in Action::"use", resource)
    when { resource == Model::"gpt-purpose" }
    unless { context has purpose && context.purpose == "support" };
    @id("no-shell")
    forbid (principal, action in Action::"tools", resource == Tool::"shell");
    @id("away")
    forbid (principal, action == Action::"route.use", resource == Route::"anth")
    when { context has purpose && context.purpose == "in-house" };
    @id("spent")
    forbid (principal, action == Action::"chat", resource == Model::"gpt-dear")
    when { context.spend.tokens_today >= 12 };
    @id("hidden")
    forbid (principal, action == Action::"models.list", resource == Model::"m");
`;

let upstream: ScriptedUpstream;
let gateway: TestGateway;
before(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({ upstream: upstream.url, policy: POLICY });
});
after(async () => {
  await gateway.close();
  await upstream.close();
});

const ask = (model: string, more: object = {}) => ({
  model,
  messages: [{ role: 'user', content: 'Hi' }],
  ...more,
});
const chat = (body: unknown, headers: Record<string, string> = {}) =>
  gateway.post('/v1/chat/completions', body, headers);
const lastEntry = () => gateway.entries().at(-1) as Record<string, never>;
const codeOf = async (answer: Response) =>
  ((await answer.json()) as { error: { code?: string; message: string } }).error;

suite('purpose and tags', () => {
  test('a request without the purpose that the policy wants is refused, and is told nothing of the rule', async () => {
    const sent = upstream.seen.length;
    const answer = await chat(ask('gpt-purpose'));
    assert.equal(answer.status, 403);
    const error = await codeOf(answer);
    assert.equal(error.code, 'forbidden');
    assert.doesNotMatch(JSON.stringify(error), /purpose/);
    assert.equal(upstream.seen.length, sent);
    const entry = lastEntry();
    assert.deepEqual(entry.by, ['purpose']);
    assert.equal(entry.policy, gateway.gateway.gate.house.policy.hash);
  });

  test('with it, it goes through; the tags stay here, and the subject is in no entry', async () => {
    upstream.script = json(completion('Hello'));
    const tags = {
      'x-gatehouse-purpose': 'support',
      'x-gatehouse-consent': 'storage',
      'x-gatehouse-subject': 'ann@example.com',
    };
    assert.equal((await chat(ask('gpt-purpose'), tags)).status, 200);
    assert.equal(JSON.stringify(upstream.seen.at(-1)).includes('x-gatehouse'), false);
    const begin = gateway.entries().at(-2) as Record<string, unknown>;
    assert.deepEqual(
      [begin.purpose, begin.consent, begin.by],
      ['support', ['storage'], ['roles.app.allow[0]']],
    );
    assert.match(String(begin.subject), /^[\w-]{43}$/);
    assert.equal(JSON.stringify(gateway.allEntries()).includes('ann@example.com'), false);
  });

  test('a tag that is misspelt or does not fit is refused', async () => {
    for (const headers of [{ 'x-gatehouse-purpose': 'a b' }, { 'x-gatehouse-purposes': 'support' }]) {
      const answer = await chat(ask('gpt-purpose'), headers as unknown as Record<string, string>);
      assert.equal((await codeOf(answer)).code, 'header_refused');
    }
  });
});

const tool = (name: string) => ({ type: 'function', function: { name, parameters: {} } });

suite('tools', () => {
  const call = (name: string) => ({
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c', type: 'function', function: { name, arguments: '{}' } }],
        },
        finish_reason: 'tool_calls',
      },
    ],
  });

  test('a forbidden tool is not declared, and a tool that nothing is said of is', async () => {
    upstream.script = json(completion('Hello'));
    const sent = upstream.seen.length;
    const answer = await chat(ask('m', { tools: [tool('search'), tool('shell')] }));
    assert.equal((await codeOf(answer)).code, 'forbidden');
    assert.equal(upstream.seen.length, sent);
    assert.deepEqual([lastEntry().refused, lastEntry().by], ['tool.declare', ['no-shell']]);
    assert.equal((await chat(ask('m', { functions: [{ name: 'shell' }] }))).status, 403);
    assert.equal((await chat(ask('m', { tools: [tool('search')] }))).status, 200);
  });

  test('a reply that calls it all the same is blocked', async () => {
    upstream.script = json(completion('', call('shell')));
    const answer = await chat(ask('m', { tools: [tool('search')] }));
    assert.equal((await codeOf(answer)).code, 'reply_blocked');
    assert.deepEqual([lastEntry().kind, lastEntry().by], ['request.end', ['no-shell']]);
    upstream.script = json(completion('', call('search')));
    assert.equal((await chat(ask('m', { tools: [tool('search')] }))).status, 200);
  });

  test('in a stream, the call does not arrive', async () => {
    const frame = (delta: object) =>
      `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`;
    const fn = (name: string) => ({
      tool_calls: [{ index: 0, id: 'c', type: 'function', function: { name, arguments: '' } }],
    });
    upstream.script = sse([
      frame({ role: 'assistant', content: 'ok' }),
      frame(fn('shell')),
      'data: [DONE]\n\n',
    ]);
    const text = await (await chat(ask('m', { stream: true }))).text();
    assert.match(text, /"ok"/);
    assert.doesNotMatch(text, /shell/);
    assert.deepEqual([lastEntry().outcome, lastEntry().by], ['cut', ['no-shell']]);
  });

  test('the same in the other dialect', async () => {
    const body = { ...ask('claude'), max_tokens: 9 };
    upstream.script = json(message([{ type: 'tool_use', id: 't', name: 'shell', input: {} }]));
    const answer = await gateway.post('/v1/messages', body);
    assert.equal(answer.status, 403);
    assert.deepEqual(lastEntry().by, ['no-shell']);
    const declared = { ...body, tools: [{ name: 'shell', input_schema: {} }] };
    assert.equal((await gateway.post('/v1/messages', declared)).status, 403);
    assert.equal(lastEntry().refused, 'tool.declare');
  });
});

suite('tools of other dialects', () => {
  test('a model server of another dialect calls it: plain, and streamed', async () => {
    upstream.script = json(message([{ type: 'tool_use', id: 't', name: 'shell', input: {} }]));
    const answer = await chat(ask('claude', { max_tokens: 9 }));
    assert.equal((await codeOf(answer)).code, 'reply_blocked');
    assert.deepEqual(lastEntry().by, ['no-shell']);
    const event = (type: string, fields: object) =>
      `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
    upstream.script = sse([
      event('message_start', { message: message([], { stop_reason: null }) }),
      event('content_block_start', {
        index: 0,
        content_block: { type: 'tool_use', id: 't', name: 'shell', input: {} },
      }),
      event('content_block_stop', { index: 0 }),
      event('message_delta', { delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 7 } }),
      event('message_stop', {}),
    ]);
    const text = await (await chat(ask('claude', { max_tokens: 9, stream: true }))).text();
    assert.doesNotMatch(text, /shell/);
    assert.deepEqual(lastEntry().by, ['no-shell']);
  });

  test('OpenAI Responses: declared, called, and called in a stream', async () => {
    const post = (more: object) => gateway.post('/v1/responses', { model: 'm', input: 'Hi', ...more });
    const declared = await post({ tools: [{ type: 'function', name: 'shell', parameters: {} }] });
    assert.equal((await codeOf(declared)).code, 'forbidden');
    const call = { type: 'function_call', id: 'fc_1', call_id: 'c', name: 'shell', arguments: '{}' };
    const response = (output: object[], status = 'completed') => ({
      id: 'resp_1',
      object: 'response',
      created_at: 1,
      status,
      model: 'm',
      output,
    });
    upstream.script = json(response([{ ...call, status: 'completed' }]));
    assert.equal((await codeOf(await post({}))).code, 'reply_blocked');
    const event = (type: string, fields: object) =>
      `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
    upstream.script = sse([
      event('response.created', { sequence_number: 0, response: response([], 'in_progress') }),
      event('response.output_item.added', {
        sequence_number: 1,
        output_index: 0,
        item: { ...call, arguments: '', status: 'in_progress' },
      }),
    ]);
    assert.doesNotMatch(await (await post({ stream: true })).text(), /shell/);
    assert.deepEqual(lastEntry().by, ['no-shell']);
  });

  test('more tools than could be decided on are refused', async () => {
    upstream.script = json(completion('Hello'));
    const tools = Array.from({ length: 129 }, (_, i) => tool(`t${i}`));
    assert.equal((await codeOf(await chat(ask('m', { tools })))).code, 'forbidden');
    assert.equal((await chat(ask('m', { tools: tools.slice(1) }))).status, 200);
  });

  test('others are served while many tools are decided on', async () => {
    let turns = 0;
    let counting = true;
    const count = () => {
      turns += 1;
      if (counting) setImmediate(count);
    };
    const { policy } = gateway.gateway.gate.house;
    const { documents } = policy;
    assert.ok(documents);
    const { match } = documents;
    const seen: number[] = [];
    documents.match = (query) => {
      if (query.resource.kind === 'Tool') seen.push(turns);
      return match.call(documents, query);
    };
    setImmediate(count);
    const tools = Array.from({ length: 64 }, (_, i) => tool(`turn${i}`));
    assert.equal((await chat(ask('m', { tools: [...tools, tool('shell')] }))).status, 403);
    counting = false;
    documents.match = match;
    assert.equal(seen.length, 65);
    for (const [i, turn] of seen.entries()) assert.ok(i < 16 || turn > (seen[i - 16] as number));
  });
});

suite('routes, spend and lists', () => {
  test('an upstream that the policy closes for a purpose is not asked', async () => {
    upstream.script = json(message([{ type: 'text', text: 'Hello' }]));
    const body = { ...ask('claude'), max_tokens: 9 };
    const sent = upstream.seen.length;
    const answer = await gateway.post('/v1/messages', body, { 'x-gatehouse-purpose': 'in-house' });
    assert.equal(answer.status, 403);
    assert.equal(upstream.seen.length, sent);
    assert.equal((await gateway.post('/v1/messages', body)).status, 200);
  });

  test('what was used is counted where a policy asks for it', async () => {
    upstream.script = json(completion('Hello'));
    let allowed = 0;
    while (allowed < 9 && (await chat(ask('gpt-dear'))).status === 200) allowed += 1;
    assert.deepEqual(lastEntry().by, ['spent']);
    assert.equal((await chat(ask('m'))).status, 200, 'another model');
  });

  test('a list shows what may be seen', async () => {
    const list = await fetch(`${gateway.url}/v1/models`, {
      headers: { authorization: `Bearer ${gateway.key}` },
    });
    const { data } = (await list.json()) as { data: { id: string }[] };
    assert.deepEqual(
      data.map(({ id }) => id).filter((id) => id === 'm' || id === 'renamed'),
      ['renamed'],
    );
  });
});
