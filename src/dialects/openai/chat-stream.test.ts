import assert from 'node:assert/strict';
import { test } from 'node:test';
import { APIError } from 'openai';
import type { ChatCompletionChunk } from 'openai/resources';
import { Stream } from 'openai/streaming';
import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import { chat } from './chat.ts';
import { ChatStream } from './chat-stream.ts';

const open = (more: JsonObject = {}) =>
  new ChatStream(chat.readPrompt({ model: 'm', messages: [], stream: true, ...more }));
const chunk = (delta: JsonObject, more: JsonObject = {}, top: JsonObject = {}): JsonObject => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm-1',
  choices: [{ index: 0, delta, finish_reason: null, ...more }],
  ...top,
});
const read = (reader: ChatStream, body: JsonObject) =>
  reader.read({ event: 'message', data: JSON.stringify(body) });
const invalid = (error: unknown) => error instanceof Refusal && error.code === 'upstream_invalid';

/** What the client makes of it. */
async function client(wire: string): Promise<ChatCompletionChunk[]> {
  const chunks: ChatCompletionChunk[] = [];
  const stream = Stream.fromSSEResponse<ChatCompletionChunk>(new Response(wire), new AbortController());
  for await (const one of stream) chunks.push(one);
  return chunks;
}

test('a divisible event goes out in pieces that the client adds up', async () => {
  const reader = open();
  const begin = read(reader, chunk({ role: 'assistant', content: '' })).write();
  const event = read(reader, chunk({ content: 'Hello world' }));
  assert.ok(event.divisible);
  const [slot] = event.slots.filter(({ delta }) => delta);
  assert.ok(slot);
  slot.set('Hello ');
  const first = event.write();
  slot.set('[mask]');
  const chunks = await client(`${begin}: ping\n\n${first}${event.write()}data: [DONE]\n\n`);
  assert.equal(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join(''), 'Hello [mask]');
});

test('what may be said only once is not divisible', () => {
  const call = (more: JsonObject) => chunk({ tool_calls: [{ index: 0, ...more }] });
  const cases: readonly [JsonObject, boolean][] = [
    [chunk({ role: 'assistant', content: 'a' }), false],
    // The role was said before, so clients that add roles up do so anyway.
    [chunk({ role: 'assistant', content: 'a' }), true],
    [call({ id: 'c', type: 'function', function: { name: 'f', arguments: '{' } }), false],
    [call({ function: { arguments: '{' } }), true],
    [chunk({ content: 'a', refusal: 'b' }), false],
    [chunk({ content: 'a' }, { content_filter_results: {} }), false],
    [chunk({ content: 'a' }, { logprobs: { content: [] } }), false],
    [chunk({ content: 'a' }, {}, { usage: { prompt_tokens: 1 } }), false],
    [chunk({ content: 'a' }, { finish_reason: 'stop' }), false],
  ];
  const reader = open();
  for (const [body, divisible] of cases) {
    assert.equal(read(reader, body).divisible, divisible, JSON.stringify(body));
  }
});

test('a mask in the text takes the token probabilities with it', () => {
  const logprobs = { content: [{ token: 'secret', logprob: -1, bytes: null, top_logprobs: [] }] };
  for (const path of ['/choices/0/delta/content', '/choices/0/logprobs/content']) {
    const event = read(open(), chunk({ content: 'secret' }, { logprobs }));
    event.slots.find((slot) => slot.path === path)?.set('***');
    const written = event.write();
    assert.ok(written.includes('"logprobs":null'), written);
  }
});

test('padding keeps its length and loses its letters', () => {
  const written = read(open(), chunk({ content: 'a' }, {}, { obfuscation: 'sEcReT' })).write();
  assert.ok(written.includes('"obfuscation":"------"'));
});

test('a cut ends what the client has not seen the end of', async () => {
  const reader = open({ n: 2 });
  const sent = read(reader, chunk({ role: 'assistant', content: 'ok' })).write();
  // Read, but never sent: the client does not know that this choice is finished.
  read(reader, chunk({}, { finish_reason: 'stop' }));
  const chunks = await client(sent + reader.cut(new Refusal('reply_blocked'), 'req_1'));
  assert.deepEqual(
    chunks.slice(1).map(({ id, choices }) => [id, choices[0]?.index, choices[0]?.finish_reason]),
    [
      ['chatcmpl-1', 0, 'content_filter'],
      ['chatcmpl-1', 1, 'content_filter'],
    ],
  );
});

test('a failure is an error of the client', async () => {
  const reader = open();
  const sent = read(reader, chunk({ content: 'ok' })).write();
  await assert.rejects(
    client(sent + reader.fail(new Refusal('upstream_cut'))),
    (error: unknown) =>
      error instanceof APIError && error.code === 'upstream_cut' && error.type === 'server_error',
  );
});

test('what cannot be a chunk is refused', () => {
  for (const data of [
    '',
    'null',
    '[]',
    '{',
    '{"choices":{}}',
    '{"choices":[{"index":-1}]}',
    '{"choices":[{}]}',
  ]) {
    assert.throws(() => open().read({ event: 'message', data }), invalid, data);
  }
  assert.throws(
    () => open().read({ event: 'message', data: `{"a":${'['.repeat(100)}${']'.repeat(100)}}` }),
    invalid,
  );
});
