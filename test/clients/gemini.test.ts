import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  ApiError,
  FunctionCallingConfigMode,
  type GenerateContentResponse,
  GoogleGenAI,
} from '@google/genai';
import { LABEL } from '../../src/practice/reply.ts';
import { type ClientTest, caught, MASKED, SAMPLE_KEY, startClientTest } from '../harness/clients.ts';
import { generated, generatedChunks, json, type Script, sse } from '../harness/upstream.ts';

// The pinned `@google/genai` client: all that differs from calling Google is the base URL and the key.

const UPSTREAMS = (url: string) => `  google:
    { dialect: gemini, url: "${url}/v1beta", key: upstream-key-google, models: ["gemini-*", { name: renamed-g, as: inner:8b }] }
  practice-gemini: { practice: true, dialect: gemini, models: [practice-gemini] }
`;

let setup: ClientTest;
let client: GoogleGenAI;
const clientWith = (apiKey: string) =>
  new GoogleGenAI({ apiKey, httpOptions: { baseUrl: setup.gateway.url } });
before(async () => {
  setup = await startClientTest(UPSTREAMS);
  client = clientWith(setup.gateway.key);
});
after(() => setup.close());

const MODEL = 'practice-gemini';
const generate = (contents: string, model = MODEL, config = {}) =>
  client.models.generateContent({ model, contents, config });

async function collect(stream: AsyncIterable<GenerateContentResponse>) {
  const chunks: GenerateContentResponse[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return { chunks, text: chunks.map(({ text }) => text ?? '').join(''), last: chunks.at(-1) };
}
const stream = async (contents: string, model = MODEL, config = {}) =>
  collect(await client.models.generateContentStream({ model, contents, config }));

const WEATHER = {
  name: 'get_weather',
  description: 'The weather of a city',
  parametersJsonSchema: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
  },
};
const TOOLS = { tools: [{ functionDeclarations: [WEATHER] }] };

/** What the gateway says in an error: the client gives it as text. */
const detailsOf = (error: ApiError) => {
  const text = error.message.slice(error.message.indexOf('{'));
  const { code, status, message, details } = (JSON.parse(text) as { error: Record<string, unknown> }).error;
  const info = details as { metadata?: { code: string } }[];
  return { code, status, message: String(message), ours: info[0]?.metadata?.code };
};

test('plain: answer, usage, and why it ended', async () => {
  const answer = await generate('say hello');
  assert.equal(answer.text, `${LABEL} hello`);
  assert.equal(answer.candidates?.[0]?.finishReason, 'STOP');
  assert.ok((answer.usageMetadata?.promptTokenCount ?? 0) > 0);
  const end = setup.gateway.entries().at(-1) as { usage?: unknown };
  assert.deepEqual(end.usage, {
    input: answer.usageMetadata?.promptTokenCount,
    output: answer.usageMetadata?.candidatesTokenCount,
  });
});

test('streamed: piece by piece, and the end only when it is recorded', async () => {
  const { text, chunks, last } = await stream('say one two three');
  assert.equal(text, `${LABEL} one two three`);
  assert.ok(chunks.length > 3);
  assert.equal(last?.candidates?.[0]?.finishReason, 'STOP');
  assert.equal(setup.gateway.entries().at(-1)?.outcome, 'completed');
});

test('system text, and a chat that goes on', async () => {
  const chat = client.chats.create({ model: MODEL, config: { systemInstruction: 'be brief' } });
  assert.equal((await chat.sendMessage({ message: 'say one' })).text, `${LABEL} one`);
  const { text } = await collect(await chat.sendMessageStream({ message: 'say two' }));
  assert.equal(text, `${LABEL} two`);
  assert.equal(chat.getHistory().filter(({ role }) => role === 'user').length, 2);
});

test('a tool: offered, called, answered, and its result used; plain and streamed', async () => {
  const question = 'What is the weather in Paris?';
  const streamed = await stream(question, MODEL, TOOLS);
  const calling = streamed.chunks.find(({ functionCalls }) => functionCalls !== undefined);
  for (const first of [await generate(question, MODEL, TOOLS), calling]) {
    const [call] = first?.functionCalls ?? [];
    assert.ok(call);
    assert.deepEqual([call.name, call.args], ['get_weather', { city: 'Paris' }]);
    const said = first?.candidates?.[0]?.content;
    assert.ok(said);
    assert.ok(said.parts?.some(({ thoughtSignature }) => thoughtSignature !== undefined));
    const second = await client.models.generateContent({
      model: MODEL,
      contents: [
        { role: 'user', parts: [{ text: question }] },
        said,
        {
          role: 'user',
          parts: [
            { functionResponse: { id: call.id ?? '', name: 'get_weather', response: { output: 'rain' } } },
          ],
        },
      ],
      config: TOOLS,
    });
    assert.match(second.text ?? '', /The tool says: rain/);
  }
});

test('a forced tool', async () => {
  const toolConfig = {
    functionCallingConfig: { mode: FunctionCallingConfigMode.ANY, allowedFunctionNames: ['get_weather'] },
  };
  const answer = await generate('hello', MODEL, { ...TOOLS, toolConfig });
  assert.equal(answer.functionCalls?.[0]?.name, 'get_weather');
});

test('tokens are counted, and texts embedded', async () => {
  const { totalTokens } = await client.models.countTokens({ model: MODEL, contents: 'one two three' });
  assert.equal(totalTokens, 3);
  const { embeddings } = await client.models.embedContent({ model: MODEL, contents: ['one', 'two'] });
  assert.deepEqual(
    embeddings?.map(({ values }) => values?.length),
    [32, 32],
  );
});

test('models: the list and one', async () => {
  const listed = [];
  setup.upstream.script = json({ models: [{ name: 'models/gemini-a' }, { name: 'models/other' }] });
  for await (const model of await client.models.list()) listed.push(model.name);
  for (const name of ['models/gemini-a', 'models/practice-gemini', 'models/renamed-g'])
    assert.ok(listed.includes(name));
  assert.ok(!listed.includes('models/other'));
  const one = await client.models.get({ model: MODEL });
  assert.equal(one.name, 'models/practice-gemini');
  assert.equal((await caught(client.models.get({ model: 'gemini-none' }), ApiError)).status, 404);
});

test('parameters of every kind arrive as they were sent, under the name of the model there', async () => {
  setup.upstream.script = json(generated([{ text: 'ok' }]));
  await generate('hi', 'renamed-g', {
    systemInstruction: 'be brief',
    temperature: 0.2,
    topP: 0.9,
    topK: 5,
    seed: 7,
    maxOutputTokens: 100,
    stopSequences: ['END'],
    thinkingConfig: { thinkingBudget: 0, includeThoughts: false },
    responseMimeType: 'application/json',
    responseJsonSchema: { type: 'object' },
    safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
    ...TOOLS,
  });
  const seen = setup.upstream.seen.at(-1);
  assert.equal(seen?.path, '/v1beta/models/inner%3A8b:generateContent');
  assert.deepEqual(seen?.body, {
    contents: [{ parts: [{ text: 'hi' }], role: 'user' }],
    systemInstruction: { parts: [{ text: 'be brief' }], role: 'user' },
    tools: [{ functionDeclarations: [WEATHER] }],
    safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
    generationConfig: {
      temperature: 0.2,
      topP: 0.9,
      topK: 5,
      seed: 7,
      maxOutputTokens: 100,
      stopSequences: ['END'],
      thinkingConfig: { thinkingBudget: 0, includeThoughts: false },
      responseMimeType: 'application/json',
      responseJsonSchema: { type: 'object' },
    },
  });
  assert.equal(seen?.headers['x-goog-api-key'], 'upstream-key-google');
  assert.equal(seen?.headers['x-goog-api-client'], undefined);
  assert.equal(seen?.headers['user-agent'], 'gatehouse');
});

test('a stream is asked for as events, and a batch of embeddings names its model as it is called there', async () => {
  setup.upstream.script = sse(generatedChunks(['Hel', 'lo']));
  assert.equal((await stream('hi', 'renamed-g')).text, 'Hello');
  assert.equal(setup.upstream.seen.at(-1)?.path, '/v1beta/models/inner%3A8b:streamGenerateContent?alt=sse');
  setup.upstream.script = json({ embeddings: [{ values: [0.5] }] });
  await client.models.embedContent({ model: 'renamed-g', contents: 'hi' });
  const requests = setup.upstream.seen.at(-1)?.body.requests as { model: string }[];
  assert.deepEqual(
    requests.map(({ model }) => model),
    ['models/inner:8b'],
  );
});

test('a mask arrives whole: plain, and streamed in pieces that split it', async () => {
  const text = `the key is ${SAMPLE_KEY}, keep it`;
  setup.upstream.script = json(generated([{ text }]));
  const plain = (await generate('hi', 'gemini-x')).text ?? '';
  assert.match(plain, /^the key is \[secrets\.[a-z_]+\], keep it$/);
  setup.upstream.script = sse(generatedChunks(text.match(/.{1,7}/g) ?? []));
  assert.equal((await stream('hi', 'gemini-x')).text, plain);
});

test('the practice model gives its secret away, and the gateway masks it', async () => {
  const answer = (await generate('What is your secret?')).text ?? '';
  assert.match(answer, MASKED);
  assert.doesNotMatch(answer, /sk-proj-/);
});

test('a wrong key: 401, and one in the address is not taken', async () => {
  const error = await caught(
    clientWith('ghk_wrong').models.generateContent({ model: MODEL, contents: 'hi' }),
    ApiError,
  );
  assert.equal(error.status, 401);
  assert.deepEqual(
    [detailsOf(error).status, detailsOf(error).ours],
    ['UNAUTHENTICATED', 'credential_invalid'],
  );
  const { status } = await fetch(`${setup.gateway.url}/v1beta/models?key=${setup.gateway.key}`);
  assert.equal(status, 400);
});

test('a blocked prompt: PERMISSION_DENIED with our code, and nothing is sent', async () => {
  const sent = setup.upstream.seen.length;
  const error = await caught(generate('the forbidden fruit', 'gemini-x'), ApiError);
  assert.deepEqual([error.status, detailsOf(error).ours], [403, 'prompt_blocked']);
  assert.doesNotMatch(error.message, /fruit/);
  assert.equal((await caught(stream('the forbidden fruit', 'gemini-x'), ApiError)).status, 403);
  const embedding = client.models.embedContent({ model: 'gemini-x', contents: 'the forbidden fruit' });
  assert.equal((await caught(embedding, ApiError)).status, 403);
  assert.equal(setup.upstream.seen.length, sent);
});

test('a picture is refused until the policy allows it, and so is a file that the server keeps', async () => {
  const sent = setup.upstream.seen.length;
  const ask = (part: object) =>
    caught(
      client.models.generateContent({ model: 'gemini-x', contents: [{ role: 'user', parts: [part] }] }),
      ApiError,
    );
  const picture = { inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' } };
  const file = { fileData: { mimeType: 'application/pdf', fileUri: 'gs://bucket/report.pdf' } };
  for (const part of [picture, file]) assert.equal(detailsOf(await ask(part)).ours, 'media_refused');
  const cached = await caught(generate('hi', 'gemini-x', { cachedContent: 'cachedContents/1' }), ApiError);
  assert.equal(detailsOf(cached).ours, 'media_refused');
  assert.equal(setup.upstream.seen.length, sent);
});

test('hosted tools are refused, each of them', async () => {
  const sent = setup.upstream.seen.length;
  for (const tool of [{ googleSearch: {} }, { codeExecution: {} }, { urlContext: {} }, { fileSearch: {} }]) {
    const error = await caught(generate('hi', 'gemini-x', { tools: [tool] }), ApiError);
    assert.equal(detailsOf(error).ours, 'unsupported');
  }
  assert.equal(setup.upstream.seen.length, sent);
});

test('an unknown model', async () => {
  assert.equal((await caught(generate('hi', 'nobody'), ApiError)).status, 404);
});

for (const model of ['practice', 'practice-claude']) {
  test(`${model}, of another dialect: text, a stream, a tool and its result`, async () => {
    assert.equal((await generate('say hello', model)).text, `${LABEL} hello`);
    const { text, last } = await stream('say one two three', model, { systemInstruction: 'be brief' });
    assert.equal(text, `${LABEL} one two three`);
    assert.equal(last?.candidates?.[0]?.finishReason, 'STOP');
    assert.ok((last?.usageMetadata?.candidatesTokenCount ?? 0) > 0);
    const chat = client.chats.create({ model, config: TOOLS });
    const { functionCalls } = await chat.sendMessage({ message: 'What is the weather in Paris?' });
    const [call] = functionCalls ?? [];
    assert.deepEqual([call?.name, call?.args], ['get_weather', { city: 'Paris' }]);
    const { text: told } = await chat.sendMessage({
      message: { functionResponse: { name: 'get_weather', response: { output: 'rain' } } },
    });
    assert.match(told ?? '', /The tool says: rain/);
  });
}

test('a quota: RESOURCE_EXHAUSTED', async () => {
  const limited = clientWith(setup.keyOf('twice'));
  const ask = () => limited.models.generateContent({ model: MODEL, contents: 'hi' });
  for (let i = 0; i < 2; i++) await ask();
  const error = await caught(ask(), ApiError);
  assert.deepEqual([error.status, detailsOf(error).status], [429, 'RESOURCE_EXHAUSTED']);
});

test('an upstream that fails: its status, our code, and nothing of its credential', async () => {
  const says = (code: number, status: string): Script =>
    json({ error: { code, status, message: 'upstream words' } }, code);
  const cases: [Script, number, string][] = [
    [says(500, 'INTERNAL'), 502, 'upstream_failed'],
    [says(503, 'UNAVAILABLE'), 503, 'upstream_overloaded'],
    [says(429, 'RESOURCE_EXHAUSTED'), 429, 'upstream_rate_limited'],
    [says(400, 'INVALID_ARGUMENT'), 400, 'upstream_rejected'],
    [says(403, 'PERMISSION_DENIED'), 502, 'upstream_auth'],
    [json({ candidates: 7 }), 502, 'upstream_invalid'],
  ];
  for (const [script, status, code] of cases) {
    setup.upstream.script = script;
    const error = await caught(generate('hi', 'gemini-x'), ApiError);
    assert.deepEqual([error.status, detailsOf(error).ours], [status, code]);
    assert.doesNotMatch(error.message, /upstream-key/);
  }
});

test('a blocked reply', async () => {
  setup.upstream.script = json(generated([{ text: 'the forbidden fruit' }]));
  const error = await caught(generate('hi', 'gemini-x'), ApiError);
  assert.deepEqual([error.status, detailsOf(error).ours], [403, 'reply_blocked']);
});

test('a stream that a guard cuts: what was clear, and a finish reason that says so', async () => {
  setup.upstream.script = sse(generatedChunks(['eat the for', 'bidden ', 'fruit now']));
  const { text, last } = await stream('hi', 'gemini-x');
  assert.equal(text, 'eat the ');
  assert.equal(last?.candidates?.[0]?.finishReason, 'PROHIBITED_CONTENT');
  assert.equal(setup.gateway.entries().at(-1)?.code, 'reply_blocked');
});

test('a prompt that the model server blocks is an answer', async () => {
  setup.upstream.script = sse([
    `data: ${JSON.stringify({ promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 3 } })}\n\n`,
  ]);
  const { last } = await stream('hi', 'gemini-x');
  assert.equal(last?.promptFeedback?.blockReason, 'SAFETY');
});

test('an upstream that closes before it has finished: an error, not a short answer', async () => {
  const frames = generatedChunks(['Hel', 'lo']);
  for (const end of [true, false]) {
    setup.upstream.script = (res, seen) => {
      void sse(frames.slice(0, 2), { end })(res, seen);
      if (!end) setTimeout(() => res.destroy(), 30);
    };
    const error = await caught(stream('hi', 'gemini-x'), ApiError);
    assert.equal(detailsOf(error).ours, 'upstream_cut');
  }
});

test('an error within a stream', async () => {
  const failure = { error: { code: 503, message: 'boom', status: 'UNAVAILABLE' } };
  setup.upstream.script = sse([
    ...generatedChunks(['Hel']).slice(0, 1),
    `data: ${JSON.stringify(failure)}\n\n`,
  ]);
  const error = await caught(stream('hi', 'gemini-x'), ApiError);
  assert.equal(detailsOf(error).ours, 'upstream_overloaded');
  assert.doesNotMatch(error.message, /boom/);
});

const at = (path: string, body: object = {}) =>
  setup.gateway.post(path, { contents: [{ parts: [{ text: 'hi' }] }], ...body }).then(async (response) => ({
    status: response.status,
    ...((await response.json()) as { error?: { message: string } }),
  }));

test('what is not passed on says why: streams without alt=sse, batches, files, interactions, WebSockets', async () => {
  const cases = [
    ['/v1beta/models/gemini-x:streamGenerateContent', /Add alt=sse/],
    ['/v1beta/models/gemini-x:streamGenerateContent?alt=sse&alt=sse', /Add alt=sse/],
    ['/v1beta/models/gemini-x:batchGenerateContent', /one by one/],
    ['/v1beta/models/gemini-x:bidiGenerateContent', /WebSockets/],
    ['/v1beta/interactions', /Use generateContent/],
    ['/v1beta/interactions/1:cancel', /Use generateContent/],
    ['/v1beta/cachedContents', /Use generateContent/],
    ['/upload/v1beta/files', /inlineData/],
    ['/v1beta/files/1', /inlineData/],
  ] as const;
  for (const [path, words] of cases) {
    const { status, error } = await at(path);
    assert.equal(status, 400, path);
    assert.match(error?.message ?? '', words, path);
  }
});

test('both spellings of a field are read, and together they are refused', async () => {
  setup.upstream.script = json(generated([{ text: 'ok' }]));
  const path = '/v1beta/models/gemini-x:generateContent';
  const forbidden = { parts: [{ text: 'the forbidden fruit' }] };
  const fine = { parts: [{ text: 'be brief' }] };
  assert.equal((await at(path, { system_instruction: fine })).status, 200);
  assert.deepEqual(setup.upstream.seen.at(-1)?.body.systemInstruction, fine);
  assert.equal((await at(path, { system_instruction: forbidden })).status, 403);
  assert.equal((await at(path, { systemInstruction: fine, system_instruction: forbidden })).status, 400);
  assert.equal((await at(path, { SystemInstruction: forbidden })).status, 400);
  assert.equal((await at(path, { tools: [{ google_search: {} }] })).status, 400);
  assert.equal((await at(path, { cached_content: 'cachedContents/1' })).status, 403);
  assert.equal((await at(path, { model: 'models/gemini-other' })).status, 400);
});
