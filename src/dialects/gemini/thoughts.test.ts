import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Slot } from '../../exchange/part.ts';
import { generateContent } from './generate.ts';

const THOUGHTS = [{ text: 'forbidden ', thought: true }, { text: 'aside' }, { text: 'fruit', thought: true }];
const texts = (slots: readonly Slot[], joined: string) =>
  slots.filter((slot) => slot.joined === joined).map(({ text, provenance }) => `${provenance} ${text}`);

test('thoughts in what a user says are the user’s text, and one with what stands beside them', () => {
  const { slots } = generateContent.readPrompt({ contents: [{ role: 'user', parts: THOUGHTS }] }, 'm');
  assert.deepEqual(texts(slots, '/contents/0/parts'), ['user forbidden ', 'user aside', 'user fruit']);
});

test('thoughts of a whole answer are read as one, as in a stream', () => {
  const prompt = generateContent.readPrompt({ contents: [] }, 'm');
  const content = { role: 'model', parts: THOUGHTS };
  const { slots } = generateContent.readReply({ candidates: [{ content, index: 0 }] }, prompt);
  const at = '/candidates/0/content/parts';
  assert.deepEqual(texts(slots, `${at}/thought`), ['reasoning forbidden ', 'reasoning fruit']);
  assert.deepEqual(texts(slots, at), ['assistant aside']);
});
