import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLabels } from './labels.ts';

test('a rule is for whom it names; what it does not name is for all', () => {
  const { rules, tags } = readLabels({
    tags: ['region'],
    rules: [
      { set: { a: 'x' } },
      { set: { b: 'x' }, teams: ['legal', 'fin-*'] },
      { set: { c: 'x' }, callers: ['bot-*'], models: ['gpt-*'] },
    ],
  });
  const labelsOf = (name: string, team: string, model: string) =>
    rules.flatMap(({ set, fits }) => (fits({ name, team }, model) ? Object.keys(set) : []));
  assert.deepEqual(tags, ['region']);
  assert.deepEqual(labelsOf('app', 'default', 'gpt-4'), ['a']);
  assert.deepEqual(labelsOf('app', 'fin-eu', 'gpt-4'), ['a', 'b']);
  assert.deepEqual(labelsOf('bot-1', 'legal', 'gpt-4'), ['a', 'b', 'c']);
  assert.deepEqual(labelsOf('bot-1', 'default', 'claude'), ['a']);
  assert.deepEqual(readLabels({}), { tags: [], rules: [] });
});
