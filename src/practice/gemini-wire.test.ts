import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { JsonObject } from '../base/json.ts';
import { LABEL } from './reply.ts';
import { type Practice, startPractice } from './server.ts';

let practice: Practice;
before(async () => {
  practice = await startPractice();
});
after(() => practice.close());

const ask = async (path: string, body?: JsonObject, key = practice.key) => {
  const response = await fetch(`${practice.url}/v1beta/models${path}`, {
    headers: { 'x-goog-api-key': key, 'content-type': 'application/json' },
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
};
const user = (text: string): JsonObject => ({ role: 'user', parts: [{ text }] });
const say = (text: string, generationConfig: JsonObject = {}): JsonObject => ({
  contents: [user(text)],
  generationConfig,
});
interface Answer {
  candidates: { content: { parts: { text: string }[] }; finishReason?: string; index: number }[];
  usageMetadata: Record<string, number>;
}
const textOf = (text: string) =>
  (JSON.parse(text) as Answer).candidates.map(({ content, finishReason }) => [
    content.parts[0]?.text,
    finishReason,
  ]);

test('it answers, stops and counts as it is told', async () => {
  const whole = await ask('/any:generateContent', say('say one two three'));
  assert.deepEqual(textOf(whole.text), [[`${LABEL} one two three`, 'STOP']]);
  const short = await ask('/any:generateContent', say('say one two three', { maxOutputTokens: 2 }));
  assert.deepEqual(textOf(short.text), [[`${LABEL} one `, 'MAX_TOKENS']]);
  const stopped = await ask('/any:generateContent', say('say one two three', { stopSequences: ['two'] }));
  assert.deepEqual(textOf(stopped.text), [[`${LABEL} one `, 'STOP']]);
  const twice = await ask('/any:generateContent', say('say one', { candidateCount: 2 }));
  assert.equal((JSON.parse(twice.text) as Answer).candidates.length, 2);
});

test('the same request gets the same bytes', async () => {
  const [one, other] = [
    await ask('/m:generateContent', say('hi')),
    await ask('/m:generateContent', say('hi')),
  ];
  assert.equal(one.text, other.text);
});

test('a stream says the same piece by piece, and why it ended at the end', async () => {
  const { text } = await ask('/m:streamGenerateContent?alt=sse', say('say one two'));
  const chunks = text
    .split('\n\n')
    .filter((frame) => frame !== '')
    .map((frame) => JSON.parse(frame.slice('data: '.length)) as Answer);
  const said = chunks.map(({ candidates }) => candidates[0]?.content.parts[0]?.text ?? '').join('');
  assert.equal(said, `${LABEL} one two`);
  assert.deepEqual(
    chunks.map(({ candidates }) => candidates[0]?.finishReason).filter((reason) => reason !== undefined),
    ['STOP'],
  );
});

test('a tool whose schema is written in the API’s own way', async () => {
  const tools = [
    {
      functionDeclarations: [
        { name: 'count', parameters: { type: 'OBJECT', properties: { many: { type: 'INTEGER' } } } },
      ],
    },
  ];
  const { text } = await ask('/m:generateContent', { ...say('count 7 apples'), tools });
  assert.match(text, /"functionCall":\{"id":"[0-9a-f]+","name":"count","args":\{"many":7\}\}/);
});

test('what does not fit is refused as Google’s APIs do', async () => {
  const wrong = await ask('', undefined, 'wrong');
  assert.equal(wrong.status, 401);
  assert.equal((JSON.parse(wrong.text) as { error: JsonObject }).error.status, 'UNAUTHENTICATED');
  for (const body of [{}, { contents: [{ role: 'root', parts: [] }] }, say('hi', { candidateCount: 9 })]) {
    const { status, text } = await ask('/m:generateContent', body);
    assert.equal(status, 400);
    assert.equal((JSON.parse(text) as { error: JsonObject }).error.status, 'INVALID_ARGUMENT');
  }
  assert.equal((await ask('/m:predict', {})).status, 404);
  assert.equal((await ask('/m:embedContent', { content: { parts: [] } })).status, 400);
});

test('models: the list and one', async () => {
  assert.match((await ask('')).text, /"name":"models\/practice-model"/);
  assert.match((await ask('/any%2Fone')).text, /"name":"models\/any\/one"/);
});
