import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { SAMPLE_KEY } from '../harness/clients.ts';
import { GUARDS, startGateway, type TestGateway } from '../harness/gateway.ts';
import {
  chunks,
  completion,
  generated,
  generatedChunks,
  json,
  message,
  messageEvents,
  type ScriptedUpstream,
  sse,
  startUpstream,
} from '../harness/upstream.ts';

// Translation on the data path: what guards see, what is charged, and how upstreams fail, in the client's dialect.

let upstream: ScriptedUpstream;
let gateway: TestGateway;
before(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({
    upstream: upstream.url,
    upstreams: `  open: { dialect: openai, url: "${upstream.url}/v1", key: upstream-key-openai, models: [m, "gpt-*", { name: renamed, as: inner }] }
  anth: { dialect: anthropic, url: "${upstream.url}", key: upstream-key-anthropic, models: ["claude*"] }
  goog: { dialect: gemini, url: "${upstream.url}/v1beta", key: upstream-key-google, models: ["gemini-*"] }`,
    policy: `${GUARDS}
assume_output: 777
quotas:
  - { per: caller, models: [claude-counted], requests: 100/day, tokens: 100k/day }
  - { per: caller, models: [gpt-counted], requests: 100/day, tokens: 100k/day }
`,
  });
});
after(async () => {
  await gateway.close();
  await upstream.close();
});

/** A request of an OpenAI client to Anthropic, or the other way. */
const ask = {
  openai: (more: object = {}, model = 'claude-x') =>
    gateway.post('/v1/chat/completions', { model, messages: [{ role: 'user', content: 'hi' }], ...more }),
  anthropic: (more: object = {}, model = 'm') =>
    gateway.post('/v1/messages', {
      model,
      max_tokens: 50,
      messages: [{ role: 'user', content: 'hi' }],
      ...more,
    }),
};
const lastEntries = () => gateway.entries().slice(-2) as Record<string, unknown>[];
const errorOf = async (answer: Response) =>
  (
    (await answer.json()) as {
      error: { code?: string; message: string; param?: string; details?: Record<string, string> };
    }
  ).error;

const frame = (type: string, fields: object = {}) =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
const chunk = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const call = (id: string, name: string, args: string) => ({
  index: 0,
  id,
  type: 'function',
  function: { name, arguments: args },
});

test('masked in every text of a whole answer, either way', async () => {
  upstream.script = json(
    message([
      { type: 'text', text: `a ${SAMPLE_KEY} b` },
      { type: 'tool_use', id: 't', name: 'f', input: { deep: [`a ${SAMPLE_KEY} b`] } },
    ]),
  );
  const toOpenai = await (await ask.openai()).text();
  assert.equal(toOpenai.includes(SAMPLE_KEY.slice(0, 20)), false);
  assert.equal(toOpenai.match(/\[secrets\./g)?.length, 2);
  upstream.script = json(
    completion('', {
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: `a ${SAMPLE_KEY} b`,
            tool_calls: [call('t', 'f', JSON.stringify({ deep: [`a ${SAMPLE_KEY} b`] }))],
          },
          finish_reason: 'tool_calls',
        },
      ],
    }),
  );
  const toAnthropic = await (await ask.anthropic()).text();
  assert.equal(toAnthropic.includes(SAMPLE_KEY.slice(0, 20)), false);
  assert.equal(toAnthropic.match(/\[secrets\./g)?.length, 2);
});

test('what may not be changed is blocked: names, ids, thinking', async () => {
  const openai = [
    [{ type: 'tool_use', id: SAMPLE_KEY, name: 'f', input: {} }],
    [{ type: 'tool_use', id: 't', name: SAMPLE_KEY, input: {} }],
  ];
  for (const content of openai) {
    upstream.script = json(message(content));
    const answer = await ask.openai();
    assert.equal(answer.status, 403);
    assert.equal((await errorOf(answer)).code, 'reply_blocked');
  }
  upstream.script = json(
    completion('', {
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'a', reasoning_content: SAMPLE_KEY },
          finish_reason: 'stop',
        },
      ],
    }),
  );
  const answer = await ask.anthropic();
  assert.equal((await errorOf(answer)).details?.error_code, 'reply_blocked');
});

test('masked in a stream, split anywhere, either way', async () => {
  const text = `my key is ${SAMPLE_KEY}, keep it`;
  for (let at = 3; at < text.length; at += 9) {
    const pieces = [text.slice(0, at), text.slice(at)];
    upstream.script = sse(messageEvents(pieces));
    const toOpenai = textOf(await (await ask.openai({ stream: true })).text());
    assert.match(toOpenai, /^my key is \[secrets\.[a-z_]+\], keep it$/, `split at ${at}`);
    upstream.script = sse(chunks(pieces));
    const toAnthropic = textOf(await (await ask.anthropic({ stream: true })).text());
    assert.match(toAnthropic, /^my key is \[secrets\.[a-z_]+\], keep it$/, `split at ${at}`);
  }
});

/** Text of a stream of either dialect. */
const textOf = (wire: string): string =>
  [...wire.matchAll(/"(?:content|text)":"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text).join('');

test('masked in what Gemini answers, and in what its clients get', async () => {
  const parts = [
    { text: `a ${SAMPLE_KEY} b` },
    { functionCall: { name: 'f', args: { deep: [`a ${SAMPLE_KEY} b`] } } },
  ];
  upstream.script = json(generated(parts));
  const whole = [
    await (await ask.openai({}, 'gemini-x')).text(),
    await (await ask.anthropic({}, 'gemini-x')).text(),
  ];
  upstream.script = sse(
    generatedChunks([`a ${SAMPLE_KEY.slice(0, 30)}`, `${SAMPLE_KEY.slice(30)} b`], parts.slice(1)),
  );
  const streamed = [
    await (await ask.openai({ stream: true }, 'gemini-x')).text(),
    await (await ask.anthropic({ stream: true }, 'gemini-x')).text(),
  ];
  const contents = [{ role: 'user', parts: [{ text: 'hi' }] }];
  upstream.script = json(
    message([
      { type: 'text', text: `a ${SAMPLE_KEY} b` },
      { type: 'tool_use', id: 't', name: 'f', input: { a: SAMPLE_KEY } },
    ]),
  );
  const google = await gateway.post('/v1beta/models/claude-x:generateContent', { contents });
  for (const text of [...whole, ...streamed, await google.text()]) {
    assert.equal(text.includes(SAMPLE_KEY.slice(0, 20)), false, text);
    assert.equal(text.match(/\[secrets\./g)?.length, 2, text);
  }
});

test('a secret that two blocks make together is masked where they become one text', async () => {
  const [one, two] = [SAMPLE_KEY.slice(0, 30), SAMPLE_KEY.slice(30)];
  const block = (index: number, text: string) => [
    frame('content_block_start', { index, content_block: { type: 'text', text: '' } }),
    frame('content_block_delta', { index, delta: { type: 'text_delta', text } }),
    frame('content_block_stop', { index }),
  ];
  const events = messageEvents([]);
  upstream.script = sse([
    events[0] ?? '',
    ...block(0, `a ${one}`),
    ...block(1, `${two} b`),
    ...events.slice(-2),
  ]);
  assert.match(textOf(await (await ask.openai({ stream: true })).text()), /^a \[secrets\.[a-z_]+\] b$/);
});

test('a block in mid-stream ends the stream as the client’s dialect does', async () => {
  upstream.script = sse(messageEvents(['eat the for', 'bidden ', 'fruit']));
  const toOpenai = await (await ask.openai({ stream: true })).text();
  assert.match(toOpenai, /"finish_reason":"content_filter"/);
  assert.ok(toOpenai.endsWith('data: [DONE]\n\n'));
  upstream.script = sse(chunks(['eat the for', 'bidden ', 'fruit']));
  const toAnthropic = await (await ask.anthropic({ stream: true })).text();
  assert.match(toAnthropic, /"stop_reason":"refusal"/);
  assert.match(toAnthropic, /event: message_stop\ndata: .*\n\n$/);
});

test('a prompt is inspected as the client wrote it, and masked as it goes out', async () => {
  const before = upstream.seen.length;
  const answer = await ask.openai({ messages: [{ role: 'user', content: 'the forbidden fruit' }] });
  assert.equal((await errorOf(answer)).code, 'prompt_blocked');
  assert.equal(upstream.seen.length, before);
});

test('an upstream that fails in mid-stream: an error of the client’s dialect', async () => {
  const [start = '', open = '', first = ''] = messageEvents(['Hello']);
  const toOpenai = {
    cut: [start, open, first],
    'error event': [
      start,
      open,
      first,
      frame('error', { error: { type: 'api_error', message: 'sensitive words' } }),
    ],
    'malformed event': [start, open, first, 'event: content_block_delta\ndata: {"type": 7}\n\n'],
    'not JSON': [start, open, first, 'data: {\n\n'],
    'broken off in a tool call': [
      start,
      frame('content_block_start', {
        index: 0,
        content_block: { type: 'tool_use', id: 't', name: 'f', input: {} },
      }),
      frame('content_block_delta', { index: 0, delta: { type: 'input_json_delta', partial_json: '{"a' } }),
    ],
  };
  for (const [name, frames] of Object.entries(toOpenai)) {
    upstream.script = sse(frames);
    const wire = await (await ask.openai({ stream: true })).text();
    assert.match(wire.split('\n\n').at(-2) ?? '', /^data: \{"error":\{.*"code":"upstream_[a-z]+"/, name);
    assert.equal(wire.includes('sensitive'), false);
    assert.equal(lastEntries()[1]?.outcome, 'cut', name);
  }
  const toAnthropic = {
    cut: [chunk({ role: 'assistant', content: 'Hello' })],
    error: [
      chunk({ role: 'assistant', content: 'Hello' }),
      'data: {"error":{"message":"sensitive words"}}\n\n',
    ],
    'malformed chunk': [
      chunk({ role: 'assistant', content: 'Hello' }),
      'data: {"choices":[{"index":-1}]}\n\n',
    ],
    'broken off in a tool call': [chunk({ role: 'assistant', tool_calls: [call('t', 'f', '{"a')] })],
    'mixed calls': [
      chunk({ role: 'assistant', tool_calls: [call('t', 'f', '{'), { ...call('u', 'g', '{'), index: 1 }] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: '}' } }] }),
    ],
  };
  for (const [name, frames] of Object.entries(toAnthropic)) {
    upstream.script = sse(frames);
    const wire = await (await ask.anthropic({ stream: true })).text();
    assert.match(
      wire.split('\n\n').at(-2) ?? '',
      /^event: error\ndata: .*"error_code":"upstream_[a-z]+"/,
      name,
    );
    assert.equal(wire.includes('sensitive'), false);
    assert.equal(lastEntries()[1]?.outcome, 'cut', name);
  }
});

test('an upstream’s error is read in its own dialect and said in the client’s', async () => {
  upstream.script = json(
    { type: 'error', error: { type: 'invalid_request_error', message: 'max_tokens: too large' } },
    400,
  );
  const toOpenai = await errorOf(await ask.openai());
  assert.equal(toOpenai.code, 'upstream_rejected');
  assert.match(toOpenai.message, /max_tokens: too large/);
  upstream.script = json(
    { error: { message: 'bad temperature', type: 'invalid_request_error', param: null, code: null } },
    400,
  );
  const toAnthropic = await errorOf(await ask.anthropic());
  assert.equal(toAnthropic.details?.error_code, 'upstream_rejected');
  assert.match(toAnthropic.message, /bad temperature/);
});

test('an answer that is none is the upstream’s fault', async () => {
  for (const body of [
    {},
    { content: 7 },
    message([{ type: 'server_tool_use', id: 't', name: 'web_search', input: {} }]),
  ]) {
    upstream.script = json(body);
    assert.equal((await errorOf(await ask.openai())).code, 'upstream_invalid');
  }
  const calls = (args: string) =>
    completion('', {
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: null, tool_calls: [call('t', 'f', args)] },
          finish_reason: 'tool_calls',
        },
      ],
    });
  for (const body of [{}, completion('', { choices: [] }), calls('[1]'), calls('{"a"')]) {
    upstream.script = json(body);
    assert.equal((await errorOf(await ask.anthropic())).details?.error_code, 'upstream_invalid');
  }
});

test('what has no counterpart is refused with its name, before anything is charged or sent', async () => {
  const before = upstream.seen.length;
  const cases: [object, string][] = [
    [{ n: 2 }, '/n'],
    [{ frequency_penalty: 0.5 }, '/frequency_penalty'],
    [{ temperature: 1.5 }, '/temperature'],
    [{ logprobs: true }, '/logprobs'],
    [{ response_format: { type: 'json_object' } }, '/response_format'],
    [{ chat_template_kwargs: { enable_thinking: false } }, '/(unknown)'],
    [{ messages: [{ role: 'user', name: 'ann', content: 'hi' }] }, '/messages/0/name'],
    [
      {
        messages: [
          { role: 'user', content: 'a' },
          { role: 'assistant', content: 'b' },
        ],
      },
      '/messages',
    ],
    [{ tools: [{ type: 'custom', custom: { name: 'f' } }] }, '/tools/0/type'],
  ];
  for (const [more, field] of cases) {
    const answer = await ask.openai(more, 'claude-counted');
    const { code, param } = await errorOf(answer);
    assert.deepEqual([answer.status, code, param], [400, 'unsupported', field]);
    assert.equal(lastEntries()[1]?.kind, 'request.refused');
    assert.equal(lastEntries()[1]?.reserved, undefined, 'nothing was set aside');
  }
  const anthropic: [object, string][] = [
    [{ top_k: 5 }, '/top_k'],
    [{ tools: [{ type: 'bash_20250124', name: 'bash' }] }, '/tools/0/type'],
    [{ context_management: { edits: [] } }, '/context_management'],
    [{ inference_geo: 'eu' }, '/inference_geo'],
    [
      {
        messages: [
          { role: 'user', content: 'a' },
          { role: 'assistant', content: 'The answer is' },
        ],
      },
      '/messages',
    ],
  ];
  for (const [more, field] of anthropic) {
    const { details } = await errorOf(await ask.anthropic(more, 'gpt-counted'));
    assert.deepEqual([details?.error_code, details?.field], ['unsupported', field]);
  }
  const google: [object, string][] = [
    [{ generationConfig: { candidateCount: 2 } }, '/generationConfig/candidateCount'],
    [{ generationConfig: { temperature: 1.5 } }, '/generationConfig/temperature'],
  ];
  for (const [more, field] of google) {
    const body = { contents: [{ role: 'user', parts: [{ text: 'hi' }] }], ...more };
    const said = await (await gateway.post('/v1beta/models/claude-counted:generateContent', body)).text();
    assert.ok(said.includes(`"field":"${field}"`), said);
  }
  assert.equal(upstream.seen.length, before);
});

test('an endpoint without a counterpart says where the model is', async () => {
  const answer = await gateway.post('/v1/embeddings', { model: 'claude-x', input: 'hi' });
  const { code, message: said } = await errorOf(answer);
  assert.equal(code, 'unsupported');
  assert.match(said, /served in the anthropic dialect/);
  const count = await gateway.post('/v1/messages/count_tokens', {
    model: 'm',
    messages: [{ role: 'user', content: 'hi' }],
  });
  assert.match((await errorOf(count)).message, /served in the openai dialect/);
});

test('the limit that Anthropic demands is the policy’s; headers of a client’s dialect stay here', async () => {
  upstream.script = json(message([{ type: 'text', text: 'ok' }]));
  await ask.openai();
  assert.equal(upstream.seen.at(-1)?.body.max_tokens, 777);
  assert.equal(upstream.seen.at(-1)?.headers['anthropic-version'], '2023-06-01');
  upstream.script = json(completion('ok'));
  const body = { model: 'renamed', max_tokens: 5, messages: [{ role: 'user', content: 'hi' }] };
  const answer = await gateway.post('/v1/messages?beta=true', body, {
    'anthropic-version': '2023-06-01',
    'anthropic-beta': 'tools-2024-04-04',
  });
  const seen = upstream.seen.at(-1);
  assert.equal(seen?.path, '/v1/chat/completions');
  assert.equal(seen?.headers['anthropic-version'], undefined);
  assert.equal(seen?.headers['anthropic-beta'], undefined);
  assert.equal(seen?.headers.authorization, 'Bearer upstream-key-openai');
  assert.equal(seen?.body.model, 'inner');
  assert.equal(((await answer.json()) as { model: string }).model, 'renamed', 'the name that was asked for');
});

test('usage is what the upstream reports; where it reports none, the estimate is used', async () => {
  upstream.script = sse(messageEvents(['ok']));
  await (await ask.openai({ stream: true })).text();
  assert.deepEqual(lastEntries()[1]?.usage, { input: 5, output: 7 });
  upstream.script = sse(chunks(['ok'], { usage: false }));
  await (await ask.anthropic({ stream: true })).text();
  assert.equal(lastEntries()[1]?.outcome, 'completed');
  assert.equal(lastEntries()[1]?.usage, null);
});

test('lists show what can be reached by translation', async () => {
  const get = async (headers: Record<string, string>) => {
    const answer = await fetch(`${gateway.url}/v1/models`, {
      headers: { authorization: `Bearer ${gateway.key}`, ...headers },
    });
    return ((await answer.json()) as { data: { id: string }[] }).data.map(({ id }) => id);
  };
  assert.ok((await get({ 'anthropic-version': '2023-06-01' })).includes('m'));
});
