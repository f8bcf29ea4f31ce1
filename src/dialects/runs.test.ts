import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Slot } from '../exchange/part.ts';
import { messages } from './anthropic/messages.ts';
import { generateContent } from './gemini/generate.ts';

const joined = (slots: readonly Slot[], id: string) =>
  slots.filter((slot) => slot.joined === id).map(({ text }) => text);

test('messages of one role that follow each other are read as one, since some servers join them', () => {
  const result = { type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: 'rain' }] };
  const said = [
    { role: 'user', content: 'forbidden ' },
    { role: 'user', content: [result, { type: 'text', text: 'fruit' }] },
    { role: 'assistant', content: 'ok' },
    { role: 'user', content: 'alone' },
  ];
  const anthropic = messages.readPrompt({ model: 'm', max_tokens: 5, messages: said });
  assert.deepEqual(joined(anthropic.slots, '/messages/0'), ['forbidden ', 'fruit']);
  assert.deepEqual(joined(anthropic.slots, '/messages/1/content/0/content'), ['rain']);
  const contents = [{ parts: [{ text: 'forbidden ' }] }, { role: 'user', parts: [{ text: 'fruit' }] }];
  const gemini = generateContent.readPrompt({ contents }, 'm');
  assert.deepEqual(joined(gemini.slots, '/contents/0'), ['forbidden ', 'fruit']);
});
