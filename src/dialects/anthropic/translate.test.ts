import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import type { AnswerEvent, Conversation, StopReason, Turn } from '../../exchange/conversation.ts';
import { messages } from './messages.ts';
import { translator } from './translate.ts';

const HI: Turn = { role: 'user', parts: [{ kind: 'text', text: 'hi' }] };
const conversation = (more: Partial<Conversation> = {}): Conversation => ({
  model: 'm',
  stream: false,
  system: [],
  turns: [HI],
  tools: [],
  toolChoice: undefined,
  parallelTools: undefined,
  choices: 1,
  maxOutput: 10_000,
  sampling: {},
  format: undefined,
  reasoning: undefined,
  ...more,
});
const write = (more: Partial<Conversation>) => translator.writeRequest(conversation(more), 1024);
const read = (more: JsonObject) => {
  const body = { model: 'm', max_tokens: 10, messages: [{ role: 'user', content: 'hi' }], ...more };
  return translator.readRequest(body, messages.readPrompt(body));
};
const refuses = (act: () => unknown, field: string) =>
  assert.throws(act, (error: unknown) => {
    assert.ok(error instanceof Refusal);
    assert.deepEqual([error.code, error.field], ['unsupported', field]);
    return true;
  });

test('what the API has no word for is refused by name', () => {
  refuses(() => write({ choices: 2 }), '/n');
  refuses(() => write({ sampling: { temperature: 1.1 } }), '/temperature');
  refuses(() => write({ sampling: { frequencyPenalty: 0.1 } }), '/frequency_penalty');
  refuses(() => write({ sampling: { presencePenalty: -1 } }), '/presence_penalty');
  refuses(() => write({ format: { kind: 'json' } }), '/response_format');
  const sound = { kind: 'media' as const, media: 'audio/wav', source: { base64: 'AAAA' } };
  refuses(() => write({ turns: [{ role: 'user', parts: [sound] }] }), '/messages');
  const call = { kind: 'tool-call' as const, id: 'c', name: 'f', arguments: '[1]' };
  refuses(() => write({ turns: [HI, { role: 'assistant', parts: [call] }, HI] }), '/messages');
  refuses(
    () => write({ turns: [HI, { role: 'assistant', parts: [{ kind: 'text', text: 'The' }] }] }),
    '/messages',
  );
});

test('what says nothing is no reason to refuse', () => {
  const { temperature, top_k, stop_sequences } = write({
    sampling: { temperature: 1, frequencyPenalty: 0, presencePenalty: 0, seed: 7, topK: 3, stop: ['a'] },
  });
  assert.deepEqual([temperature, top_k, stop_sequences], [1, 3, ['a']]);
  assert.equal(write({ maxOutput: undefined }).max_tokens, 1024);
});

test('roles take turns, and results come first', () => {
  const result = { kind: 'tool-result' as const, callId: 'c:1', name: 'f', parts: [], failed: true };
  const call = { kind: 'tool-call' as const, id: 'c:1', name: 'f', arguments: '' };
  const { system, messages: sent } = write({
    system: ['one'],
    turns: [
      HI,
      { role: 'assistant', parts: [call] },
      { role: 'user', parts: [{ kind: 'text', text: 'so' }, result] },
      { role: 'system', parts: [{ kind: 'text', text: 'two' }] },
      HI,
    ],
  });
  assert.deepEqual(system, [
    { type: 'text', text: 'one' },
    { type: 'text', text: 'two' },
  ]);
  assert.deepEqual(sent, [
    { role: 'user', content: 'hi' },
    { role: 'assistant', content: [{ type: 'tool_use', id: 'c_1', name: 'f', input: {} }] },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'c_1', is_error: true },
        { type: 'text', text: 'so' },
        { type: 'text', text: 'hi' },
      ],
    },
  ]);
});

test('thinking gets half of the tokens at the most, and none where that is too little', () => {
  const thinking = (reasoning: Conversation['reasoning'], maxOutput: number, turns: readonly Turn[] = [HI]) =>
    write({ reasoning, maxOutput, turns }).thinking;
  assert.deepEqual(thinking({ effort: 'medium' }, 100_000), { type: 'enabled', budget_tokens: 8192 });
  assert.deepEqual(thinking({ effort: 'high' }, 10_000), { type: 'enabled', budget_tokens: 5000 });
  assert.deepEqual(thinking({ budget: 3000 }, 10_000), { type: 'enabled', budget_tokens: 3000 });
  assert.deepEqual(thinking({ effort: 'none' }, 10_000), { type: 'disabled' });
  assert.equal(thinking({ effort: 'low' }, 2000), undefined);
  const round = (signature?: string): Turn[] => [
    HI,
    {
      role: 'assistant',
      parts: [
        { kind: 'reasoning', text: 'Hm.', signature },
        { kind: 'tool-call', id: 'c', name: 'f', arguments: '{}' },
      ],
    },
    { role: 'user', parts: [{ kind: 'tool-result', callId: 'c', name: 'f', parts: [], failed: false }] },
  ];
  assert.equal(thinking({ effort: 'low' }, 10_000, round('gemini-c2ln')), undefined);
  const own = write({ reasoning: { effort: 'low' }, turns: round('anthropic-c2ln') });
  assert.deepEqual(own.thinking, { type: 'enabled', budget_tokens: 2048 });
  assert.ok(JSON.stringify(own.messages).includes('{"type":"thinking","thinking":"Hm.","signature":"c2ln"}'));
  assert.equal(JSON.stringify(write({ turns: round('gemini-c2ln') })).includes('Hm.'), false);
});

test('what a client asks of thinking', () => {
  assert.deepEqual(read({ thinking: { type: 'enabled', budget_tokens: 2000 } }).reasoning, { budget: 2000 });
  assert.deepEqual(read({ thinking: { type: 'disabled' } }).reasoning, { effort: 'none' });
  assert.deepEqual(read({ thinking: { type: 'adaptive' } }).reasoning, { effort: 'high' });
  assert.deepEqual(read({ thinking: { type: 'adaptive' }, output_config: { effort: 'low' } }).reasoning, {
    effort: 'low',
  });
  assert.equal(read({}).reasoning, undefined);
});

test('hints are left out, all else is carried or refused', () => {
  read({
    metadata: { user_id: 'u' },
    service_tier: 'auto',
    cache_control: { type: 'ephemeral' },
    speed: 'fast',
    tools: [
      { name: 'f', input_schema: {}, cache_control: { type: 'ephemeral' }, eager_input_streaming: true },
    ],
  });
  refuses(() => read({ new_feature: true }), '/(unknown)');
  refuses(() => read({ context_management: { edits: [] } }), '/context_management');
  refuses(
    () => read({ tools: [{ name: 'f', input_schema: {}, defer_loading: true }] }),
    '/tools/0/defer_loading',
  );
  const content = (block: JsonObject) => read({ messages: [{ role: 'user', content: [block] }] });
  const image = (source: JsonObject) => () => content({ type: 'image', source });
  refuses(image({ type: 'file', file_id: 'f' }), '/messages/0/content/0/source/type');
  const source = { type: 'text', media_type: 'text/plain', data: 'C' };
  refuses(
    () => content({ type: 'document', source, citations: { enabled: true } }),
    '/messages/0/content/0/citations',
  );
  assert.deepEqual(content({ type: 'document', title: 'A', context: 'B', source }).turns[0]?.parts, [
    { kind: 'text', text: 'A' },
    { kind: 'text', text: 'B' },
    { kind: 'text', text: 'C' },
  ]);
});

test('why an answer ended, both ways', () => {
  const ways: [string, StopReason, string][] = [
    ['end_turn', 'stop', 'end_turn'],
    ['max_tokens', 'length', 'max_tokens'],
    ['model_context_window_exceeded', 'length', 'max_tokens'],
    ['tool_use', 'tool-calls', 'tool_use'],
    ['stop_sequence', 'stop-sequence', 'stop_sequence'],
    ['refusal', 'refusal', 'refusal'],
    ['something_new', 'stop', 'end_turn'],
  ];
  for (const [said, stop, again] of ways) {
    const answered = translator.readReply({ content: [], stop_reason: said, stop_sequence: null });
    assert.equal(answered.choices[0]?.stop, stop);
    const prompt = messages.readPrompt({ model: 'm', messages: [], max_tokens: 1 });
    assert.equal(translator.writeReply(answered, prompt).stop_reason, again);
  }
});

test('a writer keeps its blocks in order, and its answers to one', () => {
  const prompt = messages.readPrompt({ model: 'm', messages: [], max_tokens: 1, stream: true });
  const open = () => {
    const writer = translator.writeStream(prompt);
    writer.write({ kind: 'start', id: 'a', model: 'm', usage: undefined });
    return writer;
  };
  const invalid = (event: AnswerEvent) => () => open().write(event);
  for (const event of [
    { kind: 'text', choice: 1, text: 'a' },
    { kind: 'arguments', choice: 0, call: 0, json: '{}' },
  ] as const) {
    assert.throws(
      invalid(event),
      (error: unknown) => error instanceof Refusal && error.code === 'upstream_invalid',
    );
  }
  // A signature with nothing to sign is dropped.
  assert.deepEqual(open().write({ kind: 'signature', choice: 0, signature: 'c2ln' }), []);
});
