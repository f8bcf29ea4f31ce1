import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../base/json.ts';
import { readResponsesRequest } from './responses-request.ts';

const read = (item: JsonObject, more: JsonObject = {}) =>
  readResponsesRequest({
    model: 'm',
    input: [structuredClone(item), { role: 'user', content: 'hi' }],
    ...more,
  });

const OTHERS = 'rs_of_another_caller';
const ENCRYPTED = { type: 'reasoning', id: OTHERS, summary: [], encrypted_content: 'AAAA' };
const SUMMED = { type: 'reasoning', id: OTHERS, summary: [{ type: 'summary_text', text: 'I think' }] };
const EMPTY = { type: 'reasoning', id: OTHERS, summary: [], encrypted_content: null };

const WHOLE: readonly JsonObject[] = [
  { type: 'message', id: OTHERS, role: 'assistant', content: [{ type: 'output_text', text: 'x' }] },
  { id: OTHERS, role: 'user', content: 'x' },
  { type: 'function_call', id: OTHERS, call_id: 'c', name: 'f', arguments: '{}' },
  { type: 'custom_tool_call', id: OTHERS, call_id: 'c', name: 'f', input: '' },
  { type: 'function_call_output', id: OTHERS, call_id: 'c', output: '' },
  { type: 'custom_tool_call_output', id: OTHERS, call_id: 'c', output: '' },
  { type: 'compaction', id: OTHERS, encrypted_content: 'AAAA' },
  ENCRYPTED,
];

test('an item that comes whole goes on without its id, by which a server could take another’s', () => {
  for (const item of WHOLE)
    for (const more of [{}, { store: true }, { previous_response_id: 'resp_1' }]) {
      const { body, recalls } = read(item, more);
      const { id: _, ...rest } = item;
      assert.deepEqual((body.input as object[])[0], rest);
      assert.ok(!recalls?.includes(OTHERS));
    }
});

test('what clients send back of an answer that is kept nowhere is what it says', () => {
  const { body, opaque, recalls } = read(SUMMED);
  assert.deepEqual((body.input as object[])[0], { type: 'reasoning', summary: SUMMED.summary });
  assert.deepEqual([opaque, recalls], [[], []]);
  const empty = read(EMPTY);
  assert.deepEqual(empty.body.input, [{ role: 'user', content: 'hi' }]);
  assert.deepEqual([empty.opaque, empty.recalls], [[], []]);
});

test('reasoning that is looked up by its id is history that the server keeps, and has an owner', () => {
  const kept = [
    { store: true },
    { background: true },
    { previous_response_id: 'resp_1' },
    { conversation: 'conv_1' },
    { conversation: { id: 'conv_1' } },
  ];
  for (const item of [EMPTY, SUMMED, { ...EMPTY, encrypted_content: '' }])
    for (const more of kept) {
      const { opaque, recalls } = read(item, more);
      assert.ok(recalls?.includes(OTHERS));
      assert.ok(opaque.some(({ path, media }) => path === '/input/0/id' && media === 'server-history'));
    }
});
