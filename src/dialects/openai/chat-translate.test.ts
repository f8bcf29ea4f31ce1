import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import type { AnswerPart, StopReason, Turn } from '../../exchange/conversation.ts';
import { chat } from './chat.ts';
import { chatTranslator as translator } from './chat-translate.ts';

const read = (more: JsonObject) => {
  const body = { model: 'm', messages: [{ role: 'user', content: 'hi' }], ...more };
  return translator.readRequest(body, chat.readPrompt(body));
};
const write = (turns: readonly Turn[], more: object = {}) =>
  translator.writeRequest({ ...read({}), turns, ...more }, 1024);
const refuses = (act: () => unknown, field: string) =>
  assert.throws(act, (error: unknown) => {
    assert.ok(error instanceof Refusal);
    assert.deepEqual([error.code, error.field], ['unsupported', field]);
    return true;
  });

test('hints are left out, all else is carried or refused', () => {
  read({
    user: 'u',
    metadata: { a: 'b' },
    store: false,
    service_tier: 'flex',
    prompt_cache_key: 'k',
    safety_identifier: 's',
    prediction: { type: 'content', content: 'p' },
    logprobs: false,
    modalities: ['text'],
    verbosity: 'medium',
    logit_bias: {},
  });
  const one = (message: JsonObject) => ({ messages: [message, { role: 'user', content: 'hi' }] });
  const cases: [JsonObject, string][] = [
    [{ made_up: 1 }, '/(unknown)'],
    [{ logprobs: true }, '/logprobs'],
    [{ logit_bias: { 5: 1 } }, '/logit_bias'],
    [{ verbosity: 'low' }, '/verbosity'],
    [{ modalities: ['text', 'audio'] }, '/modalities'],
    [{ functions: [{ name: 'f' }] }, '/functions'],
    [{ reasoning_effort: 'endless' }, '/reasoning_effort'],
    [{ response_format: { type: 'grammar' } }, '/response_format'],
    [{ tool_choice: { type: 'allowed_tools' } }, '/tool_choice'],
    [{ tools: [{ type: 'custom', custom: { name: 'f' } }] }, '/tools/0/type'],
    [{ tools: [{ type: 'function', function: { name: 'f' }, made_up: 1 }] }, '/tools/0/(unknown)'],
    [one({ role: 'user', name: 'ann', content: 'a' }), '/messages/0/name'],
    [one({ role: 'function', name: 'f', content: 'a' }), '/messages/0/role'],
    [one({ role: 'assistant', audio: { id: 'a' } }), '/messages/0/audio'],
    [one({ role: 'tool', content: 'a' }), '/messages/0/tool_call_id'],
    [
      one({ role: 'user', content: [{ type: 'file', file: { file_id: 'f' } }] }),
      '/messages/0/content/0/file/file_id',
    ],
    [
      one({ role: 'user', content: [{ type: 'file', file: { file_data: 'AAAA' } }] }),
      '/messages/0/content/0/file/file_data',
    ],
    [{ messages: [{ role: 'assistant', content: 'The' }] }, '/messages'],
  ];
  for (const [more, field] of cases) refuses(() => read(more), field);
});

test('what clients give back of an answer is no reason to refuse', () => {
  const said = {
    role: 'assistant',
    content: null,
    refusal: null,
    annotations: [],
    audio: null,
    function_call: null,
    tool_calls: [{ id: 'c', index: 0, type: 'function', function: { name: 'f', arguments: '' } }],
  };
  const result = { role: 'tool', tool_call_id: 'c', content: [{ type: 'text', text: 'r' }] };
  const { turns } = read({ messages: [{ role: 'user', content: 'hi' }, said, result] });
  assert.deepEqual(turns.slice(1), [
    { role: 'assistant', parts: [{ kind: 'tool-call', id: 'c', name: 'f', arguments: '{}' }] },
    {
      role: 'user',
      parts: [
        { kind: 'tool-result', callId: 'c', name: 'f', parts: [{ kind: 'text', text: 'r' }], failed: false },
      ],
    },
  ]);
});

test('results come right behind their calls, with their pictures after them; reasoning stays away', () => {
  const picture = { kind: 'media' as const, media: 'image/png', source: { base64: 'AAAA' } };
  const { messages } = write([
    { role: 'user', parts: [{ kind: 'text', text: 'hi' }] },
    {
      role: 'assistant',
      parts: [
        { kind: 'reasoning', text: 'Hm.' },
        { kind: 'tool-call', id: 'c', name: 'f', arguments: '{}' },
      ],
    },
    {
      role: 'user',
      parts: [
        { kind: 'text', text: 'so' },
        {
          kind: 'tool-result',
          callId: 'c',
          name: 'f',
          parts: [{ kind: 'text', text: 'r' }, picture],
          failed: false,
        },
      ],
    },
    { role: 'assistant', parts: [{ kind: 'reasoning', text: 'Hm.' }] },
    { role: 'system', parts: [{ kind: 'text', text: 'later' }] },
    { role: 'user', parts: [{ kind: 'text', text: 'go' }] },
  ]);
  const url = 'data:image/png;base64,AAAA';
  assert.deepEqual(messages, [
    { role: 'user', content: 'hi' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: 'c', content: 'r' },
    {
      role: 'user',
      content: [
        { type: 'image_url', image_url: { url } },
        { type: 'text', text: 'so' },
      ],
    },
    { role: 'system', content: 'later' },
    { role: 'user', content: 'go' },
  ]);
});

test('budgets become words', () => {
  const word = (budget: number) => write(read({}).turns, { reasoning: { budget } }).reasoning_effort;
  assert.deepEqual([0, 500, 2048, 5000, 20_000, 99_999].map(word), [
    'none',
    'minimal',
    'low',
    'medium',
    'xhigh',
    'max',
  ]);
});

test('media: sound and documents by their types, all else refused', () => {
  const media = (type: string, source: { base64: string } | { url: string }) =>
    write([{ role: 'user', parts: [{ kind: 'media', media: type, source }] }]);
  const bytes = { base64: 'AAAA' };
  assert.ok(JSON.stringify(media('audio/mpeg', bytes)).includes('"format":"mp3"'));
  assert.ok(JSON.stringify(media('application/pdf', bytes)).includes('data:application/pdf;base64,AAAA'));
  refuses(() => media('application/pdf', { url: 'https://example.test/a.pdf' }), '/messages');
  refuses(() => media('video/mp4', bytes), '/messages');
});

test('why an answer ended, both ways', () => {
  const call: AnswerPart = { kind: 'tool-call', id: 'c', name: 'f', arguments: '{}' };
  const no: AnswerPart = { kind: 'refusal', text: 'No.' };
  const ways: [string, AnswerPart[], StopReason, string][] = [
    ['stop', [], 'stop', 'stop'],
    ['length', [], 'length', 'length'],
    ['tool_calls', [call], 'tool-calls', 'tool_calls'],
    // As OpenAI says it of a call that it was made to make.
    ['stop', [call], 'tool-calls', 'tool_calls'],
    ['content_filter', [], 'content-filter', 'content_filter'],
    ['stop', [no], 'refusal', 'stop'],
    ['something_new', [], 'stop', 'stop'],
  ];
  const prompt = chat.readPrompt({ model: 'm', messages: [] });
  for (const [said, parts, stop, again] of ways) {
    const body = translator.writeReply(
      { id: 'a', model: 'm', choices: [{ parts, stop }], usage: undefined },
      prompt,
    );
    const [choice] = body.choices as JsonObject[];
    assert.equal(choice?.finish_reason, again);
    const answered = translator.readReply({ ...body, choices: [{ ...choice, finish_reason: said }] });
    assert.deepEqual([answered.choices[0]?.stop, answered.choices[0]?.parts], [stop, parts]);
  }
});

test('what nobody asked for is the upstream’s fault', () => {
  const invalid = (error: unknown) => error instanceof Refusal && error.code === 'upstream_invalid';
  for (const more of [
    { audio: { id: 'a' } },
    { function_call: { name: 'f' } },
    { tool_calls: [{ id: 'c', custom: {} }] },
  ]) {
    const message = { role: 'assistant', content: 'a', ...more };
    assert.throws(() => translator.readReply({ choices: [{ index: 0, message }] }), invalid);
    const data = JSON.stringify({ choices: [{ index: 0, delta: message }] });
    assert.throws(() => translator.readStream().read({ event: 'message', data }), invalid);
  }
});
