import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import { responses } from './responses.ts';
import { ResponseStream } from './responses-stream.ts';

const open = () => new ResponseStream(responses.readPrompt({ model: 'm', input: 'hi', stream: true }));
const read = (reader: ResponseStream, type: string, more: JsonObject = {}) =>
  reader.read({ event: type, data: JSON.stringify({ type, ...more }) });
const invalid = (error: unknown) => error instanceof Refusal && error.code === 'upstream_invalid';

const response = { id: 'resp_1', output: [] };
const at = { item_id: 'i_1', output_index: 0, content_index: 0 };
const token = { token: 'secret', logprob: -1, top_logprobs: [] };

/** An answer that has begun, with an item of this type. */
function begun(type: string, more: JsonObject = {}): ResponseStream {
  const reader = open();
  read(reader, 'response.created', { response }).write();
  const item = { id: 'i_1', type, ...more };
  read(reader, 'response.output_item.added', { output_index: 0, item }).write();
  return reader;
}
const message = () => begun('message', { content: [] });

test('a piece is divisible where saying the rest of it twice does no harm', () => {
  const piece = (more: JsonObject) =>
    read(message(), 'response.output_text.delta', { ...at, delta: 'a', ...more });
  assert.ok(piece({}).divisible);
  assert.ok(piece({ obfuscation: 'xYz' }).write().includes('"obfuscation":"---"'));
  assert.ok(!piece({ logprobs: [token] }).divisible);
  assert.ok(!piece({ stranger: 'b' }).divisible);
});

test('a mask takes the token probabilities with it, whenever they are said', () => {
  const reader = message();
  const delta = read(reader, 'response.output_text.delta', { ...at, delta: 'secret', logprobs: [token] });
  for (const slot of delta.slots) if (slot.path === '/output/0/content/0/text') slot.set('***');
  assert.match(delta.write(), /"delta":"\*\*\*","logprobs":\[\]/);
  const part = { type: 'output_text', text: 'secret', annotations: [], logprobs: [token] };
  const again: readonly [string, JsonObject][] = [
    ['response.output_text.done', { ...at, text: 'secret', logprobs: [token] }],
    ['response.content_part.done', { ...at, part }],
    ['response.output_item.done', { output_index: 0, item: { id: 'i_1', type: 'message', content: [part] } }],
  ];
  for (const [type, body] of again) {
    const wire = read(reader, type, structuredClone(body)).write();
    assert.ok(wire.includes('***') && wire.includes('"logprobs":[]') && !wire.includes('secret'), wire);
  }
});

test('a text does not become one of another kind on its way', () => {
  const reader = begun('reasoning', { summary: [], content: [{ type: 'reasoning_text', text: 'hidden ' }] });
  const text = { type: 'output_text', text: 'hidden ' };
  const answer = { ...response, output: [{ id: 'i_1', type: 'message', content: [text] }] };
  assert.throws(() => read(reader, 'response.completed', { response: answer }), invalid);
});

test('a field of other events does not move a piece to another channel', () => {
  const strays: readonly [string, JsonObject][] = [
    ['response.output_text.delta', { ...at, delta: 'x', summary_index: 3 }],
    ['response.output_text.delta', { ...at, delta: 'x', item: { id: 'y' }, response: { id: 'z' } }],
  ];
  for (const [type, body] of strays) {
    const { slots } = read(message(), type, body);
    assert.ok(slots.some(({ path, text }) => path === '/output/0/content/0/text' && text === 'x'));
  }
  const reader = begun('function_call', { call_id: 'c', name: 'f', arguments: '' });
  const stray = { item_id: 'i_1', output_index: 0, content_index: 5, delta: '{' };
  const { slots } = read(reader, 'response.function_call_arguments.delta', stray);
  assert.ok(slots.some(({ path }) => path === '/output/0/arguments'));
});

test('a number of an event is its place among those that were sent', () => {
  const reader = open();
  const wire = [
    read(reader, 'response.created', { response, sequence_number: 40 }),
    read(reader, 'response.queued', { response, sequence_number: 99 }),
    read(reader, 'keepalive', {}),
    read(reader, 'response.in_progress', { response, sequence_number: 7 }),
  ].map((event) => event.write());
  assert.deepEqual(
    wire.map((text) => /"sequence_number":(\d+)/.exec(text)?.[1]),
    ['40', '41', undefined, '42'],
  );
});

test('an item that is as large as no answer is ends the stream', () => {
  const reader = message();
  const item = { id: 'i_1', type: 'message', content: [], stranger: 'x'.repeat(1 << 22) };
  assert.throws(() => {
    for (let i = 0; i < 8; i++) read(reader, 'response.output_item.done', { output_index: 0, item });
  }, invalid);
});

test('a place in an event that has none is a field like any other', () => {
  const more = { response, item: {}, output_index: [[2 ** 53]] };
  const event = read(message(), 'response.completed', more);
  assert.ok(event.last && event.write().includes('9007199254740992'));
});

test('whatever comes, it is read or refused', () => {
  const types = fc.constantFrom(
    ...['created', 'completed', 'failed', 'output_item.added', 'output_item.done', 'content_part.added'],
    ...['output_text.delta', 'output_text.done', 'refusal.done', 'function_call_arguments.delta'],
    ...['reasoning_summary_part.added', 'output_text.annotation.added'],
  );
  const fields = fc.dictionary(
    fc.constantFrom('response', 'item', 'part', 'delta', 'text', 'output_index', 'item_id', 'logprobs', 'x'),
    fc.jsonValue({ maxDepth: 4 }),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(types, fields), { maxLength: 8 }), (events) => {
      const reader = message();
      for (const [type, more] of events) {
        try {
          read(reader, `response.${type}`, { ...at, ...(more as JsonObject) }).write();
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
        }
      }
      assert.ok(reader.cut(new Refusal('reply_blocked')).length > 0);
    }),
    { numRuns: 300 },
  );
});
