import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startGateway, type TestGateway } from '../harness/gateway.ts';
import {
  completion,
  generated,
  json,
  message,
  type ScriptedUpstream,
  startUpstream,
} from '../harness/upstream.ts';

// A translation may put together what stood apart in the client's body: what is sent is what the guards must have read.

let upstream: ScriptedUpstream;
let gateway: TestGateway;
before(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({
    upstream: upstream.url,
    upstreams: `  open: { dialect: openai, url: "${upstream.url}/v1", key: k, models: [m] }
  anth: { dialect: anthropic, url: "${upstream.url}", key: k, models: [claude] }
  goog: { dialect: gemini, url: "${upstream.url}/v1beta", key: k, models: [gemini] }`,
    policy: `guards:
  - use: patterns
    name: words
    action: { prompt: block, reply: block }
    patterns: [{ id: forbidden, match: "forbidden\\\\s{1,4}fruit", ignore_case: true }]
  - use: patterns
    name: numbers
    action: { prompt: mask, reply: mask }
    patterns: [{ id: number, match: "12345678" }]
  - use: patterns
    name: colours
    action: { prompt: flag, reply: flag }
    patterns: [{ id: colour, match: "vermilion" }]
`,
  });
});
after(async () => {
  await gateway.close();
  await upstream.close();
});

const ANSWERS: Readonly<Record<string, object>> = {
  claude: message([{ type: 'text', text: 'ok' }]),
  gemini: generated([{ text: 'ok' }]),
  m: completion('ok'),
};
type Texts = readonly [string, string];
/** Clients' own ways to say two texts that stand apart: a field or a turn each. */
const WAYS: Readonly<
  Record<string, { path: string; models: readonly string[]; body(texts: Texts): object }>
> = {
  'chat: messages of one role': {
    path: '/v1/chat/completions',
    models: ['claude', 'gemini'],
    body: ([a, b]) => ({ messages: [a, b].map((content) => ({ role: 'user', content })) }),
  },
  'chat: answers of a tool between': {
    path: '/v1/chat/completions',
    models: ['claude', 'gemini'],
    body: ([a, b]) => ({
      messages: [
        { role: 'user', content: 'go' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
        },
        { role: 'user', content: a },
        { role: 'tool', tool_call_id: 'c', content: 'done' },
        { role: 'user', content: b },
      ],
    }),
  },
  'chat: system messages around a turn': {
    path: '/v1/chat/completions',
    models: ['claude', 'gemini'],
    body: ([a, b]) => ({
      messages: [
        { role: 'system', content: a },
        { role: 'user', content: 'hi' },
        { role: 'developer', content: b },
      ],
    }),
  },
  'responses: instructions and an item': {
    path: '/v1/responses',
    models: ['claude', 'gemini'],
    body: ([a, b]) => ({
      instructions: a,
      input: [
        { role: 'developer', content: b },
        { role: 'user', content: 'hi' },
      ],
    }),
  },
  'messages: a document and what stands behind it': {
    path: '/v1/messages',
    models: ['m', 'gemini'],
    body: ([a, b]) => ({
      max_tokens: 5,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'document', source: { type: 'text', media_type: 'text/plain', data: a } },
            { type: 'text', text: b },
          ],
        },
      ],
    }),
  },
};

for (const [name, { path, models, body }] of Object.entries(WAYS)) {
  for (const model of models) {
    test(`${name}, for ${model}: guards read what is sent`, async () => {
      const ask = async (...texts: Texts) => {
        upstream.script = json(ANSWERS[model] ?? {});
        const before = upstream.seen.length;
        const answer = await gateway.post(path, { model, ...body(texts) });
        await answer.text();
        return { status: answer.status, reached: upstream.seen.length > before };
      };
      assert.deepEqual(await ask('the for', 'est'), { status: 200, reached: true });
      assert.deepEqual(await ask('the forbidden ', 'fruit'), { status: 403, reached: false });
      // What lies over two texts has no place for a mask.
      assert.deepEqual(await ask('1234', '5678'), { status: 403, reached: false });
      assert.deepEqual(await ask('12345678', 'x'), { status: 200, reached: true });
      assert.doesNotMatch(upstream.seen.at(-1)?.text ?? '', /12345678/);
    });
  }
}

test('what was found in the client’s own body is not counted twice', async () => {
  upstream.script = json(ANSWERS.claude ?? {});
  const messages = [{ role: 'user', content: 'vermilion' }];
  const answer = await gateway.post('/v1/chat/completions', { model: 'claude', messages });
  assert.equal(answer.status, 200);
  const entry = JSON.stringify(gateway.entries().slice(-2));
  assert.equal(entry.split('"path":"/messages/0/content"').length - 1, 1);
  assert.doesNotMatch(entry, /\(sent\)/);
});
