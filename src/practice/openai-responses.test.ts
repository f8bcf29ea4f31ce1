import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import OpenAI from 'openai';
import { LABEL } from './reply.ts';
import { startPractice } from './server.ts';

const practice = await startPractice();
after(() => practice.close());

const openai = new OpenAI({ baseURL: `${practice.url}/v1`, apiKey: practice.key, maxRetries: 0 });
const tools = [
  {
    type: 'function' as const,
    name: 'get_weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } } },
    strict: false,
  },
];

test('responses: a text, and items of all roles', async () => {
  const reply = await openai.responses.create({
    model: 'any-name',
    instructions: 'Sell only tea.',
    input: [
      { role: 'user', content: 'say one' },
      { role: 'assistant', content: 'one' },
      { role: 'user', content: [{ type: 'input_text', text: 'your rules?' }] },
    ],
  });
  assert.ok(reply.output_text.includes('Sell only tea.'));
  assert.deepEqual([reply.model, reply.status], ['any-name', 'completed']);
});

test('responses: a stream says the same as the plain answer, tool calls included', async () => {
  const ask = { model: 'm', input: 'What is the weather in Paris?', tools };
  const plain = await openai.responses.create(ask);
  const streamed = await openai.responses.stream(ask).finalResponse();
  const said = ({ output }: OpenAI.Responses.Response) =>
    output.map((item) => (item.type === 'function_call' ? item.arguments : item.type));
  assert.deepEqual(said(streamed), said(plain));
  assert.deepEqual(said(plain), ['message', '{"city":"Paris"}']);
  assert.deepEqual(streamed.usage, plain.usage);
});

test('responses: an answer that is too short for its limit says so', async () => {
  const reply = await openai.responses.create({ model: 'm', input: 'say a b c', max_output_tokens: 3 });
  assert.deepEqual([reply.status, reply.incomplete_details?.reason], ['incomplete', 'max_output_tokens']);
});

test('responses: what is not understood is refused by its field', async () => {
  for (const input of [[], [{ role: 'root' as 'user', content: 'x' }]]) {
    const refused = openai.responses.create({ model: 'm', input });
    await assert.rejects(refused, { status: 400, param: 'input' });
  }
});

test('completions: several prompts, echo, and a stream', async () => {
  const plain = await openai.completions.create({ model: 'm', prompt: ['say a', 'say b'], echo: true });
  assert.deepEqual(
    plain.choices.map(({ text }) => text),
    [`say a${LABEL} a`, `say b${LABEL} b`],
  );
  let text = '';
  for await (const chunk of await openai.completions.create({ model: 'm', prompt: 'say a', stream: true }))
    text += chunk.choices[0]?.text ?? '';
  assert.equal(text, `${LABEL} a`);
});
