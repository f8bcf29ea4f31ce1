import './from-source.ts';
import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { after, before, suite, test } from 'node:test';
import { createOpenAI } from '@ai-sdk/openai';
import { ChatPromptTemplate } from '@langchain/core/prompts';
import { RunnableLambda } from '@langchain/core/runnables';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import { generateText, streamText, wrapLanguageModel } from 'ai';
import express from 'express';
import { createGuards } from '../../src/library/guards.ts';
import { SAMPLE_KEY } from '../harness/clients.ts';
import { completion, json, type ScriptedUpstream, sse, startUpstream } from '../harness/upstream.ts';

const { guarded } = await import('../../examples/vercel-ai-sdk.ts');
const { inspected: chained, RedactingParser } = await import('../../examples/langchain.ts');
const { inspected: posted } = await import('../../examples/express.ts');

const guards = createGuards({ guards: [{ use: 'secrets' }] });
const SAID = `Your key is ${SAMPLE_KEY}, keep it.`;
const COVERED = /^Your key is \[secrets\.\w+\], keep it\.$/;

suite('the Vercel AI SDK', () => {
  let upstream: ScriptedUpstream;
  before(async () => {
    upstream = await startUpstream();
  });
  after(() => upstream.close());

  const model = () =>
    wrapLanguageModel({
      model: createOpenAI({ baseURL: `${upstream.url}/v1`, apiKey: 'k' }).chat('m'),
      middleware: guarded(guards),
    });

  test('a prompt with a secret goes nowhere', async () => {
    const before = upstream.seen.length;
    await assert.rejects(generateText({ model: model(), prompt: SAID }), /was blocked: secrets\./);
    assert.equal(upstream.seen.length, before);
  });

  test('an answer has it covered', async () => {
    upstream.script = json(completion(SAID));
    const { text } = await generateText({ model: model(), prompt: 'hello' });
    assert.match(text, COVERED);
  });

  test('so has one that is streamed, however it is cut', async () => {
    const chunk = (delta: object, finish: string | null = null) =>
      `data: ${JSON.stringify({
        id: 'c',
        object: 'chat.completion.chunk',
        created: 1,
        model: 'm',
        choices: [{ index: 0, delta, finish_reason: finish }],
      })}\n\n`;
    const frames = [...SAID].map((content) => chunk({ content }));
    upstream.script = sse([...frames, chunk({}, 'stop'), 'data: [DONE]\n\n']);
    const { textStream } = streamText({ model: model(), prompt: 'hello' });
    let text = '';
    for await (const piece of textStream) {
      text += piece;
      assert.ok(!text.includes(SAMPLE_KEY.slice(0, 8)));
    }
    assert.match(text, COVERED);
  });
});

suite('LangChain.js', () => {
  const prompt = ChatPromptTemplate.fromMessages([
    ['system', 'Be brief.'],
    ['user', '{question}'],
  ]);
  const chain = () =>
    prompt
      .pipe(chained(guards))
      .pipe(new FakeListChatModel({ responses: [SAID] }))
      .pipe(new RedactingParser(guards));

  test('a prompt with a secret ends the chain', async () => {
    await assert.rejects(chain().invoke({ question: SAMPLE_KEY }), /was blocked: secrets\./);
  });

  test('an answer has it covered, whole and streamed', async () => {
    assert.match(await chain().invoke({ question: 'hello' }), COVERED);
    let text = '';
    for await (const piece of await chain().stream({ question: 'hello' })) text += piece;
    assert.match(text, COVERED);
  });

  test('the parser takes plain texts too', async () => {
    const text = await RunnableLambda.from(() => SAID)
      .pipe(new RedactingParser(guards))
      .invoke('');
    assert.match(text, COVERED);
  });
});

test('Express: a field is named, and what is clean goes on', async (t) => {
  const app = express();
  app.use(express.json());
  app.post('/comments', posted(guards, ['text', 'more']), (_, res) => void res.json({ saved: true }));
  const server = app.listen(0, '127.0.0.1');
  t.after(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const post = async (body: object) => {
    const response = await fetch(`http://127.0.0.1:${port}/comments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return [response.status, await response.json()] as const;
  };
  assert.deepEqual(await post({ text: 'hello' }), [200, { saved: true }]);
  const [status, body] = await post({ text: 'hello', more: { deep: SAID } });
  assert.equal(status, 422);
  assert.deepEqual(body, {
    error: 'The text was not accepted.',
    field: 'more',
    reasons: ['secrets.openai_key'],
  });
});
